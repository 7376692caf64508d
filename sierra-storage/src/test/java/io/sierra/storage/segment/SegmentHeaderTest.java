package io.sierra.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class SegmentHeaderTest {
    private static final SegmentId SEGMENT = new SegmentId(3, 7);
    private static final SegmentHeader HEADER =
            new SegmentHeader(
                    SEGMENT,
                    1_700_000_000_000_000_000L,
                    4_096,
                    0x1122_3344_5566_7788L,
                    0x99AA_BBCC_DDEE_FF00L,
                    /* lossAcceptedNanos= */ 0,
                    /* lostNumbers= */ 0);

    @Test
    void encode_matchesGoldenBytes() {
        String golden =
                "4556545301000300070000006e33b78700002a36fe9c97170010000000000000"
                        + "887766554433221100ffeeddccbbaa9900000000000000000000000000000000";
        assertThat(HexFormat.of().formatHex(HEADER.encode().array())).isEqualTo(golden);
    }

    @Test
    void lossThatIsAccepted_isAddedToEarlierOnes() throws CorruptSegmentException {
        SegmentHeader header = HEADER.withLossAcceptedAt(7, 3).withLossAcceptedAt(8, 40);
        SegmentHeader decoded = SegmentHeader.decode(header.encode(), SEGMENT, "file");
        assertThat(decoded.lossAcceptedNanos()).isEqualTo(8);
        assertThat(decoded.lostNumbers()).isEqualTo(43);
    }

    @Test
    void withLossesOf_tellsOfThoseOfBothAndIsNeither() {
        SegmentHeader header = HEADER.withLossAcceptedAt(7, 3);
        assertThat(HEADER.withLossesOf(HEADER)).isEqualTo(HEADER);
        assertThat(HEADER.withLossesOf(header)).isEqualTo(header);
        assertThat(header.withLossesOf(HEADER.withLossAcceptedAt(5, 2)))
                .isEqualTo(HEADER.withLossAcceptedAt(8, 5));
    }

    @Test
    void decode_returnsWhatWasEncoded() throws CorruptSegmentException {
        assertThat(SegmentHeader.decode(HEADER.encode(), SEGMENT, "file")).isEqualTo(HEADER);
    }

    @Test
    void decode_anyBitFlipped_isRefused() {
        for (int bit = 0; bit < SegmentHeader.LENGTH_BYTES * Byte.SIZE; bit++) {
            ByteBuffer bytes = HEADER.encode();
            bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
            assertThatThrownBy(() -> SegmentHeader.decode(bytes, SEGMENT, "file"))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("file at offset");
        }
    }

    @Test
    void decode_ofAnotherSegment_isRefused() {
        for (SegmentId other : new SegmentId[] {new SegmentId(3, 8), new SegmentId(4, 7)}) {
            assertThatThrownBy(() -> SegmentHeader.decode(HEADER.encode(), other, "file"))
                    .isInstanceOf(CorruptSegmentException.class);
        }
    }
}
