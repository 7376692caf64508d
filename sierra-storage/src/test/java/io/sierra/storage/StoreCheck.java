package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.StoreModel.Transaction;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a store can be read to hold with a {@link StoreModel}. What rot concerns may fail
 * with a clear error, and is never wrong; everything else is as the model says.
 */
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
            String damage = damageOf(id);
            if (damage != null) {
                model.lose(id);
            } else {
                assertThat(model.isLost(id)).as("damage of %d is forgotten", id).isFalse();
                survivors.put(id, survivorsIn(id));
            }
        }
        model.restart(survivors);
        checkAll();
    }

    private int survivorsIn(int partitionId) {
        long end = store.reader().watermark(partitionId);
        long expected = model.eventsIn(partitionId).size();
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
        for (int id = 0; id < store.partitioning().partitionCount(); id++) {
            String damage = damageOf(id);
            if (damage != null) {
                model.lose(id);
                checkOutOfService(id);
            } else if (model.isConcerned(id)) {
                checkConcerned(id);
            } else {
                checkHealthy(id);
            }
        }
        checkUnknownId();
    }

    private void checkUnknownId() throws IOException {
        try {
            assertThat(store.get(new EventId(0x1234, 0x5678), _ -> true)).isFalse();
        } catch (IOException e) {
            noteLosses(); // some may have been found just now, by an index that was made again
            if (!model.hasLost()) {
                throw e;
            }
            requireSays(e, "out of service");
        }
    }

    private void noteLosses() {
        for (int id = 0; id < store.partitioning().partitionCount(); id++) {
            if (damageOf(id) != null) {
                model.lose(id);
            }
        }
    }

    private void checkHealthy(int partitionId) throws IOException {
        List<StoredEvent> expected = model.eventsIn(partitionId);
        List<StoredEvent> found = scan(partitionId);
        requireEqual(found, expected, "partition " + partitionId);
        checkRange(
                expected,
                (first, last, count, part) ->
                        store.scanPartition(partitionId, first, last, count, into(part)));
        for (StoredEvent event : expected) {
            if (random.nextInt(3) == 0) {
                checkId(event);
            }
        }
        for (List<StoredEvent> stream : byStream(expected)) {
            checkStream(stream);
        }
    }

    private List<StoredEvent> scan(int partitionId) throws IOException {
        List<StoredEvent> found = new ArrayList<>();
        boolean more =
                store.scanPartition(partitionId, 0, Long.MAX_VALUE, Long.MAX_VALUE, into(found));
        assertThat(more).isFalse();
        return found;
    }

    /** An id may occur once in each partition; the look-up shows one of them. */
    private void checkId(StoredEvent event) throws IOException {
        if (event.id().equals(StoreModel.UNKNOWN_ID)) {
            return;
        }
        List<StoredEvent> found = new ArrayList<>();
        try {
            if (!store.get(event.id(), into(found))) {
                fail("there is no event " + event);
            }
        } catch (IOException e) {
            if (!model.isInConcerned(event.id())) {
                throw e;
            }
            return;
        }
        StoredEvent first = found.getFirst();
        if (!first.equals(event)
                && (first.partitionId() == event.partitionId() || !first.id().equals(event.id()))) {
            fail("looked up " + event + " and found " + first);
        }
    }

    private static Iterable<List<StoredEvent>> byStream(List<StoredEvent> events) {
        Map<String, List<StoredEvent>> streams = new LinkedHashMap<>();
        events.forEach(event ->
                streams.computeIfAbsent(event.streamId(), _ -> new ArrayList<>()).add(event));
        return streams.values();
    }

    private void checkStream(List<StoredEvent> expected) throws IOException {
        StreamId streamId = StreamId.of(expected.getFirst().streamId());
        PartitionKey key = expected.getFirst().partitionKey();
        EventReader reader = store.reader();
        long watermark = reader.watermark(expected.getFirst().partitionId());
        for (int version = 0; version < expected.size(); version++) {
            if (expected.get(version).streamVersion() != version) {
                fail("stream has a gap before " + expected.get(version));
            }
        }
        List<StoredEvent> found = new ArrayList<>();
        boolean more =
                reader.scanStream(
                        streamId, key, 0, Long.MAX_VALUE, 1 << 20, watermark, into(found));
        assertThat(more).isFalse();
        requireEqual(found, expected, "stream " + streamId);
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
        requireEqual(found, inRange.subList(0, Math.min(count, inRange.size())), "range");
        assertThat(more)
                .as("more than %d from %d to %d of %d", count, first, last, all.size())
                .isEqualTo(inRange.size() > count);
    }

    /** Reads of a partition that is in service although bits of it were flipped. */
    private void checkConcerned(int partitionId) throws IOException {
        List<StoredEvent> expected = model.eventsIn(partitionId);
        List<StoredEvent> found = new ArrayList<>();
        IOException refusal = scanConcerned(partitionId, found);
        if (refusal == null) {
            assertThat(model.isRotten(partitionId))
                    .as("rotten partition %d can be read completely", partitionId)
                    .isFalse();
            requireEqual(found, expected, "concerned partition " + partitionId);
        } else {
            requirePrefix(found, expected, "concerned partition " + partitionId);
            requireSays(refusal, "data.evts|out of service");
        }
        for (StoredEvent event : expected) {
            if (random.nextInt(3) == 0) {
                checkIdOrRefused(event);
            }
        }
        for (List<StoredEvent> stream : byStream(expected)) {
            if (damageOf(partitionId) != null) {
                return; // found on the way; the next check is for what is out of service
            }
            try {
                checkStream(stream);
            } catch (IOException e) {
                requireSays(e, "data.evts");
            }
        }
    }

    private void checkIdOrRefused(StoredEvent event) throws IOException {
        try {
            if (damageOf(event.partitionId()) == null) {
                checkId(event);
            }
        } catch (IOException e) {
            requireSays(e, "data.evts|out of service");
        }
    }

    /** Requires an error of damage; one of the disk is for those to judge who know the disk. */
    private static void requireSays(IOException error, String what) throws IOException {
        if (String.valueOf(error.getMessage()).endsWith("as told")) {
            throw error;
        }
        assertThat(error).hasMessageMatching("(?s).*(" + what + ").*");
    }

    private @Nullable IOException scanConcerned(int partitionId, List<StoredEvent> found) {
        try {
            store.scanPartition(partitionId, 0, Long.MAX_VALUE, Long.MAX_VALUE, into(found));
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void checkOutOfService(int partitionId) throws IOException {
        IOException refusal = scanConcerned(partitionId, new ArrayList<>());
        assertThat(refusal).as("scan of damaged partition %d", partitionId).isNotNull();
        assertThat(refusal).hasMessageContaining("partition " + partitionId + " is out of service");
        List<StoredEvent> before = new ArrayList<>();
        EventReader reader = store.reader();
        try {
            reader.scanPartition(
                    partitionId,
                    0,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    reader.watermark(partitionId),
                    into(before));
        } catch (IOException e) {
            requireSays(e, "data.evts|no sequence|lacks number");
        }
        requirePrefix(before, model.possibleIn(partitionId), "damaged partition " + partitionId);
    }

    private @Nullable String damageOf(int partitionId) {
        return store.bucket(store.partitioning().bucketOf(partitionId)).damageOf(partitionId);
    }

    private static void requirePrefix(
            List<StoredEvent> found, List<StoredEvent> all, String where) {
        requireEqual(found, all.subList(0, Math.min(found.size(), all.size())), where);
    }

    private static void requireEqual(
            List<StoredEvent> found, List<StoredEvent> expected, String where) {
        for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
            if (!matches(found.get(i), expected.get(i))) {
                fail("%s: number %d is %s, not %s", where, i, found.get(i), expected.get(i));
            }
        }
        if (found.size() != expected.size()) {
            fail("%s: %d events, not %d", where, found.size(), expected.size());
        }
    }

    static boolean matches(StoredEvent found, StoredEvent expected) {
        return expected.id().equals(StoreModel.UNKNOWN_ID)
                ? found.equals(expected.withId(found.id()))
                : found.equals(expected);
    }

    private static EventVisitor into(List<StoredEvent> events) {
        return event -> events.add(StoredEvent.of(event));
    }
}
