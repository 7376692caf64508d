package io.sierra.storage.bucket;

/**
 * How long an open segment has to be before it is worth the work to prepare a next one, and to
 * begin that when the store is closed.
 *
 * @param spareAfterBytes bytes added to a segment before a file for the next one is prepared
 * @param sealAtCloseBytes an open segment with more than this is sealed when the store is closed,
 *     because the next start would read it
 */
public record SegmentLengths(long spareAfterBytes, long sealAtCloseBytes) {
    /** Small stores stay small. */
    public static final SegmentLengths DEFAULT = new SegmentLengths(8L << 20, 1L << 20);
}
