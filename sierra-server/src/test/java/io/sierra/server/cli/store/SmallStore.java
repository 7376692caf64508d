package io.sierra.server.cli.store;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A store on a disk with small segments: two buckets of two partitions each, and {@value #EVENTS}
 * events of 10,000 bytes in seven streams.
 */
record SmallStore(Path directory) {
    static final int EVENTS = 60;

    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);

    static SmallStore in(Path directory) throws IOException {
        SmallStore small = new SmallStore(directory);
        try (EventStore store = small.open()) {
            for (int i = 0; i < EVENTS; i++) {
                append(store, i);
            }
        }
        return small;
    }

    EventStore open() throws IOException {
        return EventStore.open(directory, OPTIONS);
    }

    /** One more event. */
    static void append(EventStore store, int number) {
        NewEvent event =
                new NewEvent(
                        StreamId.of("stream-" + number % 7),
                        new byte[0],
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[10_000],
                        new byte[0]);
        FilledStore.append(store, event);
    }

    Path firstSegment() {
        return directory.resolve("buckets/00000/segments/0000000000/data.evts");
    }

    /** Flips a bit in the first event of the first bucket. */
    void damage() throws IOException {
        FilledStore.flip(firstSegment(), 5_000);
    }
}
