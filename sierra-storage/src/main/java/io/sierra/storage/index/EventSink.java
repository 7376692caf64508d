package io.sierra.storage.index;

/** Takes confirmed events of a segment, in the order of their frames. */
@FunctionalInterface
public interface EventSink {

    /**
     * Takes one event. Sequences of a partition and versions of a stream come without a gap.
     *
     * @param streamKeyHigh upper half of the key of a stream in its partition; keys must be
     *     uniformly distributed
     * @param frameFileOffset in bytes, of the frame that holds the event; a multiple of 8
     */
    void event(
            int partitionId,
            long partitionSequence,
            long streamKeyHigh,
            long streamKeyLow,
            long streamVersion,
            long eventIdHigh,
            long eventIdLow,
            long frameFileOffset);
}
