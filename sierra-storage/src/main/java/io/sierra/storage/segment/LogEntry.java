package io.sierra.storage.segment;

import io.sierra.protocol.id.PartitionKey;

/**
 * An entry of a partition's log, without its events: what is the same on every replica.
 *
 * @param logIndex 1-based
 * @param firstSequence of the entry's first event, or of the next event if it has none
 * @param chain digest of the entry before, 0 for the first
 */
public record LogEntry(
        FrameKind kind,
        int partitionId,
        int eventCount,
        long logIndex,
        long term,
        long firstSequence,
        int chain,
        long transactionIdMostSignificantBits,
        long transactionIdLeastSignificantBits,
        PartitionKey partitionKey) {
    private static final PartitionKey NO_KEY = new PartitionKey(0, 0);

    /** What the header of a frame holds that is no entry of a log. */
    static LogEntry none(FrameKind kind) {
        return new LogEntry(kind, 0, 0, 0, 0, 0, 0, 0, 0, NO_KEY);
    }
}
