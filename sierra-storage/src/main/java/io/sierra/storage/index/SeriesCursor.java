package io.sierra.storage.index;

import java.io.IOException;

/** Entries of series in ascending order of key (unsigned), then first number. */
interface SeriesCursor {
    /** Moves to the next entry, the first one at the first call; false at the end. */
    boolean next() throws IOException;

    long keyHigh();

    long keyLow();

    /** First stream version or partition sequence that the entry covers. */
    long firstNumber();

    /** See {@link FoundEvent#hasDefaultPartitionKey}; of partitions false. */
    boolean hasDefaultPartitionKey();

    /** Number of events that the entry covers. */
    int count();

    /** The segment that holds the events. */
    int segmentNumber();

    /**
     * Offset of the frame with one of the events, in units.
     *
     * @param index of the event in the entry, below its count
     */
    int units(int index) throws IOException;
}
