package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** What has been acknowledged to those who append. Any thread. */
final class KnownLog {
    private final Map<Integer, NavigableMap<Long, Event>> partitions = new ConcurrentHashMap<>();
    private final Map<String, NavigableMap<Long, Event>> streams = new ConcurrentHashMap<>();

    /** Number of the last batch of appends that was sent. */
    private final AtomicLong sent = new AtomicLong();

    /**
     * An event.
     *
     * @param sentAt number of the batch that it was sent with
     */
    record Event(
            int partitionId,
            long sequence,
            String stream,
            long version,
            String name,
            String payload,
            long sentAt) {

        /** The event that a push or a page shows. */
        static Event of(Reply map) {
            return new Event(
                    (int) map.get("partition_id").number(),
                    map.get("partition_sequence").number(),
                    map.get("stream_id").string(),
                    map.get("stream_version").number(),
                    map.get("event_name").string(),
                    map.get("payload").string(),
                    0);
        }

        Event withoutTime() {
            return new Event(partitionId, sequence, stream, version, name, payload, 0);
        }
    }

    /** A batch is about to be sent; its number. */
    long onSending() {
        return sent.incrementAndGet();
    }

    /** Number of the last batch of which anything can have been sent. */
    long lastSent() {
        return sent.get();
    }

    void onAcknowledged(Event event) {
        put(partitions.computeIfAbsent(event.partitionId, _ -> map()), event.sequence, event);
        put(streams.computeIfAbsent(event.stream, _ -> map()), event.version, event);
    }

    private static NavigableMap<Long, Event> map() {
        return new ConcurrentSkipListMap<>();
    }

    private static void put(NavigableMap<Long, Event> map, long position, Event event) {
        assertThat(map.put(position, event)).as("position %d is given twice", position).isNull();
    }

    /** Events of a partition by sequence. */
    NavigableMap<Long, Event> partition(int partitionId) {
        return partitions.getOrDefault(partitionId, map());
    }

    /** Events of a stream by version; no two streams have the same id. */
    NavigableMap<Long, Event> stream(String stream) {
        return streams.getOrDefault(stream, map());
    }

    /** End of what has been acknowledged, exclusive. */
    static long end(NavigableMap<Long, Event> events) {
        return events.isEmpty() ? 0 : events.lastKey() + 1;
    }

    int size() {
        return partitions.values().stream().mapToInt(Map::size).sum();
    }

    /** Positions that were given out have no gaps, once all appends are answered. */
    void checkGapless() {
        List<NavigableMap<Long, Event>> all = new ArrayList<>(partitions.values());
        all.addAll(streams.values());
        assertThat(all).allSatisfy(events -> assertThat(end(events)).isEqualTo(events.size()));
    }
}
