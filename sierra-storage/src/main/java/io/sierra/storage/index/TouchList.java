package io.sierra.storage.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Places in memory that will be read soon. {@link #touch} reads them in loops that have little else
 * in them: a processor that waits for memory goes on with a few hundred instructions behind, and
 * all reads that are among these are waited for together. Where each place is must have been found
 * out before, in a loop of its own.
 *
 * <p>For the same reason it reads by address, without the checks that a segment makes: what was
 * added must stay mapped until it is touched or cleared. A program may do so only if it was given
 * native access ({@code --enable-native-access}); otherwise nothing is touched, and whoever reads
 * it later waits for it then.
 */
public final class TouchList {
    private static final int CACHE_LINE_BYTES = 64;
    private static final int FIRST_CAPACITY = 64;

    private static final MemorySegment MEMORY = allMemory();

    private long[] starts = new long[FIRST_CAPACITY];
    private long[] ends = new long[FIRST_CAPACITY];
    private int count;

    /** Nobody needs it, but without it nothing would have to be read. */
    @SuppressWarnings("unused")
    private long touched;

    @SuppressWarnings("restricted") // not called where it is not allowed
    private static MemorySegment allMemory() {
        boolean allowed = TouchList.class.getModule().isNativeAccessEnabled();
        return allowed ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE) : MemorySegment.NULL;
    }

    /** Adds the cache lines of these bytes, as far as they are in the segment. */
    public void add(MemorySegment segment, long start, long end) {
        long first = Math.max(0, start) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
        long last = Math.min(end, segment.byteSize());
        if (first >= last || !segment.isNative() || MEMORY.byteSize() == 0) {
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = segment.address() + first;
        ends[count] = segment.address() + last;
        count++;
    }

    /**
     * Reads all of it and forgets it. First one byte of each place: then the addresses of all pages
     * are known, which takes as long as the memory itself.
     */
    public void touch() {
        try {
            touched = sum();
        } finally {
            clear();
        }
    }

    private long sum() {
        long[] from = starts;
        long[] to = ends;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += MEMORY.get(ValueLayout.JAVA_BYTE, from[i]);
        }
        for (int i = 0; i < count; i++) {
            for (long at = from[i] + CACHE_LINE_BYTES; at < to[i]; at += CACHE_LINE_BYTES) {
                sum += MEMORY.get(ValueLayout.JAVA_BYTE, at);
            }
        }
        return sum;
    }

    /** Forgets all of it, which must be done before a segment is unmapped. */
    public void clear() {
        count = 0;
    }

    /** Length of all of it. */
    long lengthBytes() {
        long length = 0;
        for (int i = 0; i < count; i++) {
            length += ends[i] - starts[i];
        }
        return length;
    }

    /** Whether all of it is in a segment. */
    boolean isWithin(MemorySegment segment) {
        boolean within = true;
        for (int i = 0; i < count; i++) {
            within &= starts[i] >= segment.address();
            within &= ends[i] <= segment.address() + segment.byteSize();
        }
        return within;
    }
}
