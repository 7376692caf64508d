package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.StoreModel.Transaction;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Compares what a store can be read to hold with a {@link StoreModel}. */
final class StoreCheck {
    private final EventStore store;
    private final StoreModel model;
    private final RandomGenerator random;

    StoreCheck(EventStore store, StoreModel model, RandomGenerator random) {
        this.store = store;
        this.model = model;
        this.random = random;
    }

    /** After a restart: finds out which staged transactions have survived, and checks all. */
    void adoptAndCheck() throws IOException {
        Map<Integer, Integer> survivors = new HashMap<>();
        for (int id = 0; id < store.partitioning().partitionCount(); id++) {
            survivors.put(id, survivorsIn(id));
        }
        model.restart(survivors);
        for (int id = 0; id < store.partitioning().partitionCount(); id++) {
            assertThat(store.bucket(store.partitioning().bucketOf(id)).damageOf(id)).isNull();
        }
        checkAll();
    }

    private int survivorsIn(int partitionId) throws IOException {
        long end = store.reader().watermark(partitionId);
        long expected = 0;
        for (Transaction transaction : model.acknowledgedIn(partitionId)) {
            expected += transaction.events().size();
        }
        assertThat(end)
                .as("acknowledged events of partition %d", partitionId)
                .isGreaterThanOrEqualTo(expected);
        int survivors = 0;
        for (Transaction transaction : model.stagedIn(partitionId)) {
            if (expected == end) {
                break;
            }
            expected += transaction.events().size();
            survivors++;
        }
        assertThat(end)
                .as("partition %d ends with a whole transaction", partitionId)
                .isEqualTo(expected);
        return survivors;
    }

    /** Everything acknowledged can be read in all ways, and nothing else. */
    void checkAll() throws IOException {
        Map<StoreModel.Stream, List<StoredEvent>> byStream = new HashMap<>();
        for (int id = 0; id < store.partitioning().partitionCount(); id++) {
            List<StoredEvent> events = checkPartition(id);
            events.forEach(event ->
                    byStream.computeIfAbsent(
                                    new StoreModel.Stream(event.partitionId(), event.streamId()),
                                    _ -> new ArrayList<>())
                            .add(event));
        }
        for (Map.Entry<StoreModel.Stream, List<StoredEvent>> stream : byStream.entrySet()) {
            checkStream(stream.getKey(), stream.getValue());
        }
        assertThat(store.get(new EventId(1, 2), _ -> true)).isFalse();
    }

    private List<StoredEvent> checkPartition(int partitionId) throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        boolean more =
                store.scanPartition(partitionId, 0, Long.MAX_VALUE, Long.MAX_VALUE, into(events));
        assertThat(more).isFalse();
        int at = 0;
        for (Transaction transaction : model.acknowledgedIn(partitionId)) {
            for (int i = 0; i < transaction.events().size(); i++, at++) {
                assertThat(at).as("events in partition %d", partitionId).isLessThan(events.size());
                checkEvent(events.get(at), transaction, i);
            }
        }
        assertThat(events).as("partition %d", partitionId).hasSize(at);
        checkRange(
                events,
                (first, last, count, found) ->
                        store.scanPartition(partitionId, first, last, count, into(found)));
        return events;
    }

    private void checkEvent(StoredEvent stored, Transaction transaction, int i) throws IOException {
        NewEvent event = transaction.events().get(i);
        EventId id = transaction.ids().get(i);
        assertThat(stored.partitionId()).isEqualTo(transaction.partitionId());
        assertThat(stored.partitionSequence()).isEqualTo(transaction.firstSequence() + i);
        assertThat(stored.partitionKey()).isEqualTo(transaction.key());
        assertThat(stored.streamVersion()).isEqualTo(transaction.versions().get(i));
        assertThat(stored.timestampNanos())
                .isEqualTo(transaction.timestampsMillis().get(i) * 1_000_000);
        assertThat(stored.hasContentOf(event)).as("content of %s", stored).isTrue();
        if (id.equals(StoreModel.UNKNOWN_ID)) {
            return;
        }
        assertThat(stored.id()).isEqualTo(id);
        if (random.nextInt(4) == 0) {
            List<StoredEvent> found = new ArrayList<>();
            assertThat(store.get(id, into(found))).as("event %s", id).isTrue();
            assertThat(found.getFirst().id()).isEqualTo(id);
        }
    }

    private void checkStream(StoreModel.Stream stream, List<StoredEvent> expected)
            throws IOException {
        StreamId streamId = StreamId.of(stream.name());
        PartitionKey key = expected.getFirst().partitionKey();
        EventReader reader = store.reader();
        long watermark = reader.watermark(stream.partitionId());
        for (int version = 0; version < expected.size(); version++) {
            assertThat(expected.get(version).streamVersion()).isEqualTo(version);
        }
        List<StoredEvent> found = new ArrayList<>();
        boolean more =
                reader.scanStream(
                        streamId, key, 0, Long.MAX_VALUE, 1 << 20, watermark, into(found));
        assertThat(more).isFalse();
        assertThat(found).isEqualTo(expected);
        assertThat(reader.streamVersion(streamId, key, watermark)).isEqualTo(expected.size() - 1);
        checkRange(
                expected,
                (first, last, count, part) ->
                        reader.scanStream(
                                streamId, key, first, last, count, watermark, into(part)));
        PartitionKey otherKey =
                new PartitionKey(~key.mostSignificantBits(), key.leastSignificantBits());
        assertThat(reader.streamVersion(streamId, otherKey, watermark)).isEqualTo(-1);
        assertThat(reader.scanStream(streamId, otherKey, 0, 9, 9, watermark, _ -> true)).isFalse();
    }

    private interface Scan {
        boolean run(long first, long last, long count, List<StoredEvent> found) throws IOException;
    }

    /** One random range: what is in it, at most so many, and whether there is more. */
    private void checkRange(List<StoredEvent> all, Scan scan) throws IOException {
        int first = random.nextInt(all.size() + 2);
        int last = first - 1 + random.nextInt(all.size() + 3);
        int count = random.nextInt(4) == 0 ? 0 : random.nextInt(all.size() + 2);
        int start = Math.min(first, all.size());
        int end = Math.clamp(last + 1L, start, all.size());
        List<StoredEvent> inRange = all.subList(start, end);
        List<StoredEvent> found = new ArrayList<>();
        boolean more = scan.run(first, last, count, found);
        assertThat(found)
                .as("%d to %d of %d, at most %d", first, last, all.size(), count)
                .isEqualTo(inRange.subList(0, Math.min(count, inRange.size())));
        assertThat(more)
                .as("more than %d from %d to %d of %d", count, first, last, all.size())
                .isEqualTo(inRange.size() > count);
    }

    private static EventVisitor into(List<StoredEvent> events) {
        return event -> events.add(StoredEvent.of(event));
    }
}
