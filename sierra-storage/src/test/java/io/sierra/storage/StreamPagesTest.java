package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places of a stream's events are looked up by the page, which may be in several segments. */
final class StreamPagesTest {
    private static final StreamId STREAM = StreamId.of("counted");

    /** More than one page, so that some begin in one segment and end in another. */
    private static final int EVENTS = 400;

    private static final int FILLER_BYTES = 2_500;

    /** Each has about fifty of the events. */
    private static final int MIN_SEGMENTS = 7;

    private StoreOnDisk disk;

    @BeforeEach
    void fill() throws IOException {
        disk = new StoreOnDisk(1);
        String filler = "x".repeat(FILLER_BYTES);
        for (int n = 0; n < EVENTS; n++) {
            List<NewEvent> events = new ArrayList<>();
            events.add(NewEvents.event(STREAM.toString(), String.valueOf(n)));
            events.add(NewEvents.event("filler", filler));
            disk.append(StoreOnDisk.key(0), events);
        }
        assertThat(disk.bucket().status().segments()).isGreaterThanOrEqualTo(MIN_SEGMENTS);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void pagesOverSeveralSegments_giveEachEventInOrder() throws IOException {
        for (int first = 0; first < EVENTS; first += 7) {
            assertThat(payloads(first, Long.MAX_VALUE)).isEqualTo(numbers(first, EVENTS));
        }
        disk.awaitIndexes();
        disk.shutDown();
        disk.start();
        for (int first = 0; first < EVENTS; first += 7) {
            assertThat(payloads(first, 150))
                    .isEqualTo(numbers(first, Math.min(EVENTS, first + 150)));
        }
    }

    private static List<String> numbers(int first, int end) {
        return IntStream.range(first, end).mapToObj(String::valueOf).toList();
    }

    private List<String> payloads(long firstVersion, long count) throws IOException {
        List<String> payloads = new ArrayList<>();
        disk.store()
                .reader()
                .scanStream(
                        STREAM,
                        StoreOnDisk.key(0),
                        firstVersion,
                        Long.MAX_VALUE,
                        count,
                        disk.store().reader().watermark(0),
                        event -> payloads.add(StoredEvent.of(event).payload()));
        return payloads;
    }
}
