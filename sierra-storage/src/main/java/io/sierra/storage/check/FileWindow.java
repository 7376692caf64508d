package io.sierra.storage.check;

import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file in memory that moves along. The file is read and not mapped: a sector that
 * cannot be read would end the process in a mapping, and is an answer here.
 */
final class FileWindow implements AutoCloseable {
    /** Of all reads, as reading past the cache asks for. */
    private static final int BLOCK_BYTES = 4_096;

    /** Of one read if nothing else is said. */
    static final int CHUNK_BYTES = 1 << 20;

    /** Stands for what cannot be read; neither zeros, which are an end, nor a frame. */
    private static final byte UNREADABLE = (byte) 0xEE;

    /** What cannot be read, from {@code start} to {@code end}, exclusive. */
    record Unreadable(long start, long end, String problem) {}

    private final DeviceFile file;
    private final LongConsumer bytesRead;
    private final int chunkBytes;
    private final List<Unreadable> unreadable = new ArrayList<>();
    private Arena arena = Arena.ofShared();
    private MemorySegment memory;
    private MemorySegment bytes;
    private long start;

    /** A window on a file, which is closed with it. */
    FileWindow(DeviceFile file, LongConsumer bytesRead) {
        this(file, bytesRead, CHUNK_BYTES);
    }

    /**
     * The same with reads of another length.
     *
     * @param chunkBytes least length of a read; a multiple of {@value #BLOCK_BYTES}
     */
    FileWindow(DeviceFile file, LongConsumer bytesRead, int chunkBytes) {
        this.file = file;
        this.bytesRead = bytesRead;
        this.chunkBytes = chunkBytes;
        this.memory = arena.allocate(chunkBytes, BLOCK_BYTES);
        this.bytes = memory.asSlice(0, 0);
    }

    /** What is in memory. */
    MemorySegment bytes() {
        return bytes;
    }

    /** File offset of the first of these bytes; a multiple of 8. */
    long start() {
        return start;
    }

    /** Exclusive end of them. */
    private long end() {
        return start + bytes.byteSize();
    }

    /** Length of the file by now. */
    long fileLength() throws IOException {
        return file.size();
    }

    /** Brings a part of the file into memory; false if the file does not have all of it. */
    boolean cover(long fileOffset, long lengthBytes) throws IOException {
        if (fileOffset < start || fileOffset + lengthBytes > end()) {
            load(fileOffset, Math.clamp(file.size() - fileOffset, 0, lengthBytes));
        }
        return fileOffset + lengthBytes <= end();
    }

    /** Forgets what is in memory: the next look is at the file as it is then. */
    void forget() {
        bytes = memory.asSlice(0, 0);
    }

    /** Whether something in this part of the file could not be read, and why. */
    @Nullable String problemIn(long from, long to) {
        for (Unreadable part : unreadable) {
            if (part.start() < to && from < part.end()) {
                return part.problem();
            }
        }
        return null;
    }

    private void load(long fileOffset, long lengthBytes) throws IOException {
        long first = fileOffset & -BLOCK_BYTES;
        long end = Math.ceilDiv(fileOffset + lengthBytes, BLOCK_BYTES) * (long) BLOCK_BYTES;
        int length = Math.toIntExact(Math.max(chunkBytes, end - first));
        grow(length);
        start = first;
        bytes = memory.asSlice(0, 0);
        bytes = memory.asSlice(0, read(first, length));
        bytesRead.accept(bytes.byteSize());
    }

    private void grow(int length) {
        if (memory.byteSize() < length) {
            arena.close();
            arena = Arena.ofShared();
            memory = arena.allocate(length, BLOCK_BYTES);
        }
    }

    private int read(long from, int length) throws IOException {
        try {
            return file.read(memory.asSlice(0, length).asByteBuffer(), from);
        } catch (IOException _) {
            return readBlocks(from, (int) Math.min(length, Math.max(0, file.size() - from)));
        }
    }

    /** Block by block, as something among them cannot be read. */
    private int readBlocks(long from, int length) {
        for (int at = 0; at < length; at += BLOCK_BYTES) {
            ByteBuffer block = memory.asSlice(at, BLOCK_BYTES).asByteBuffer();
            try {
                int count = file.read(block, from + at);
                if (count < BLOCK_BYTES) {
                    return at + count;
                }
            } catch (IOException e) {
                memory.asSlice(at, BLOCK_BYTES).fill(UNREADABLE);
                note(from + at, String.valueOf(e.getMessage()));
            }
        }
        return length;
    }

    private void note(long offset, String problem) {
        if (problemIn(offset, offset + BLOCK_BYTES) == null) {
            unreadable.add(new Unreadable(offset, offset + BLOCK_BYTES, problem));
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        file.close();
    }
}
