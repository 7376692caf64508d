package io.sierra.protocol.id;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How many partitions and buckets a store has; fixed for its life. A partition id is 0 to {@code
 * partitionCount - 1}, a bucket id 0 to {@code bucketCount - 1}.
 */
public record Partitioning(int partitionCount, int bucketCount) {
    /** Ids are u16 on the wire and on disk. */
    public static final int MAX_COUNT = 65_535;

    public Partitioning {
        if (partitionCount < 1 || partitionCount > MAX_COUNT) {
            throw new IllegalArgumentException(
                    "partition count must be 1 to 65535, not " + partitionCount);
        }
        if (bucketCount < 1 || bucketCount > partitionCount) {
            throw new IllegalArgumentException(
                    "bucket count must be 1 to the partition count of "
                            + partitionCount
                            + ", not "
                            + bucketCount);
        }
    }

    /** Partition of all streams with this key. */
    public int partitionOf(PartitionKey key) {
        return key.hash() % partitionCount;
    }

    /** Partition that the hash in a generated id names. A client's own id may lie elsewhere. */
    public int partitionNamedBy(EventId id) {
        return id.hash() % partitionCount;
    }

    /** Bucket whose files hold this partition. */
    public int bucketOf(int partitionId) {
        return partitionId % bucketCount;
    }

    /** Partitions whose events are in the files of this bucket, ascending. */
    public List<Integer> partitionsOf(int bucketId) {
        return IntStream.iterate(bucketId, id -> id < partitionCount, id -> id + bucketCount)
                .boxed()
                .toList();
    }

    /** Whether there is such a partition. */
    public boolean hasPartition(int partitionId) {
        return partitionId >= 0 && partitionId < partitionCount;
    }
}
