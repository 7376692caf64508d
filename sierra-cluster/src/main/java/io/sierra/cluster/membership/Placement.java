package io.sierra.cluster.membership;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which nodes hold a partition, and in which order they lead it. A pure function of the partition
 * and of two numbers that are fixed for a cluster's life, used by routing and storage alike.
 *
 * <p>Rendezvous hashing (Thaler and Ravishankar, 1998): each partition orders all nodes by a hash
 * of both, so that the partitions that one node leads are spread over all others when it dies.
 *
 * @param nodeCount at least 1; nodes have the indexes 0 to {@code nodeCount - 1}
 * @param replicationFactor 1 to {@code nodeCount}
 */
public record Placement(int nodeCount, int replicationFactor) {
    public Placement {
        if (nodeCount < 1) {
            throw new IllegalArgumentException("node count must be at least 1, not " + nodeCount);
        }
        if (replicationFactor < 1 || replicationFactor > nodeCount) {
            throw new IllegalArgumentException(
                    "replication factor must be 1 to %d, not %d"
                            .formatted(nodeCount, replicationFactor));
        }
    }

    /** The placement of a node that has no others. */
    public static Placement alone() {
        return new Placement(1, 1);
    }

    /** Node indexes of a partition's replicas; leader of term t is number t mod their count. */
    public List<Integer> replicasOf(int partitionId) {
        return IntStream.range(0, nodeCount)
                .boxed()
                .sorted(
                        Comparator.comparingLong(
                                        (Integer nodeIndex) -> weight(partitionId, nodeIndex))
                                .thenComparing(Comparator.naturalOrder()))
                .limit(replicationFactor)
                .toList();
    }

    /** The one node that may lead a partition in a term. */
    public int leaderOf(int partitionId, long term) {
        return replicasOf(partitionId).get((int) Long.remainderUnsigned(term, replicationFactor));
    }

    /** Replicas that must have an entry on disk before it is confirmed. */
    public int quorum() {
        return replicationFactor / 2 + 1;
    }

    /** Finalizer of SplitMix64 (Steele, Lea and Flood, 2014) over both numbers. */
    private static long weight(int partitionId, int nodeIndex) {
        long z = ((long) partitionId << Integer.SIZE | nodeIndex) + 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
