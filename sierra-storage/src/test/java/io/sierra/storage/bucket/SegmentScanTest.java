package io.sierra.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Zeros at the end of a file are read from it, and its mapping is not touched there. */
final class SegmentScanTest {
    private static final int LENGTH = 300_000;
    private static final int OTHER = 100_000;

    /** A file that is zero but for one byte, and 0xFF in the mapping where nobody may look. */
    private static SegmentScan scan(int nonZeroAt, int lengthBytes) throws IOException {
        byte[] bytes = new byte[lengthBytes];
        bytes[nonZeroAt] = 1;
        DeviceFile file = new MemoryDevice().create("data.evts");
        file.write(ByteBuffer.wrap(bytes), 0);
        MemorySegment mapped = MemorySegment.ofArray(bytes.clone());
        mapped.asSlice(Math.min(lengthBytes, (nonZeroAt | 7) + 1)).fill((byte) 0xFF);
        FrameReader frame = new FrameReader(new SegmentId(0, 0, 0), "data.evts", mapped);
        return new SegmentScan(frame, mapped, file);
    }

    @ParameterizedTest(name = "the last byte that is not zero is at {0}")
    @ValueSource(ints = {0, 7, 8, 4_095, 65_535, 65_536, 165_000, LENGTH - 65_536, LENGTH - 1})
    void zerosAtTheEnd_areNotTouchedInTheMapping(int nonZeroAt) throws IOException {
        SegmentScan scan = scan(nonZeroAt, LENGTH);
        int behind = (nonZeroAt | 7) + 1;

        assertThat(scan.skipZeros(0)).isEqualTo(nonZeroAt & -8);
        assertThat(scan.skipZeros(behind)).isEqualTo(LENGTH);
        assertThat(scan.isZeroFrom(behind)).isTrue();
        assertThat(scan.isBehindAll(behind)).isTrue();
        assertThat(scan.isBehindAll(nonZeroAt)).isFalse();
        assertThat(scan.nextValid(behind)).isEqualTo(-1);
    }

    @Test
    void lengthThatIsNoMultipleOfEight_isTheEnd() throws IOException {
        SegmentScan scan = scan(OTHER + 2, OTHER + 3);

        assertThat(scan.skipZeros(0)).isEqualTo(OTHER);
        assertThat(scan.isBehindAll(OTHER)).isFalse();
        assertThat(scan.isZeroFrom(OTHER + 8)).isTrue();
    }

    /** Or a long run of damaged frames would be read as often as there are frames in it. */
    @Test
    void nextValid_isLookedForOnce() throws IOException {
        SegmentId segment = new SegmentId(0, 0, 0);
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        for (long start : new long[] {OTHER, 2 * OTHER}) {
            buffer.position((int) start);
            new FrameEncoder().encodeDurableEnd(buffer, new FrameStamp(segment, start, start, 0));
        }
        DeviceFile file = new MemoryDevice().create("data.evts");
        file.write(buffer.duplicate().clear(), 0);
        MemorySegment mapped = MemorySegment.ofBuffer(buffer.clear());
        SegmentScan scan =
                new SegmentScan(new FrameReader(segment, "data.evts", mapped), mapped, file);

        assertThat(scan.nextValid(64)).isEqualTo(OTHER);
        mapped.set(ValueLayout.JAVA_BYTE, OTHER + 4, (byte) 0xEE);
        assertThat(scan.nextValid(1_000)).isEqualTo(OTHER);
        assertThat(scan.nextValid(OTHER)).isEqualTo(OTHER);
        assertThat(scan.nextValid(OTHER + 8)).isEqualTo(2 * OTHER);
        assertThat(scan.nextValid(1_000)).as("it goes back").isEqualTo(2 * OTHER);
        assertThat(scan.nextValid(2 * OTHER + 8)).isEqualTo(-1);
        assertThat(scan.nextValid(2 * OTHER + 104)).isEqualTo(-1);
    }
}
