package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;

/**
 * An entry of a partition's log that is written but not confirmed: no index knows it yet.
 *
 * @param chain digest of the entry before
 * @param segmentNumber of its frame
 * @param fileOffset of its frame
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

    /** Gives the events to the index of the entry's segment. */
    void addTo(EventSink index, int partitionId) {
        for (int i = 0, at = 0; i < eventCount(); i++, at += LONGS_PER_EVENT) {
            index.event(
                    partitionId,
                    firstSequence + i,
                    events[at],
                    events[at + 1],
                    events[at + 2],
                    events[at + 3],
                    events[at + 4],
                    fileOffset);
        }
    }
}
