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
                                53494458 0300 0000 03000000 03000000
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
    void seriesEntry_encode_matchesGoldenBytes() throws IOException {
        OpenIndex index = new OpenIndex(7);
        index.event(0, 0, 0x0123_4567_89AB_CDEFL, -2, 0x1234, true, 1, 2, 0x40);
        index.event(0, 1, 0x0123_4567_89AB_CDEFL, -2, 0x1235, true, 1, 3, 0x90);
        SeriesCursor cursor = index.streams().cursor(7);
        assertThat(cursor.next()).isTrue();
        SeriesEntry.encode(buffer, cursor, 6);
        assertThat(bytes())
                .isEqualTo(
                        hex(
                                """
                                efcdab8967452301 feffffffffffffff
                                3412000000000000 12000000 07000000
                                0600000000000000 02000000 01000000
                                """));
    }

    @Test
    void filterLine_drain_matchesGoldenBytes() {
        FilterLine line = new FilterLine();
        line.add(0x0123_4567_89AB_CDEFL);
        line.drainTo(buffer, 0x1234);
        assertThat(bytes())
                .isEqualTo(
                        hex(
                                """
                                0000008000120000 0000000000000000
                                0000000000000100 0000000040000000
                                0000000000000000 0000004000000000
                                0040000000000000 3412000000000000
                                """));
        line.drainTo(buffer.clear(), 0);
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
                                4549445803000000 0100000001000000
                                157d60a0c8a8eef0 6400000000000000
                                0100000000000000 0100000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000100
                                0000000000000040 0000000000000000
                                0000000100000040 0002001000000000
                                0200000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                47aaf282e42c555f 0800000001000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                3b9b88b600000000 0000000000000000
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
                                5349445803000000 0100000001000000
                                157d60a0c8a8eef0 6400000000000000
                                0100000000000000 0100000000000000
                                0100000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000040000
                                0800000000001000 0000020000000000
                                0000000000030000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0500000000000000 0600000000000000
                                0700000000000000 0900000001000000
                                0000000000000000 0200000001000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0800000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                8fabe8b000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                0000000000000000 0000000000000000
                                """));
    }

    @Test
    void block_payloadsFollowOneAnother() {
        assertThat(IndexBlock.fileLength(192)).isEqualTo(256);
        assertThat(IndexBlock.fileLength(IndexBlock.PAYLOAD_LENGTH)).isEqualTo(65_536);
        assertThat(IndexBlock.fileLength(IndexBlock.PAYLOAD_LENGTH + 192)).isEqualTo(65_536 + 256);
        assertThat(IndexBlock.PAYLOAD_LENGTH % IndexBlock.ALIGNMENT).isZero();
        assertThat(IndexBlock.ALIGNMENT % EventEntry.LENGTH).isZero();
        assertThat(IndexBlock.ALIGNMENT % SeriesEntry.LENGTH).isZero();
        assertThat(IndexBlock.PAYLOAD_LENGTH % FilterLine.LENGTH).isZero();
    }

    /** The same data for both files; the event index has the first event only. */
    private void writeSegment() throws IOException {
        IndexFileId events = new IndexFileId("b", IndexKind.EVENT, 1, 1);
        IndexFileId streams = new IndexFileId("b", IndexKind.STREAM, 1, 1);
        OpenIndex index = new OpenIndex(1);
        index.event(0, 0, 5, 6, 7, true, 1, 2, 64);
        IndexWriting writing = new IndexWriting(device, () -> false);
        writing.writeEvents(IndexFileHeader.of(events, 100, 1, 0), () -> index.events().cursor(1));
        index.event(0, 1, 5, 6, 8, true, 3, 4, 72);
        writing.writeSeries(
                IndexFileHeader.of(streams, 100, 1, 1), () -> index.streams().cursor(1));
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
