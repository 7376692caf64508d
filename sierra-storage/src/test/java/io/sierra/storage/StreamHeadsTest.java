package io.sierra.storage;

import static io.sierra.storage.NewEvents.event;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.bucket.BucketStatus;
import io.sierra.storage.bucket.BucketStore;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ends of more streams than the writer's cache holds: eight heads, in one set. */
final class StreamHeadsTest {
    private static final StoreOptions TINY_CACHE =
            StoreOptions.defaults()
                    .withPartitioning(2, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES)
                    .withCacheBytes(0);
    private static final int STREAMS = 100;

    private static ExpectedVersion before(long streamVersion) {
        return streamVersion == 0
                ? new ExpectedVersion.Empty()
                : new ExpectedVersion.Exactly(streamVersion - 1);
    }

    private static void assertAppends(BucketStore bucket, int stream, long version) {
        NewEvent event = event("stream-" + stream, before(version));
        assertThat(bucket.stage(key(stream % 2), List.of(event), 1, 0))
                .as("version %d of stream %d", version, stream)
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(bucket.stage(key(stream % 2), List.of(event), 1, 0))
                .as("version %d of stream %d once more", version, stream)
                .isInstanceOf(AppendResult.Refused.class);
    }

    @Test
    void unconfirmedHeadsOfAFullSet_areNotForgotten() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(TINY_CACHE)) {
            BucketStore bucket = disk.bucket();
            for (int batch = 0; batch < 3; batch++) {
                for (int round = 0; round < 3; round++) {
                    for (int stream = 0; stream < STREAMS; stream++) {
                        assertAppends(bucket, stream, batch * 3L + round);
                    }
                }
                disk.confirm();
            }
        }
    }

    @Test
    void headsThatWereEvicted_areReadFromTheIndexes() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(TINY_CACHE)) {
            for (int round = 0; round < 8; round++) {
                for (int stream = 0; stream < STREAMS; stream++) {
                    assertAppends(disk.bucket(), stream, round);
                    disk.confirm();
                }
            }
            BucketStatus status = disk.bucket().status();
            assertThat(status.headMisses()).isGreaterThan(7 * STREAMS);
            assertThat(status.segments()).isGreaterThan(1);
            disk.restart();
            for (int stream = 0; stream < STREAMS; stream++) {
                assertAppends(disk.bucket(), stream, 8);
            }
        }
    }

    @Test
    void headsInTheCache_costNoLookUp() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(TINY_CACHE)) {
            for (int round = 0; round < 5; round++) {
                for (int stream = 0; stream < 8; stream++) {
                    assertAppends(disk.bucket(), stream, round);
                }
                disk.confirm();
            }
            assertThat(disk.bucket().status().headMisses()).isEqualTo(8);
        }
    }
}
