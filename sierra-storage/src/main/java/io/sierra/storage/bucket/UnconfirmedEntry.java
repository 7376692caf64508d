package io.sierra.storage.bucket;

/**
 * An entry of a partition's log that is written but not confirmed: no index knows it yet.
 *
 * @param chain digest of the entry before
 * @param location of its frame
 * @param events for each event five longs: stream key (high, low), stream version, id (high, low)
 */
record UnconfirmedEntry(
        long logIndex,
        long term,
        long firstSequence,
        int chain,
        int segmentNumber,
        long fileOffset,
        long[] events) {
    static final int LONGS_PER_EVENT = 5;

    int eventCount() {
        return events.length / LONGS_PER_EVENT;
    }
}
