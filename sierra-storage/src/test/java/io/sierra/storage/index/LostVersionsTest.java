package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.FrameCursor;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Somebody who appends waits for the last version that is not lost. */
class LostVersionsTest {
    private static final SegmentId SEGMENT = new SegmentId(0, 0, 0);
    private static final long FRAME = 64;
    private static final int LOST = 1_000;

    @Test
    void lostVersionsOfOneFrame_areOneStep() throws IOException {
        StreamId streamId = StreamId.of("gone");
        StreamKey stream = StreamKey.of(streamId, 0);
        Versions versions = new Versions(stream.high(), stream.low(), 0, LOST);
        MemoryDevice device = new MemoryDevice();
        write(device, new LostEntries(0, 1, LOST, 0, 0, LOST, 0, 0, List.of(versions)));
        IndexModel empty = new IndexModel(new Random(1), 1);
        ManualExecutor executor = new ManualExecutor();
        IndexOptions options = new IndexOptions(executor, executor, executor, 2, 10, 100);
        try (MappingCache mappings = new MappingCache(device, 10);
                BucketIndex index =
                        BucketIndex.open(device, mappings, "buckets/00000", 0, empty, options)) {
            OpenIndex sealed = index.beginSegment(0);
            sealed.lost(0, 0, LOST, List.of(versions), FRAME);
            index.beginSegment(1);
            index.seal(sealed, /* dataLengthBytes= */ 1_000);
            executor.runAll(10);
            BucketReader reader = new BucketReader(device, mappings, _ -> SEGMENT, index);
            LookupCost cost = index.lookups().count();
            try (FrameCursor cursor = reader.cursor()) {
                FoundEvent found = new FoundEvent();
                long last = reader.lastVersionUpTo(stream, LOST, found);
                assertThat(last).isEqualTo(LOST - 1);
                assertThat(reader.moveToLast(cursor, streamId, stream, last, found)).isEqualTo(-1);
            }
            assertThat(index.lastStreamVersion(stream.high(), stream.low())).isEqualTo(LOST - 1);
            assertThat(cost.filterProbes()).isBetween(1L, 10L);
        }
    }

    private static void write(MemoryDevice device, LostEntries lost) throws IOException {
        ByteBuffer buffer =
                ByteBuffer.allocate((int) (FRAME + lost.lengthBytes()))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .position((int) FRAME);
        FrameStamp stamp = new FrameStamp(SEGMENT, FRAME, FRAME, LOST);
        new FrameEncoder().encodeLost(buffer, stamp, lost, (int) lost.lengthBytes());
        device.createDirectories(SEGMENT.directory());
        try (DeviceFile file = device.create(SEGMENT.dataFile())) {
            file.write(buffer.flip(), 0);
            file.sync();
        }
    }
}
