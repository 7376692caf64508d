package io.sierra.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.segment.FrameReader.Verdict;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrameTest {
    private static final SegmentId SEGMENT = new SegmentId(3, 7);
    private static final int START = 4_096;
    private static final LogEntry ENTRY =
            new LogEntry(
                    FrameKind.EVENTS,
                    11,
                    2,
                    9,
                    2,
                    40,
                    0x0BAD_CAFE,
                    0x2122_2324_2526_2728L,
                    0x292A_2B2C_2D2E_2F30L,
                    new PartitionKey(0x3132_3334_3536_3738L, 0x393A_3B3C_3D3E_3F40L));
    private static final List<NewEvent> EVENTS =
            List.of(event("orders", "Placed", "m", "{\"a\":1}"), event("s", "", "", ""));
    private static final EventId[] IDS = {
        new EventId(0x0102_0304_0506_0708L, 0x090A_0B0C_0D0E_0F10L),
        new EventId(0x1112_1314_1516_1718L, 0x191A_1B1C_1D1E_1F20L)
    };
    private static final long[] VERSIONS = {5, 0};
    private static final long[] TIMESTAMPS = {
        1_700_000_000_123_000_000L, 1_700_000_000_456_000_000L
    };

    private static NewEvent event(String stream, String name, String metadata, String payload) {
        return new NewEvent(
                StreamId.of(stream),
                name.getBytes(StandardCharsets.UTF_8),
                null,
                new ExpectedVersion.Any(),
                NewEvent.NOW,
                payload.getBytes(StandardCharsets.UTF_8),
                metadata.getBytes(StandardCharsets.UTF_8));
    }

    /** A segment with one frame of events at {@link #START}, and what the frame's digest is. */
    private record Encoded(byte[] file, int frameLength, int digest) {
        String hex() {
            return HexFormat.of().formatHex(file, START, START + frameLength);
        }
    }

    private static Encoded encodeEvents(long durableEnd, long watermark) {
        ByteBuffer buffer = buffer();
        int digest =
                new FrameEncoder()
                        .encodeEvents(
                                buffer,
                                new FrameStamp(SEGMENT, START, durableEnd, watermark),
                                ENTRY,
                                EVENTS,
                                IDS,
                                VERSIONS,
                                TIMESTAMPS);
        return new Encoded(buffer.array(), buffer.position() - START, digest);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(8_192).order(ByteOrder.LITTLE_ENDIAN).position(START);
    }

    private static FrameReader reader(SegmentId segment, byte[] file) {
        return new FrameReader(segment, "file", MemorySegment.ofArray(file));
    }

    @Test
    void encode_matchesGoldenBytes() {
        String golden =
                "0d181eb8e99837ba46524d45d500000001000b00020000000900000000000000"
                        + "02000000000000002800000000000000fecaad0b00000000a00f000000000000"
                        + "27000000000000002827262524232221302f2e2d2c2b2a293837363534333231"
                        + "403f3e3d3c3b3a390807060504030201100f0e0d0c0b0a090500000000000000"
                        + "c0d47e3dfe9c97170700000001000000060600006f7264657273506c61636564"
                        + "6d7b2261223a317d1817161514131211201f1e1d1c1b1a190000000000000000"
                        + "00025851fe9c971700000000000000000100000073000000";
        Encoded encoded = encodeEvents(4_000, 39);
        assertThat(encoded.hex()).isEqualTo(golden);
        assertThat(Integer.toHexString(encoded.digest())).isEqualTo("72e23ee");
        assertThat(FrameEncoder.lengthOf(EVENTS)).isEqualTo(encoded.frameLength());
    }

    @Test
    void encodeDurableEnd_matchesGoldenBytes() {
        String golden =
                "3526ae5304d0455846524d456800000004000000000000000000000000000000"
                        + "0000000000000000000000000000000000000000000000000010000000000000"
                        + "0000000000000000000000000000000000000000000000000000000000000000"
                        + "0000000000000000";
        ByteBuffer buffer = buffer();
        new FrameEncoder().encodeDurableEnd(buffer, new FrameStamp(SEGMENT, START, START, 0));
        int length = (int) FrameEncoder.lengthOfEmpty();
        assertThat(buffer.position() - START).isEqualTo(length);
        assertThat(HexFormat.of().formatHex(buffer.array(), START, START + length))
                .isEqualTo(golden);
    }

    private static final LostEntries LOST =
            new LostEntries(
                    11,
                    9,
                    12,
                    2,
                    40,
                    47,
                    0x0BAD_CAFE,
                    0xFEED_F00D,
                    List.of(new LostEntries.Versions(0x0102L, 0x0304L, 5, 3)));

    @Test
    void encodeLost_matchesGoldenBytes() {
        String golden =
                "67082057c93c5ff046524d459800000005000b00000000000900000000000000"
                        + "02000000000000002800000000000000fecaad0b000000000010000000000000"
                        + "2f000000000000000c000000000000002f000000000000000df0edfe00000000"
                        + "0000000000000000010000000000000002010000000000000403000000000000"
                        + "050000000000000003000000000000000000000000000000";
        ByteBuffer buffer = buffer();
        new FrameEncoder().encodeLost(buffer, new FrameStamp(SEGMENT, START, START, 47), LOST, 152);
        assertThat(buffer.position() - START).isEqualTo(152);
        assertThat(HexFormat.of().formatHex(buffer.array(), START, START + 152)).isEqualTo(golden);
    }

    @Test
    void moveTo_lostEntries_readsWhatTheyWere() throws CorruptSegmentException {
        ByteBuffer buffer = buffer();
        new FrameEncoder().encodeLost(buffer, new FrameStamp(SEGMENT, START, START, 47), LOST, 152);
        FrameReader frame = reader(SEGMENT, buffer.array());
        frame.moveTo(START);
        assertThat(frame.kind()).isEqualTo(FrameKind.LOST);
        assertThat(frame.logIndex()).isEqualTo(9);
        assertThat(frame.lastLogIndex()).isEqualTo(12);
        assertThat(frame.firstSequence()).isEqualTo(40);
        assertThat(frame.endSequence()).isEqualTo(47);
        assertThat(frame.chain()).isEqualTo(0x0BAD_CAFE);
        assertThat(frame.digest()).isEqualTo(0xFEED_F00D);
        assertThat(frame.lostVersions()).isEqualTo(LOST.versions());
        assertThat(frame.nextEvent()).isFalse();
        assertThat(frame.nextFileOffset()).isEqualTo(START + 152);
    }

    @Test
    void encodeFiller_takesAllOfItsRoom() throws CorruptSegmentException {
        ByteBuffer buffer = buffer();
        new FrameEncoder().encodeFiller(buffer, new FrameStamp(SEGMENT, START, START, 0), 208);
        FrameReader frame = reader(SEGMENT, buffer.array());
        frame.moveTo(START);
        assertThat(frame.kind()).isEqualTo(FrameKind.FILLER);
        assertThat(frame.nextEvent()).isFalse();
        assertThat(frame.nextFileOffset()).isEqualTo(START + 208);
    }

    @Test
    void moveTo_readsWhatWasEncoded() throws CorruptSegmentException {
        Encoded encoded = encodeEvents(4_000, 39);
        FrameReader frame = reader(SEGMENT, encoded.file());
        frame.moveTo(START);
        assertThat(frame.kind()).isEqualTo(FrameKind.EVENTS);
        assertThat(frame.partitionId()).isEqualTo(11);
        assertThat(frame.eventCount()).isEqualTo(2);
        assertThat(frame.logIndex()).isEqualTo(9);
        assertThat(frame.term()).isEqualTo(2);
        assertThat(frame.firstSequence()).isEqualTo(40);
        assertThat(frame.chain()).isEqualTo(0x0BAD_CAFE);
        assertThat(frame.durableEnd()).isEqualTo(4_000);
        assertThat(frame.watermark()).isEqualTo(39);
        assertThat(frame.transactionIdMostSignificantBits()).isEqualTo(0x2122_2324_2526_2728L);
        assertThat(frame.transactionIdLeastSignificantBits()).isEqualTo(0x292A_2B2C_2D2E_2F30L);
        assertThat(frame.partitionKey()).isEqualTo(ENTRY.partitionKey());
        assertThat(frame.nextFileOffset()).isEqualTo(START + encoded.frameLength());
        assertThat(frame.digest()).isEqualTo(encoded.digest());
        for (int i = 0; i < 2; i++) {
            assertThat(frame.nextEvent()).isTrue();
            assertThat(frame.partitionSequence()).isEqualTo(40 + i);
            assertThat(frame.streamVersion()).isEqualTo(VERSIONS[i]);
            assertThat(frame.timestampNanos()).isEqualTo(TIMESTAMPS[i]);
            assertThat(frame.eventIdMostSignificantBits()).isEqualTo(IDS[i].mostSignificantBits());
            assertThat(frame.eventIdLeastSignificantBits())
                    .isEqualTo(IDS[i].leastSignificantBits());
            NewEvent event = EVENTS.get(i);
            assertThat(frame.hasStreamId(event.streamId().utf8())).isTrue();
            assertThat(frame.hasContent(event.name(), event.metadata(), event.payload())).isTrue();
        }
        assertThat(frame.nextEvent()).isFalse();
    }

    @Test
    void look_anyBitFlipped_isDetected() {
        Encoded encoded = encodeEvents(4_000, 39);
        int length =
                ByteBuffer.wrap(encoded.file()).order(ByteOrder.LITTLE_ENDIAN).getInt(START + 12);
        int headerBits = 104 * Byte.SIZE;
        for (int bit = 0; bit < length * Byte.SIZE; bit++) {
            byte[] file = encoded.file().clone();
            file[START + bit / 8] ^= (byte) (1 << bit % 8);
            FrameReader frame = reader(SEGMENT, file);
            assertThat(frame.look(START))
                    .as("bit %d", bit)
                    .isEqualTo(bit < headerBits ? Verdict.NO_FRAME : Verdict.DAMAGED_BODY);
            assertThatThrownBy(() -> frame.moveTo(START))
                    .isInstanceOf(CorruptSegmentException.class)
                    .hasMessageContaining("file at offset " + START);
        }
    }

    @Test
    void look_frameOfAnotherPlace_doesNotVerify() {
        Encoded encoded = encodeEvents(4_000, 39);
        assertThat(reader(SEGMENT, encoded.file()).look(START)).isEqualTo(Verdict.VALID);
        assertThat(reader(new SegmentId(3, 8), encoded.file()).look(START))
                .isEqualTo(Verdict.NO_FRAME);
        assertThat(reader(new SegmentId(3, 7, 99), encoded.file()).look(START))
                .as("in another store")
                .isEqualTo(Verdict.NO_FRAME);
        assertThat(reader(new SegmentId(4, 7), encoded.file()).look(START))
                .isEqualTo(Verdict.NO_FRAME);
        for (int offset = 0; offset < START; offset += 8) {
            byte[] moved = new byte[8_192];
            System.arraycopy(encoded.file(), START, moved, offset, encoded.frameLength());
            assertThat(reader(SEGMENT, moved).look(offset)).isEqualTo(Verdict.NO_FRAME);
        }
    }

    @Test
    void look_fileThatEndsWithinTheFrame_findsNone() {
        Encoded encoded = encodeEvents(4_000, 39);
        FrameReader whole = reader(SEGMENT, encoded.file());
        whole.look(START);
        int end = (int) whole.nextFileOffset() - 7;
        for (int size = 0; size < end; size += 13) {
            byte[] file = java.util.Arrays.copyOf(encoded.file(), size);
            assertThat(reader(SEGMENT, file).look(START)).isEqualTo(Verdict.NO_FRAME);
        }
    }

    @Test
    void digest_isTheSameForEveryCopyOfAnEntry() {
        assertThat(encodeEvents(1, 2).digest()).isEqualTo(encodeEvents(3, 4).digest());
    }

    @Test
    void encodeCheckpoint_matchesGoldenBytes() throws CorruptSegmentException {
        String golden =
                "1701e64ecb4a9a5c46524d45c400000003000000000000000000000000000000"
                        + "0000000000000000000000000000000000000000000000000000000000000000"
                        + "0000000000000000000000000000000000000000000000000000000000000000"
                        + "0000000000000000020000000300000004030201090000000000000002000000"
                        + "000000002800000000000000260000000000000000000000feff0000d0c0b0a0"
                        + "0100000000000000010000000000000002000000000000000200000000000000"
                        + "0100000000000000";
        List<Checkpoint.Position> positions =
                List.of(
                        new Checkpoint.Position(3, 0x0102_0304, 9, 2, 40, 38, false),
                        new Checkpoint.Position(65_534, 0xA0B0_C0D0, 1, 1, 2, 2, true));
        ByteBuffer buffer = ByteBuffer.allocate(1_024).order(ByteOrder.LITTLE_ENDIAN).position(64);
        new FrameEncoder().encodeCheckpoint(buffer, new FrameStamp(SEGMENT, 64, 0, 0), positions);
        assertThat(HexFormat.of().formatHex(buffer.array(), 64, buffer.position()))
                .isEqualTo(golden);
        assertThat(buffer.position()).isEqualTo(64 + (int) FrameEncoder.lengthOfCheckpoint(2));
        FrameReader frame = reader(SEGMENT, buffer.array());
        frame.moveTo(64);
        assertThat(frame.checkpoint()).isEqualTo(positions);
    }
}
