package io.sierra.cluster.partition;

/**
 * What a partition decides, as a state machine without thread, clock or I/O: inputs in, decisions
 * out. Its owner turns them into writes, messages and replies.
 *
 * <p>Here the partition has its leader on this node for good, and the decision is when an entry is
 * confirmed. Elections and followers join it here: everything that a replica has to say about an
 * entry, this node's own disk included, arrives through {@link #onDurable}.
 */
public final class PartitionProtocol {
    private final long term;
    private final Confirmations confirmations;

    /**
     * The leader's side of a partition.
     *
     * @param term in which this node leads
     */
    public PartitionProtocol(long term, int replicas, int quorum) {
        this.term = term;
        this.confirmations = new Confirmations(replicas, quorum);
    }

    /** Term in which this node leads the partition: what new entries carry. */
    public long term() {
        return term;
    }

    /**
     * A replica has the log on disk up to and including this index.
     *
     * @param replica its number among the partition's replicas
     * @return last index that is confirmed; never falls
     */
    public long onDurable(int replica, long logIndex) {
        return confirmations.onDurable(replica, logIndex);
    }
}
