package io.sierra.storage.index;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.segment.LostEntries;
import java.util.List;

/** Takes confirmed events of a segment, and what is lost for good, in the order of their frames. */
public interface EventSink {

    /**
     * Takes one event. Sequences of a partition and versions of a stream come without a gap, except
     * behind {@link #lost}.
     *
     * @param streamKeyHigh upper half of the key of a stream in its partition; keys must be
     *     uniformly distributed
     * @param hasDefaultPartitionKey whether the event's partition key is {@link
     *     StreamId#defaultPartitionKey}; the same for all events of a stream
     * @param frameFileOffset in bytes, of the frame that holds the event; a multiple of 8
     */
    void event(
            int partitionId,
            long partitionSequence,
            long streamKeyHigh,
            long streamKeyLow,
            long streamVersion,
            boolean hasDefaultPartitionKey,
            long eventIdHigh,
            long eventIdLow,
            long frameFileOffset);

    /**
     * Takes the place of lost events. The partition's next event has the sequence {@code
     * endSequence}; its streams may go on with a gap.
     *
     * @param endSequence exclusive, more than the first one unless no event is lost
     * @param versions that are known to be lost; there may be more
     * @param frameFileOffset of the frame of kind LOST
     */
    void lost(
            int partitionId,
            long firstSequence,
            long endSequence,
            List<LostEntries.Versions> versions,
            long frameFileOffset);
}
