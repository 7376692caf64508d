package io.sierra.cluster.subscription;

import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Where those wait who want to know when a partition or a stream gets events. Any thread. */
final class Tails {
    private final Partitioning partitioning;
    private final List<BucketTail> buckets = new ArrayList<>();
    private final List<PartitionTail> partitions = new ArrayList<>();

    Tails(
            Partitioning partitioning,
            EventReader reader,
            IntFunction<@Nullable Failure> outOfService,
            Executor executor) {
        this.partitioning = partitioning;
        for (int id = 0; id < partitioning.bucketCount(); id++) {
            buckets.add(new BucketTail(outOfService, executor));
        }
        for (int id = 0; id < partitioning.partitionCount(); id++) {
            partitions.add(new PartitionTail(id, reader));
        }
    }

    /** A batch of this bucket was confirmed, or the bucket has failed. */
    void onBatch(int bucketId) {
        buckets.get(bucketId).onBatch();
    }

    /** Waits for events of a partition. */
    void add(int partitionId, Watcher watcher) {
        PartitionTail partition = partitions.get(partitionId);
        bucketOf(partitionId).change(partition, () -> partition.add(watcher));
    }

    void remove(int partitionId, Watcher watcher) {
        PartitionTail partition = partitions.get(partitionId);
        bucketOf(partitionId).change(partition, () -> partition.remove(watcher));
    }

    /** Waits for events of a stream in this partition. */
    void add(int partitionId, StreamName stream, Watcher watcher) {
        PartitionTail partition = partitions.get(partitionId);
        bucketOf(partitionId).change(partition, () -> partition.add(stream, watcher));
    }

    void remove(int partitionId, StreamName stream, Watcher watcher) {
        PartitionTail partition = partitions.get(partitionId);
        bucketOf(partitionId).change(partition, () -> partition.remove(stream, watcher));
    }

    /** Whether anybody waits for events of this partition or of a stream in it. */
    boolean isWatched(int partitionId) {
        return partitions.get(partitionId).isWatched();
    }

    private BucketTail bucketOf(int partitionId) {
        return buckets.get(partitioning.bucketOf(partitionId));
    }
}
