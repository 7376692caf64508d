package io.sierra.storage.segment;

import java.util.UUID;

/**
 * One segment of one bucket, and where its files are below the store's directory.
 *
 * @param bucketId u16
 * @param segmentNumber 0-based, gapless in the bucket
 * @param storeSalt secret of the store, see {@link #saltOf}
 */
public record SegmentId(int bucketId, int segmentNumber, long storeSalt) {
    private static final int BUCKET_DIGITS = 5;
    private static final int SEGMENT_DIGITS = 10;

    /** A segment of a store without a salt. */
    SegmentId(int bucketId, int segmentNumber) {
        this(bucketId, segmentNumber, 0);
    }

    /**
     * What the checksums of a store's frames are seeded with besides their place. No client knows
     * it, so none can write a payload that reads as a frame.
     */
    public static long saltOf(UUID storeId) {
        return storeId.getMostSignificantBits() ^ Long.reverse(storeId.getLeastSignificantBits());
    }

    /** The segment behind this one. */
    public SegmentId next() {
        return new SegmentId(bucketId, segmentNumber + 1, storeSalt);
    }

    SegmentId withoutSalt() {
        return new SegmentId(bucketId, segmentNumber);
    }

    /** Directory of a bucket. */
    public static String bucketDirectory(int bucketId) {
        return "buckets/" + padded(bucketId, BUCKET_DIGITS);
    }

    /** Directory that holds a bucket's segments, each in one of its own. */
    public static String segmentsDirectory(int bucketId) {
        return bucketDirectory(bucketId) + "/segments";
    }

    /** Directory of this segment. */
    public String directory() {
        return segmentsDirectory(bucketId) + "/" + padded(segmentNumber, SEGMENT_DIGITS);
    }

    /** The file with this segment's frames. */
    public String dataFile() {
        return directory() + "/data.evts";
    }

    /** By hand, since every read asks for a path and a format would be half of its time. */
    private static String padded(int number, int digits) {
        String text = Integer.toString(number);
        return "0".repeat(digits - text.length()) + text;
    }

    /** Part of every checksum in the segment, so that bytes of another one do not verify. */
    long checksumSeed() {
        return (((long) bucketId << Integer.SIZE) | segmentNumber) ^ storeSalt;
    }
}
