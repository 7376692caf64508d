package io.sierra.cluster.subscription;

/**
 * Where a subscription stands: for each of its partitions the sequence, or for each of its streams
 * the version, that it looks at next. A subscription that starts from them misses nothing and gets
 * nothing twice. A subscription has partitions or streams, never both.
 */
public interface Positions {
    /** Number of partitions or streams. */
    int size();

    /** Visits the partitions; none if the subscription has streams. */
    void forEachPartition(PartitionVisitor visitor);

    /** Visits the streams; none if the subscription has partitions. */
    void forEachStream(StreamVisitor visitor);

    /** Takes the position of a partition. */
    @FunctionalInterface
    interface PartitionVisitor {
        /** The partition's events below {@code nextSequence} have been dealt with. */
        void onPartition(int partitionId, long nextSequence);
    }

    /** Takes the position of a stream. */
    @FunctionalInterface
    interface StreamVisitor {
        /** The stream's events below {@code nextVersion} have been dealt with. */
        void onStream(byte[] streamIdUtf8, long nextVersion);
    }
}
