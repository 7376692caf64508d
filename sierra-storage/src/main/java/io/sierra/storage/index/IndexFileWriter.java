package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BooleanSupplier;

/**
 * Writes one index file front to back, block by block, under a temporary name until {@link
 * #commit}. If it is closed before, the file is deleted.
 */
final class IndexFileWriter implements AutoCloseable {
    private final Device device;
    private final IndexFileHeader header;
    private final DeviceFile file;
    private final long seed;
    private final WritePace pace;
    private final BooleanSupplier isLate;
    private final ByteBuffer block =
            ByteBuffer.allocateDirect(IndexBlock.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private long blockNumber;
    private long fileOffset;
    private boolean committed;

    private IndexFileWriter(
            Device device, IndexFileHeader header, DeviceFile file, BooleanSupplier isLate) {
        this.device = device;
        this.header = header;
        this.file = file;
        this.seed = header.id().seed();
        this.pace = header.id().isOfOneSegment() ? WritePace.PROMPT : WritePace.LEISURELY;
        this.isLate = isLate;
        header.encode(block);
    }

    /**
     * Creates the file, in place of what an earlier attempt left.
     *
     * @param isLate asked whether it has to be written without rests
     */
    static IndexFileWriter create(Device device, IndexFileHeader header, BooleanSupplier isLate)
            throws IOException {
        String path = header.id().temporaryPath();
        device.delete(path);
        return new IndexFileWriter(device, header, device.create(path), isLate);
    }

    IndexFileHeader header() {
        return header;
    }

    /** The place for the next bytes; they must not cross a block's end. */
    ByteBuffer buffer() throws IOException {
        if (block.position() == IndexBlock.PAYLOAD_LENGTH) writeBlock();
        return block;
    }

    /** Pads the section with zeros. */
    void align() {
        while (block.position() % IndexBlock.ALIGNMENT != 0) block.put((byte) 0);
    }

    /** Makes the bytes durable and gives the file its name, which its directory has yet to sync. */
    void commit() throws IOException {
        align();
        writeBlock();
        long expected = IndexBlock.fileLength(header.payloadLength());
        if (fileOffset != expected) {
            throw new IllegalStateException(
                    header.id() + ": wrote " + fileOffset + " bytes, expected " + expected);
        }
        file.sync();
        device.rename(header.id().temporaryPath(), header.id().path());
        committed = true;
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (!committed) device.delete(header.id().temporaryPath());
    }

    private void writeBlock() throws IOException {
        IndexBlock.putTrailer(block, seed, blockNumber++);
        int length = block.flip().remaining();
        file.write(block, fileOffset);
        fileOffset += length;
        block.clear();
        pace.keep(file, blockNumber, isLate);
    }
}
