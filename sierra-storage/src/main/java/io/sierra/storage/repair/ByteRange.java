package io.sierra.storage.repair;

import java.util.List;

/**
 * A part of a file.
 *
 * @param end exclusive
 */
record ByteRange(long start, long end) {
    /** To the end of the frames, which is not known. */
    static final long UNKNOWN_END = Long.MAX_VALUE;

    boolean contains(long fileOffset) {
        return start <= fileOffset && fileOffset < end;
    }

    /** The first offset from {@code from} on that is in none of the ranges. */
    static long skip(List<ByteRange> ranges, long from) {
        long at = from;
        for (ByteRange range : ranges) { // ascending
            if (range.contains(at)) {
                at = range.end();
            }
        }
        return at;
    }

    /** Start of the first range behind an offset, but no more than {@code limit}. */
    static long nextStart(List<ByteRange> ranges, long from, long limit) {
        for (ByteRange range : ranges) {
            if (range.start() >= from) {
                return Math.min(range.start(), limit);
            }
        }
        return limit;
    }
}
