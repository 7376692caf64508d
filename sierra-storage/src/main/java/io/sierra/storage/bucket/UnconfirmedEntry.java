package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;
import io.sierra.storage.segment.LostEntries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a partition's log that is written but not confirmed: no index knows it yet. Or a
 * frame that stands for lost entries, of which there may be several.
 *
 * @param lastLogIndex the same as the log index but of lost entries
 * @param endSequence exclusive
 * @param chain digest of the entry before
 * @param segmentNumber of its frame
 * @param fileOffset of its frame
 * @param events for each event six longs: stream key (high, low), stream version, 1 if its
 *     partition key is the stream's default one and else 0, id (high, low)
 * @param lost versions that are known to be lost; null if the entry itself is there
 */
record UnconfirmedEntry(
        long logIndex,
        long lastLogIndex,
        long term,
        long firstSequence,
        long endSequence,
        int chain,
        int segmentNumber,
        long fileOffset,
        long[] events,
        @Nullable List<LostEntries.Versions> lost) {
    static final int LONGS_PER_EVENT = 6;

    /** An entry that is there. */
    static UnconfirmedEntry of(
            long logIndex,
            long term,
            long firstSequence,
            int chain,
            int segmentNumber,
            long fileOffset,
            long[] events) {
        return new UnconfirmedEntry(
                logIndex,
                logIndex,
                term,
                firstSequence,
                firstSequence + events.length / LONGS_PER_EVENT,
                chain,
                segmentNumber,
                fileOffset,
                events,
                null);
    }

    /** Gives the events, or what is lost, to the index of the entry's segment. */
    void addTo(EventSink index, int partitionId) {
        if (lost != null) {
            index.lost(partitionId, firstSequence, endSequence, lost, fileOffset);
        }
        for (int at = 0; at < events.length; at += LONGS_PER_EVENT) {
            index.event(
                    partitionId,
                    firstSequence + at / LONGS_PER_EVENT,
                    events[at],
                    events[at + 1],
                    events[at + 2],
                    events[at + 3] != 0,
                    events[at + 4],
                    events[at + 5],
                    fileOffset);
        }
    }
}
