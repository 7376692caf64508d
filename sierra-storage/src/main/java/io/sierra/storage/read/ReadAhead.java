package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;

/**
 * Reads that will be made one after the other. {@link #fetch} lets the processor wait for the
 * memory of all of them at once, which in a store that is larger than its caches takes a fraction
 * of the time. It is a hint; each read does the same without. For one thread.
 *
 * <p>What was found out on the way is kept until the next read is announced, see {@link #hint}.
 */
public interface ReadAhead {
    /** Does nothing. */
    ReadAhead NOTHING =
            new ReadAhead() {
                @Override
                public void get(EventId id) {}

                @Override
                public void streamVersion(StreamId streamId, PartitionKey partitionKey) {}

                @Override
                public void scanStream(
                        StreamId streamId, PartitionKey partitionKey, long firstVersion) {}

                @Override
                public void scanPartition(int partitionId, long firstSequence) {}

                @Override
                public void fetch() {}

                @Override
                public ReadHint hint(int n) {
                    return ReadHint.NONE;
                }
            };

    /** {@link EventReader#get} will be called. */
    void get(EventId id);

    /** {@link EventReader#streamVersion} will be called. */
    void streamVersion(StreamId streamId, PartitionKey partitionKey);

    /** {@link EventReader#scanStream} will be called. */
    void scanStream(StreamId streamId, PartitionKey partitionKey, long firstVersion);

    /** {@link EventReader#scanPartition} will be called. */
    void scanPartition(int partitionId, long firstSequence);

    /** Fetches what these reads need. May wait for the disk; never fails. */
    void fetch();

    /**
     * What the last {@link #fetch} has found out about a read.
     *
     * @param n 0 for the read that was announced first before that fetch
     */
    ReadHint hint(int n);
}
