package io.sierra.server.info;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of durations in buckets that grow with the duration: {@value #SUB_BUCKETS} to each power
 * of two, so a value is known to 1 part in {@value #SUB_BUCKETS}. One thread records, any thread
 * reads counts that may lag a little; recording takes no lock and no memory.
 */
public final class LatencyHistogram {
    private static final int SUB_BUCKET_BITS = 5;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;

    /** 2^40 nanoseconds are 18 minutes; what takes longer is counted as that. */
    private static final int LARGEST_EXPONENT = 40;

    private static final long LARGEST_NANOS = (1L << (LARGEST_EXPONENT + 1)) - 1;

    private static final int BUCKETS = (LARGEST_EXPONENT - SUB_BUCKET_BITS + 2) * SUB_BUCKETS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    /** Counts one duration. Called by one thread only. */
    public void record(long nanos) {
        record(nanos, 1);
    }

    /** Counts a duration that occurred {@code count} times. Called by one thread only. */
    public void record(long nanos, int count) {
        int bucket = bucketOf(nanos);
        counts.setRelease(bucket, counts.getPlain(bucket) + count);
    }

    /** Adds the counts of this histogram to {@code totals}, an array from {@link #newTotals}. */
    void addTo(long[] totals) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            totals[bucket] += counts.getAcquire(bucket);
        }
    }

    /** Zeros for {@link #addTo}. */
    static long[] newTotals() {
        return new long[BUCKETS];
    }

    /**
     * The duration that {@code fraction} of those in {@code totals} did not exceed, in nanoseconds;
     * 0 if there are none.
     *
     * @param fraction 0 (exclusive) to 1
     */
    static long percentileNanos(long[] totals, double fraction) {
        long all = 0;
        for (long count : totals) {
            all += count;
        }
        long wanted = (long) Math.ceil(all * fraction);
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS && all > 0; bucket++) {
            seen += totals[bucket];
            if (seen >= wanted) {
                return largestIn(bucket);
            }
        }
        return 0;
    }

    private static int bucketOf(long nanos) {
        long value = Math.clamp(nanos, 0, LARGEST_NANOS);
        if (value < SUB_BUCKETS) {
            return (int) value;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SUB_BUCKET_BITS;
        return (shift + 1) * SUB_BUCKETS + (int) (value >>> shift) - SUB_BUCKETS;
    }

    private static long largestIn(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = bucket / SUB_BUCKETS - 1;
        long first = (long) (bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
        return first + (1L << shift) - 1;
    }
}
