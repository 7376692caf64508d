package io.sierra.storage.index;

/**
 * How a bucket's indexes are kept.
 *
 * @param sealing writes the indexes of sealed segments; shared by all buckets
 * @param merging merges indexes into runs; shared by all buckets, and another thread than {@code
 *     sealing}, since merges take long
 * @param rebuilding makes missing indexes again after a start, bucket by bucket; shared by all
 *     buckets, and another thread than the others, since this takes longest
 * @param fanOut indexes that are merged into one, 2 to 64
 * @param firstRetryMillis wait after a failure in the background; doubles with each further one
 * @param lastRetryMillis longest such wait
 */
public record IndexOptions(
        BackgroundExecutor sealing,
        BackgroundExecutor merging,
        BackgroundExecutor rebuilding,
        int fanOut,
        long firstRetryMillis,
        long lastRetryMillis) {
    /** Default of {@link #fanOut}. */
    public static final int DEFAULT_FAN_OUT = 4;

    private static final long DEFAULT_FIRST_RETRY_MILLIS = 1_000;
    private static final long DEFAULT_LAST_RETRY_MILLIS = 60_000;

    public IndexOptions {
        if (fanOut < 2 || fanOut > 64) throw new IllegalArgumentException("fanOut " + fanOut);
        if (firstRetryMillis < 0 || lastRetryMillis < firstRetryMillis) {
            throw new IllegalArgumentException(
                    "retry after " + firstRetryMillis + " to " + lastRetryMillis + " ms");
        }
    }

    /** The defaults, with work done by {@code maintenance}. */
    public static IndexOptions of(IndexMaintenance maintenance) {
        return new IndexOptions(
                maintenance.sealing(),
                maintenance.merging(),
                maintenance.rebuilding(),
                DEFAULT_FAN_OUT,
                DEFAULT_FIRST_RETRY_MILLIS,
                DEFAULT_LAST_RETRY_MILLIS);
    }
}
