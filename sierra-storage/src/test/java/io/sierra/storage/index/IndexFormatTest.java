package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bytes on disk, which another program computed from the tables in the Javadoc. */
class IndexFormatTest {
    private static final IndexFileId ID = new IndexFileId("buckets/00002", IndexKind.STREAM, 3, 3);

    private final ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    private final Device device = new MemoryDevice();

    @BeforeEach
    void createDirectory() throws IOException {
        device.createDirectories("b/segments/0000000001");
    }

    @Test
    void hash_neverChanges() {
        assertThat(IndexHash.ofEvent(0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L))
                .isEqualTo(0x09E7_3180_ECB3_F2A4L);
        assertThat(IndexHash.ofPartition(7)).isEqualTo(0x63CB_E1E4_5932_0DD7L);
        assertThat(IndexHash.ofName("buckets/00002")).isEqualTo(0xA3B4_6A48_7D21_1EE4L);
        assertThat(ID.seed()).isEqualTo(0x0BC5_7FFD_897D_6DADL);
    }

    @Test
    void header_encode_matchesGoldenBytes() {
        IndexFileHeader header = new IndexFileHeader(ID, 0x11_2233_4455L, 5, 2, 9);
        header.encode(buffer);
        assertThat(bytes())
                .isEqualTo(
                        hex(
                                """
                                53494458 0100 0000 03000000 03000000
                                e41e217d486ab4a3 5544332211000000
                                0500000000000000 0200000000000000
                                0900000000000000 0000000000000000
                                """));
        assertThat(IndexFileHeader.decode(ID, MemorySegment.ofArray(buffer.array())))
                .isEqualTo(header);
    }

    @Test
    void eventEntry_encode_matchesGoldenBytes() {
        EventEntry.encode(buffer, 0x0123_4567_89AB_CDEFL, FrameLocation.pack(7, 0x90));
        assertThat(bytes()).isEqualTo(hex("efcdab8967452301 12000000 07000000"));
    }

    @Test
    void seriesEntry_encode_matchesGoldenBytes() {
        SeriesEntry.encode(buffer, 0x0123_4567_89AB_CDEFL, -2, 0x1234, 5, 6);
        assertThat(bytes())
                .isEqualTo(
                        hex(
                                """
                                efcdab8967452301 feffffffffffffff
                                3412000000000000 05000000 06000000
                                """));
    }

    @Test
    void filterLine_drain_matchesGoldenBytes() {
        FilterLine line = new FilterLine();
        line.add(0x0123_4567_89AB_CDEFL);
        line.drainTo(buffer);
        assertThat(bytes())
                .isEqualTo(
                        hex(
                                """
                                0000000010800800 0000000000000000
                                0000000000000000 0004000000000000
                                8000000000000000 0000000000000000
                                0000020000000000 8000000000000000
                                """));
        line.drainTo(buffer.clear());
        assertThat(bytes()).isEqualTo(new byte[FilterLine.LENGTH]);
    }

    @Test
    void blockTrailer_matchesGoldenBytes() {
        for (int i = 0; i < 64; i++) buffer.put((byte) i);
        IndexBlock.putTrailer(buffer, ID.seed(), 2);
        byte[] trailer = ByteBuffer.allocate(64).put(hex("09eec962")).array();
        assertThat(bytes()).endsWith(trailer).hasSize(128);
    }

    @Test
    void eventIndex_ofOneEvent_matchesGoldenBytes() throws IOException {
        writeSegment();
        assertThat(file("index.eidx"))
                .isEqualTo(
                        hex(
                                """
                                4549445801000000 0100000001000000
                                157d60a0c8a8eef0 6400000000000000
                                0100000000000000 0100000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0100000000000000 0000000400000000
                                0000000000000000 0100000000100001
                                0040000000000001 0000000000000000
                                47aaf282e42c555f 0800000001000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                c6eed88e00000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                """));
    }

    @Test
    void streamIndex_ofOneStream_matchesGoldenBytes() throws IOException {
        writeSegment();
        assertThat(file("stream.sidx"))
                .isEqualTo(
                        hex(
                                """
                                5349445801000000 0100000001000000
                                157d60a0c8a8eef0 6400000000000000
                                0100000000000000 0100000000000000
                                0200000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0010000000010000 0000000002000000
                                0400000000000000 0000000060000000
                                0500000000000000 0600000000000000
                                0700000000000000 0200000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0800000009000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                2adcecbf00000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                """));
    }

    @Test
    void block_payloadsFollowOneAnother() {
        assertThat(IndexBlock.fileLength(64)).isEqualTo(128);
        assertThat(IndexBlock.fileLength(IndexBlock.PAYLOAD_LENGTH)).isEqualTo(65_536);
        assertThat(IndexBlock.fileLength(IndexBlock.PAYLOAD_LENGTH + 64)).isEqualTo(65_536 + 128);
        assertThat(IndexBlock.PAYLOAD_LENGTH % EventEntry.LENGTH).isZero();
        assertThat(IndexBlock.PAYLOAD_LENGTH % SeriesEntry.LENGTH).isZero();
        assertThat(IndexBlock.PAYLOAD_LENGTH % FilterLine.LENGTH).isZero();
    }

    /** The same data for both files; the event index has the first event only. */
    private void writeSegment() throws IOException {
        IndexFileId events = new IndexFileId("b", IndexKind.EVENT, 1, 1);
        IndexFileId streams = new IndexFileId("b", IndexKind.STREAM, 1, 1);
        OpenIndex index = new OpenIndex(1);
        index.event(0, 0, 5, 6, 7, 1, 2, 64);
        IndexWriting writing = new IndexWriting(device, () -> false);
        writing.writeEvents(IndexFileHeader.of(events, 100, 1, 0), () -> index.events().cursor(1));
        index.event(0, 1, 5, 6, 8, 3, 4, 72);
        writing.writeSegmentSeries(
                IndexFileHeader.of(streams, 100, 1, 2), () -> index.streams().cursor(1));
    }

    private byte[] file(String name) throws IOException {
        try (DeviceFile file = device.openForReading("b/segments/0000000001/" + name)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            assertThat(file.read(bytes, 0)).isEqualTo(bytes.capacity());
            return bytes.array();
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
}
