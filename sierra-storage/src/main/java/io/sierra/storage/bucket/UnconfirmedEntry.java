package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;
import io.sierra.storage.read.StreamKey;
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
 * @param events as {@link #putEvent} puts them
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
    private static final int LONGS_PER_EVENT = 6;

    /** Room for so many events. */
    static long[] roomForEvents(int count) {
        return new long[count * LONGS_PER_EVENT];
    }

    /** Puts the {@code n}th of an entry's events: what the index will be told of it. */
    static void putEvent(
            long[] events,
            int n,
            StreamKey stream,
            long streamVersion,
            boolean hasDefaultPartitionKey,
            long idHigh,
            long idLow) {
        int at = n * LONGS_PER_EVENT;
        events[at] = stream.high();
        events[at + 1] = stream.low();
        events[at + 2] = streamVersion;
        events[at + 3] = hasDefaultPartitionKey ? 1 : 0;
        events[at + 4] = idHigh;
        events[at + 5] = idLow;
    }

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
