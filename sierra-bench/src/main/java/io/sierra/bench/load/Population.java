package io.sierra.bench.load;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import java.util.SplittableRandom;

/**
 * Events and streams by number, so that whoever reads a store knows what whoever filled it wrote.
 *
 * <p>Streams have {@value #EVENTS_PER_STREAM} events each. They are written in turns, {@value
 * #WINDOW} streams at a time: the events of one stream lie apart, but not across the whole store. A
 * store with a multiple of {@value #WINDOW_EVENTS} events has whole streams only, and so the same
 * work for each request, however large it is.
 *
 * @param events in the store, from number 0
 */
record Population(long events) {
    static final int EVENTS_PER_STREAM = 4;
    private static final int WINDOW = 2_500;
    private static final int WINDOW_EVENTS = WINDOW * EVENTS_PER_STREAM;
    private static final long TIME_MILLIS = 1_700_000_000_000L;

    /** How many streams have events; all but the last few have {@value #EVENTS_PER_STREAM}. */
    long streams() {
        long whole = events / WINDOW_EVENTS * WINDOW;
        return whole + Math.min(WINDOW, events - whole * EVENTS_PER_STREAM);
    }

    /** Number of the stream that an event belongs to. */
    static long streamOf(long event) {
        return event / WINDOW_EVENTS * WINDOW + event % WINDOW_EVENTS % WINDOW;
    }

    static String streamName(long stream) {
        return "order-" + stream;
    }

    /** Id of an event, as the server would have made it. */
    static EventId eventId(long event) {
        int hash = StreamId.of(streamName(streamOf(event))).defaultPartitionKey().hash();
        return EventId.generate(TIME_MILLIS, hash, new SplittableRandom(event));
    }
}
