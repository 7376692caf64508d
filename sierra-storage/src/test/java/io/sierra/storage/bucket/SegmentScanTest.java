package io.sierra.storage.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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
}
