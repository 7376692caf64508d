package io.sierra.storage.bucket;

import io.sierra.storage.segment.FrameReader;
import java.lang.foreign.MemorySegment;

/** Walks over the frames of a segment, over damage too. */
final class SegmentScan {
    private static final int ALIGNMENT_BYTES = 8;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[1 << 16]);

    private final FrameReader frame;
    private final MemorySegment data;

    /** From here on all is zero, as far as has been looked. */
    private long zerosFrom;

    SegmentScan(FrameReader frame, MemorySegment data) {
        this.frame = frame;
        this.data = data;
        this.zerosFrom = data.byteSize();
    }

    /** The reader that every method moves. */
    FrameReader frame() {
        return frame;
    }

    /**
     * Offset of the first valid frame that begins at {@code from} or later, or -1 if there is none.
     */
    long nextValid(long from) {
        long offset = from;
        while (offset < data.byteSize()) {
            offset = skipZeros(offset);
            if (offset >= data.byteSize()) {
                return -1;
            }
            switch (frame.look(offset)) {
                case VALID -> {
                    return offset;
                }
                // What looks like a frame in the body is a client's payload.
                case DAMAGED_BODY -> offset = frame.nextFileOffset();
                case NO_FRAME -> offset += ALIGNMENT_BYTES;
            }
        }
        return -1;
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
            long length = Math.min(ZEROS.byteSize(), data.byteSize() - offset);
            long mismatch = MemorySegment.mismatch(data, offset, offset + length, ZEROS, 0, length);
            if (mismatch >= 0) {
                return (offset + mismatch) & -ALIGNMENT_BYTES;
            }
            offset += length;
        }
        zerosFrom = Math.min(zerosFrom, from);
        return Math.max(offset, data.byteSize());
    }
}
