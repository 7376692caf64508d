package io.sierra.storage.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Places in memory that will be read soon. {@link #touch} reads them in loops that have little else
 * in them: a processor that waits for memory goes on with a few hundred instructions behind, and
 * all reads that are among these are waited for together. Where each place is must have been found
 * out before, in a loop of its own.
 */
public final class TouchList {
    /** What a processor reads from memory at once. */
    public static final int CACHE_LINE_BYTES = 64;

    private static final int FIRST_CAPACITY = 64;

    /**
     * Runs of places in one memory segment, whose bounds and life are then checked once for all of
     * them: run r has the places before {@code runEnds[r]} that are not in the run before.
     */
    private MemorySegment[] runSegments = new MemorySegment[FIRST_CAPACITY];

    private int[] runEnds = new int[FIRST_CAPACITY];
    private int runCount;
    private long[] starts = new long[FIRST_CAPACITY];
    private long[] ends = new long[FIRST_CAPACITY];
    private int count;

    /** Nobody needs it, but without it nothing would have to be read. */
    @SuppressWarnings("unused")
    private long touched;

    /**
     * Adds the cache lines of these bytes, as far as they are in the segment. Places of one segment
     * that are added one after the other are read faster.
     */
    public void add(MemorySegment segment, long start, long end) {
        long first = Math.max(0, start) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
        long last = Math.min(end, segment.byteSize());
        if (first >= last) {
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = first;
        ends[count] = last;
        count++;
        if (runCount == 0 || !isLastSegment(segment)) {
            addRun(segment);
        }
        runEnds[runCount - 1] = count;
    }

    /** Another object for the same memory would only be read as if it were of another segment. */
    @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"})
    private boolean isLastSegment(MemorySegment segment) {
        return runSegments[runCount - 1] == segment;
    }

    private void addRun(MemorySegment segment) {
        if (runCount == runSegments.length) {
            runSegments = Arrays.copyOf(runSegments, 2 * runCount);
            runEnds = Arrays.copyOf(runEnds, 2 * runCount);
        }
        runSegments[runCount++] = segment;
    }

    /**
     * Reads all of it and forgets it. First one byte of each place: then the addresses of all pages
     * are known, which takes as long as the memory itself.
     */
    public void touch() {
        try {
            touched += sum();
        } finally {
            clear();
        }
    }

    /** Takes the sum of what was read elsewhere to the same end. */
    void addTouched(long sum) {
        touched += sum;
    }

    /** The sum of one byte of each cache line. */
    long sum() {
        long sum = 0;
        for (int r = 0, i = 0; r < runCount; r++) {
            MemorySegment segment = runSegments[r];
            for (int end = runEnds[r]; i < end; i++) {
                sum += segment.get(ValueLayout.JAVA_BYTE, starts[i]);
            }
        }
        for (int r = 0, i = 0; r < runCount; r++) {
            MemorySegment segment = runSegments[r];
            for (int end = runEnds[r]; i < end; i++) {
                for (long at = starts[i] + CACHE_LINE_BYTES; at < ends[i]; at += CACHE_LINE_BYTES) {
                    sum += segment.get(ValueLayout.JAVA_BYTE, at);
                }
            }
        }
        return sum;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Forgets all of it, which must be done before a segment is unmapped. */
    public void clear() {
        Arrays.fill(runSegments, 0, runCount, MemorySegment.NULL);
        runCount = 0;
        count = 0;
    }
}
