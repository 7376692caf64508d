package io.sierra.cluster.partition;

import java.util.Arrays;

/**
 * How far each replica of a partition has the leader's log on disk, and what follows from that: an
 * entry is confirmed when a quorum has it (Raft §5.3, matchIndex).
 */
final class Confirmations {
    private final long[] durableIndexes;
    private final int quorum;
    private long confirmedIndex;

    /**
     * Nothing is confirmed yet.
     *
     * @param quorum 1 to {@code replicas}
     */
    Confirmations(int replicas, int quorum) {
        if (quorum < 1 || quorum > replicas) {
            throw new IllegalArgumentException("quorum " + quorum + " of " + replicas);
        }
        this.durableIndexes = new long[replicas];
        this.quorum = quorum;
    }

    /**
     * A replica has everything up to this log index on disk.
     *
     * @return last index that a quorum has; never falls
     */
    long onDurable(int replica, long logIndex) {
        durableIndexes[replica] = Math.max(durableIndexes[replica], logIndex);
        long[] sorted = durableIndexes.clone();
        Arrays.sort(sorted);
        confirmedIndex = Math.max(confirmedIndex, sorted[sorted.length - quorum]);
        return confirmedIndex;
    }
}
