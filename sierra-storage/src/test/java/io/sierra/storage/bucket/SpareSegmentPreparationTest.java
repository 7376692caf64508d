package io.sierra.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.io.Pause;
import io.sierra.storage.segment.SegmentId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What the bucket's thread does while the file is being prepared. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class SpareSegmentPreparationTest {
    private static final String TARGET = "buckets/00000/target";
    private static final int SIZE_BYTES = 3 << 20;

    @Test
    void giveTo_syncUnderWay_doesNotWait() throws Exception {
        FaultyDevice device = new FaultyDevice(new MemoryDevice());
        device.createDirectories(SegmentId.bucketDirectory(0));
        try (ExecutorService background = Executors.newSingleThreadExecutor();
                SpareSegment spare = new SpareSegment(device, 0, SIZE_BYTES, background)) {
            Pause sync = device.faults().pauseNext(Operation.SYNC);
            spare.prepare();
            sync.awaitReached();
            assertThat(spare.giveTo(TARGET)).isZero();
            spare.retry();
            sync.release();
            while (!spare.isReady()) {
                Thread.onSpinWait();
            }
            assertThat(spare.giveTo(TARGET)).isEqualTo(SIZE_BYTES);
            assertThat(device.exists(TARGET)).isTrue();
        }
    }

    @Test
    void prepare_deviceThrowsWhatItShouldNot_isTriedAgainForTheNextSegment() throws Exception {
        MemoryDevice memory = new MemoryDevice();
        memory.createDirectories(SegmentId.bucketDirectory(0));
        try (SpareSegment spare =
                new SpareSegment(memory, 0, SIZE_BYTES, new FailingOnce()::execute)) {
            spare.prepare();
            assertThat(spare.isReady()).isFalse();
            spare.retry();
            spare.prepare();
            assertThat(spare.isReady()).isTrue();
        }
    }

    /** Runs tasks at once, and refuses the second. */
    private static final class FailingOnce {
        private int tasks;

        void execute(Runnable task) {
            tasks++;
            if (tasks == 2) {
                throw new IllegalStateException("as told");
            }
            task.run();
        }
    }
}
