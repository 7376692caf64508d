package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IndexRecoveryTest {
    private static final int SEGMENTS = 3;

    /** Who opens the bucket may fail behind it, and try again. */
    @Test
    void finish_givesTheSameIndexAgain() throws IOException {
        MemoryDevice device = new MemoryDevice();
        IndexModel model = new IndexModel(new Random(1), 5);
        for (int segment = 0; segment < SEGMENTS; segment++) {
            model.beginSegment();
            for (int i = 0; i < 20; i++) model.addEvent();
        }
        ManualExecutor executor = new ManualExecutor();
        IndexOptions options = new IndexOptions(executor, executor, executor, 2, 10, 100);
        try (MappingCache mappings = new MappingCache(device, 10);
                IndexRecovery recovery =
                        IndexRecovery.begin(
                                device, mappings, IndexWorld.BUCKET, SEGMENTS, model, options)) {
            BucketIndex index = recovery.finish(null, _ -> {});
            assertThat(recovery.finish(null, _ -> {})).isSameAs(index);
            model.check(index);
        }
    }
}
