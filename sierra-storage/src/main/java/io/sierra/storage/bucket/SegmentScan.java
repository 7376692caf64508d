package io.sierra.storage.bucket;

import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Walks over the frames of a segment, over damage too. Behind the last byte that is not zero there
 * may be a hole, which is only ever read, and not touched in the mapping: on a file system in
 * memory that is full, touching a hole is the end of the process.
 */
final class SegmentScan {
    private static final int ALIGNMENT_BYTES = 8;
    private static final long NOTHING = Long.MAX_VALUE;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 20]);

    private final FrameReader frame;
    private final MemorySegment data;

    /** From here on all is zero. */
    private final long zerosFrom;

    /** {@link #nextValid} has looked from here to {@code foundAt}, exclusive, last. */
    private long searchedFrom = Long.MAX_VALUE;

    /** What it has found there; {@link #NOTHING} if there is nothing more. */
    private long foundAt;

    /**
     * A scan.
     *
     * @param data of the file, mapped; the reader is of the same
     * @throws IOException if the file cannot be read
     */
    SegmentScan(FrameReader frame, MemorySegment data, DeviceFile file) throws IOException {
        this.frame = frame;
        this.data = data;
        this.zerosFrom = contentEnd(file, data.byteSize());
    }

    /** Exclusive end of the bytes that are not zero, a multiple of 8 or the end of the file. */
    private static long contentEnd(DeviceFile file, long lengthBytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect((int) ZEROS.byteSize());
        long end = lengthBytes;
        while (end > 0) {
            long start = Math.max(0, end - chunk.capacity());
            chunk.clear().limit((int) (end - start));
            int length = file.read(chunk, start);
            if (!isZero(chunk, length)) {
                while (chunk.get(length - 1) == 0) {
                    length--;
                }
                long aligned = (start + length + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
                return Math.min(aligned, lengthBytes);
            }
            end = start;
        }
        return 0;
    }

    private static boolean isZero(ByteBuffer chunk, int length) {
        MemorySegment bytes = MemorySegment.ofBuffer(chunk.duplicate().clear());
        return MemorySegment.mismatch(bytes, 0, length, ZEROS, 0, length) < 0;
    }

    /** The reader that every method moves. */
    FrameReader frame() {
        return frame;
    }

    /**
     * Offset of the first valid frame that begins at {@code from} or later, or -1 if there is none.
     * That of many damaged frames one after the other is looked for once.
     */
    long nextValid(long from) {
        if (from < searchedFrom || from > foundAt) {
            foundAt = searchValid(from);
            searchedFrom = from;
        }
        return foundAt == NOTHING ? -1 : foundAt;
    }

    private long searchValid(long from) {
        long offset = skipZeros(from);
        while (offset < data.byteSize()) {
            switch (frame.look(offset)) {
                case VALID -> {
                    return offset;
                }
                // What looks like a frame in the body is a client's payload.
                case DAMAGED_BODY -> offset = skipZeros(frame.nextFileOffset());
                case NO_FRAME -> offset = skipZeros(offset + ALIGNMENT_BYTES);
            }
        }
        return NOTHING;
    }

    /** Largest {@code durableEnd} in the valid frames from {@code from} on, or -1 without any. */
    long largestDurableEnd(long from) {
        long largest = -1;
        long offset = nextValid(from);
        while (offset >= 0) {
            frame.look(offset);
            largest = Math.max(largest, frame.durableEnd());
            offset = nextValid(frame.nextFileOffset());
        }
        return largest;
    }

    /** Whether {@code from} lies behind everything that is not zero. */
    boolean isBehindAll(long from) {
        return from >= zerosFrom;
    }

    /** Whether everything from {@code from} to the end of the file is zero. */
    boolean isZeroFrom(long from) {
        return skipZeros(from) >= data.byteSize();
    }

    /** Length of the file. */
    long lengthBytes() {
        return data.byteSize();
    }

    /** The first multiple of 8 from which on not all is zero, or the end of the file or more. */
    long skipZeros(long from) {
        long offset = from;
        while (offset < zerosFrom) {
            long length = Math.min(ZEROS.byteSize(), zerosFrom - offset);
            long mismatch = MemorySegment.mismatch(data, offset, offset + length, ZEROS, 0, length);
            if (mismatch >= 0) {
                return (offset + mismatch) & -ALIGNMENT_BYTES;
            }
            offset += length;
        }
        return Math.max(from, data.byteSize());
    }
}
