package io.sierra.cluster;

import io.sierra.storage.StoreOptions;
import io.sierra.storage.SyncPolicy;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a node stores and writes.
 *
 * @param directory of the store; created if it is not there
 * @param syncPolicy when an append is durable, compared with when it is acknowledged
 * @param syncInterval between syncs if the policy is {@link SyncPolicy#INTERVAL}
 * @param writerThreads threads that write; divides the bucket count
 * @param subscriptionThreads threads that read the log for subscriptions, at least 1
 */
public record NodeOptions(
        Path directory,
        StoreOptions store,
        SyncPolicy syncPolicy,
        Duration syncInterval,
        int writerThreads,
        int subscriptionThreads) {
    /** So that one that waits for the disk does not hold up the others. */
    private static final int DEFAULT_SUBSCRIPTION_THREADS = 2;

    public NodeOptions {
        int buckets = store.partitioning().bucketCount();
        if (writerThreads < 1 || buckets % writerThreads != 0) {
            throw new IllegalArgumentException(
                    "%d writer threads cannot share %d buckets evenly"
                            .formatted(writerThreads, buckets));
        }
        if (syncInterval.isNegative() || syncInterval.isZero()) {
            throw new IllegalArgumentException("sync interval must be positive: " + syncInterval);
        }
    }

    /** Default layout, sync before every acknowledgement, a thread for each bucket. */
    public static NodeOptions in(Path directory) {
        StoreOptions store = StoreOptions.defaults();
        return new NodeOptions(
                directory,
                store,
                SyncPolicy.ALWAYS,
                Duration.ofMillis(5),
                store.partitioning().bucketCount(),
                DEFAULT_SUBSCRIPTION_THREADS);
    }

    /** These options with another layout and a thread for each bucket. */
    public NodeOptions withStore(StoreOptions other) {
        return new NodeOptions(
                directory,
                other,
                syncPolicy,
                syncInterval,
                other.partitioning().bucketCount(),
                subscriptionThreads);
    }
}
