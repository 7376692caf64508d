package io.sierra.storage.segment;

import java.util.Locale;

/**
 * One segment of one bucket, and where its files are below the store's directory.
 *
 * @param bucketId u16
 * @param segmentNumber 0-based, gapless in the bucket
 */
public record SegmentId(int bucketId, int segmentNumber) {

    /** Directory of a bucket. */
    public static String bucketDirectory(int bucketId) {
        return String.format(Locale.ROOT, "buckets/%05d", bucketId);
    }

    /** Directory that holds a bucket's segments, each in one of its own. */
    public static String segmentsDirectory(int bucketId) {
        return bucketDirectory(bucketId) + "/segments";
    }

    /** Directory of this segment. */
    public String directory() {
        return String.format(Locale.ROOT, "%s/%010d", segmentsDirectory(bucketId), segmentNumber);
    }

    /** The file with this segment's frames. */
    public String dataFile() {
        return directory() + "/data.evts";
    }

    /** Part of every checksum in the segment, so that bytes of another one do not verify. */
    long checksumSeed() {
        return ((long) bucketId << Integer.SIZE) | segmentNumber;
    }
}
