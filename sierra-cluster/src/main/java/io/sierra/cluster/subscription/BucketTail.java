package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tails of those partitions of a bucket that somebody waits for. The bucket's thread pays one
 * signal for a batch, and nothing while nobody waits.
 */
final class BucketTail extends SerialTask {
    private final IntFunction<@Nullable Failure> outOfService;
    private final Set<PartitionTail> watched = ConcurrentHashMap.newKeySet();

    /**
     * A tail that watches no partition yet.
     *
     * @param outOfService why a partition gets no more events, by its id; null if it may get some
     */
    BucketTail(IntFunction<@Nullable Failure> outOfService, Executor executor) {
        super(executor);
        this.outOfService = outOfService;
    }

    /** A batch was confirmed, or the bucket has failed. */
    void onBatch() {
        if (!watched.isEmpty()) {
            signal();
        }
    }

    /** Changes who waits for a partition of this bucket; {@code change} does it. */
    synchronized void change(PartitionTail partition, Runnable change) {
        boolean before = partition.isWatched();
        change.run();
        boolean after = partition.isWatched();
        if (after && !before) {
            watched.add(partition);
        } else if (before && !after) {
            watched.remove(partition);
        }
    }

    @Override
    protected void work() {
        boolean more = false;
        for (PartitionTail partition : watched) {
            more |= partition.announce();
            Failure failure = outOfService.apply(partition.partitionId());
            if (failure != null) {
                partition.fail(failure);
            }
        }
        if (more) {
            signal();
        }
    }
}
