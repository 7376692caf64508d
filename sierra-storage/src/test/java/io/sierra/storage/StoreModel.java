package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.CurrentVersion;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a store should hold and answer, in maps. Transactions are staged, and then either
 * acknowledged or left with an unknown outcome.
 *
 * <p>A partition is <em>concerned</em> by rot if the store may take it out of service or fail to
 * read it, and <em>rotten</em> if an acknowledged entry of it is damaged, so that it cannot be read
 * completely. Once a concerned partition has been found out of service it stays so and counts as
 * <em>lost</em>.
 */
final class StoreModel {
    /** Id that the store made up for an append that it never answered. */
    static final EventId UNKNOWN_ID = new EventId(0, 0);

    /** A transaction and where its events must stand. */
    record Transaction(
            PartitionKey key,
            int partitionId,
            long firstSequence,
            List<NewEvent> events,
            List<Long> versions,
            List<EventId> ids,
            List<Long> timestampsMillis) {

        /** The events as they must be read; those without a known id have {@link #UNKNOWN_ID}. */
        List<StoredEvent> stored() {
            List<StoredEvent> stored = new ArrayList<>(events.size());
            for (int i = 0; i < events.size(); i++) {
                NewEvent event = events.get(i);
                stored.add(
                        StoredEvent.of(
                                event,
                                ids.get(i),
                                key,
                                partitionId,
                                firstSequence + i,
                                versions.get(i),
                                timestampsMillis.get(i) * 1_000_000));
            }
            return stored;
        }
    }

    /** A stream of a partition. */
    record Stream(int partitionId, String name) {}

    private record Head(long version, PartitionKey key) {}

    private record IdInPartition(int partitionId, EventId id) {}

    private final Partitioning partitioning;
    private final long segmentSizeBytes;
    private final Map<Integer, List<Transaction>> acknowledged = new TreeMap<>();
    private final Map<Integer, List<Transaction>> staged = new TreeMap<>();
    private final Map<Stream, Head> heads = new HashMap<>();
    private final Map<IdInPartition, Transaction> ids = new HashMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private final Set<Integer> concerned = new TreeSet<>();
    private final Set<Integer> rotten = new TreeSet<>();

    /** Lost partitions, with what may be read of them besides what was acknowledged. */
    private final Map<Integer, List<StoredEvent>> lost = new TreeMap<>();

    /** Events of the acknowledged transactions, as they must be read. */
    private final Map<Integer, List<StoredEvent>> stored = new TreeMap<>();

    StoreModel(Partitioning partitioning, long segmentSizeBytes) {
        this.partitioning = partitioning;
        this.segmentSizeBytes = segmentSizeBytes;
    }

    /** The answer that an append must get; ids that the store made up are taken from it. */
    AppendResult append(
            PartitionKey key, List<NewEvent> events, long nowMillis, AppendResult actual) {
        int partitionId = partitioning.partitionOf(key);
        AppendResult repeated = answerToRepeat(partitionId, key, events);
        if (repeated != null) {
            return repeated;
        }
        Map<Stream, Head> changed = new HashMap<>();
        List<Long> versions = new ArrayList<>();
        for (NewEvent event : events) {
            Stream stream = new Stream(partitionId, event.streamId().toString());
            Head head = changed.getOrDefault(stream, heads.get(stream));
            String problem = problemWith(event);
            if (problem != null) {
                return new AppendResult.Refused(new Failure.InvalidArgument(problem));
            }
            long current = head == null ? -1 : head.version();
            if (head != null && !head.key().equals(key)) {
                return new AppendResult.Refused(new Failure.PartitionKeyConflict(head.key(), key));
            }
            if (!event.expectedVersion().isMetBy(new CurrentVersion(current))) {
                return new AppendResult.Refused(
                        new Failure.WrongExpectedVersion(
                                event.streamId(),
                                key,
                                event.expectedVersion(),
                                new CurrentVersion(current)));
            }
            versions.add(current + 1);
            changed.put(stream, new Head(current + 1, key));
        }
        long length = FrameEncoder.lengthOf(events);
        if (length > maxTransactionBytes(partitionId)) {
            return new AppendResult.Refused(
                    new Failure.TransactionTooLarge(length, maxTransactionBytes(partitionId)));
        }
        Transaction transaction =
                new Transaction(
                        key,
                        partitionId,
                        end(partitionId),
                        events,
                        versions,
                        idsOf(events, actual),
                        events.stream()
                                .map(e ->
                                        e.timestampMillis() == NewEvent.NOW
                                                ? nowMillis
                                                : e.timestampMillis())
                                .toList());
        staged.computeIfAbsent(partitionId, _ -> new ArrayList<>()).add(transaction);
        note(transaction);
        return answer(transaction, 0, events.size());
    }

    private static @Nullable String problemWith(NewEvent event) {
        if (event.name().length > NewEvent.MAX_NAME_LENGTH_BYTES) {
            return "event name must be at most 255 bytes, but is " + event.name().length;
        }
        long max = Long.MAX_VALUE / 1_000_000;
        return event.timestampMillis() < NewEvent.NOW || event.timestampMillis() > max
                ? "timestamp must be 0 to %d milliseconds, but is %d"
                        .formatted(max, event.timestampMillis())
                : null;
    }

    /** Everything staged in these partitions is durable and visible. */
    void acknowledge(int partitionId) {
        List<Transaction> all = staged.remove(partitionId);
        if (all != null) {
            keep(partitionId, all);
        }
    }

    private void keep(int partitionId, List<Transaction> transactions) {
        acknowledged.computeIfAbsent(partitionId, _ -> new ArrayList<>()).addAll(transactions);
        List<StoredEvent> events = stored.computeIfAbsent(partitionId, _ -> new ArrayList<>());
        transactions.forEach(transaction -> events.addAll(transaction.stored()));
    }

    /** Events that must be there, in the order of their sequences. */
    List<StoredEvent> eventsIn(int partitionId) {
        return stored.getOrDefault(partitionId, List.of());
    }

    /** Bits were flipped: some partitions may fail from now on, and those that are rotten will. */
    void rot(Collection<Integer> concernedPartitions, Collection<Integer> rottenPartitions) {
        concerned.addAll(concernedPartitions);
        concerned.addAll(rottenPartitions);
        rotten.addAll(rottenPartitions);
    }

    boolean isConcerned(int partitionId) {
        return concerned.contains(partitionId);
    }

    boolean isRotten(int partitionId) {
        return rotten.contains(partitionId);
    }

    boolean isLost(int partitionId) {
        return lost.containsKey(partitionId);
    }

    boolean hasLost() {
        return !lost.isEmpty();
    }

    /** A concerned partition was found to be out of service. */
    void lose(int partitionId) {
        assertThat(concerned).as("partitions that rot concerns").contains(partitionId);
        if (!lost.containsKey(partitionId)) {
            List<StoredEvent> possible = new ArrayList<>(eventsIn(partitionId));
            stagedIn(partitionId).forEach(transaction -> possible.addAll(transaction.stored()));
            staged.remove(partitionId);
            lost.put(partitionId, possible);
        }
    }

    /** What a lost partition may still show a prefix of. */
    List<StoredEvent> possibleIn(int lostPartitionId) {
        return Objects.requireNonNull(lost.get(lostPartitionId));
    }

    /** Whether an id that a client chose is, or may be, in a concerned partition. */
    boolean isInConcerned(EventId id) {
        return concerned.stream()
                .anyMatch(partition -> ids.containsKey(new IdInPartition(partition, id)));
    }

    /** Transactions of which a prefix may be there after a restart. */
    List<Transaction> stagedIn(int partitionId) {
        return staged.getOrDefault(partitionId, List.of());
    }

    /** After a restart: of what was staged, so many transactions have survived. */
    void restart(Map<Integer, Integer> survivors) {
        for (int partitionId : List.copyOf(staged.keySet())) {
            List<Transaction> all = stagedIn(partitionId);
            keep(partitionId, all.subList(0, survivors.getOrDefault(partitionId, 0)));
        }
        staged.clear();
        heads.clear();
        ids.clear();
        ends.clear();
        acknowledged.values().forEach(transactions -> transactions.forEach(this::note));
    }

    /** Longest frame that fits into an empty segment. */
    long maxTransactionBytes(int partitionId) {
        int bucketId = partitioning.bucketOf(partitionId);
        int inBucket =
                (partitioning.partitionCount() - bucketId + partitioning.bucketCount() - 1)
                        / partitioning.bucketCount();
        return segmentSizeBytes
                - SegmentHeader.LENGTH_BYTES
                - FrameEncoder.lengthOfCheckpoint(inBucket)
                - FrameEncoder.lengthOfEmpty();
    }

    private @Nullable AppendResult answerToRepeat(
            int partitionId, PartitionKey key, List<NewEvent> events) {
        Set<EventId> seen = new HashSet<>();
        for (NewEvent event : events) {
            if (event.id() != null && !seen.add(event.id())) {
                return new AppendResult.Refused(
                        new Failure.InvalidArgument(
                                "event id " + event.id() + " occurs twice in one transaction"));
            }
        }
        for (NewEvent event : events) {
            EventId id = event.id();
            Transaction first = id == null ? null : ids.get(new IdInPartition(partitionId, id));
            if (first != null) {
                return answerToRepeat(first, first.ids().indexOf(id), key, events);
            }
        }
        return null;
    }

    private static AppendResult answerToRepeat(
            Transaction first, int index, PartitionKey key, List<NewEvent> events) {
        int from = events.size() == 1 ? index : 0;
        boolean same =
                first.key().equals(key)
                        && (events.size() == 1 || events.size() == first.events().size());
        for (int i = 0; same && i < events.size(); i++) {
            NewEvent event = events.get(i);
            NewEvent stored = first.events().get(from + i);
            same =
                    (event.id() == null || event.id().equals(first.ids().get(from + i)))
                            && event.streamId().equals(stored.streamId())
                            && Arrays.equals(event.name(), stored.name())
                            && Arrays.equals(event.metadata(), stored.metadata())
                            && Arrays.equals(event.payload(), stored.payload());
        }
        return same
                ? answer(first, from, events.size())
                : new AppendResult.Refused(
                        new Failure.EventIdConflict(
                                first.ids().get(index),
                                first.events().get(index).streamId(),
                                first.versions().get(index)));
    }

    private static AppendResult answer(Transaction transaction, int from, int count) {
        List<AppendedEvent> events = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            events.add(
                    new AppendedEvent(
                            transaction.ids().get(i),
                            transaction.events().get(i).streamId(),
                            transaction.versions().get(i),
                            transaction.timestampsMillis().get(i)));
        }
        return new AppendResult.Appended(
                transaction.key(),
                transaction.partitionId(),
                transaction.firstSequence() + from,
                events);
    }

    private static List<EventId> idsOf(List<NewEvent> events, AppendResult actual) {
        List<EventId> ids = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            EventId id = events.get(i).id();
            if (id == null) {
                id =
                        actual instanceof AppendResult.Appended appended
                                ? appended.events().get(i).id()
                                : UNKNOWN_ID;
            }
            ids.add(id);
        }
        return ids;
    }

    private long end(int partitionId) {
        return ends.getOrDefault(partitionId, 0L);
    }

    private void note(Transaction transaction) {
        int partitionId = transaction.partitionId();
        for (int i = 0; i < transaction.events().size(); i++) {
            Stream stream =
                    new Stream(partitionId, transaction.events().get(i).streamId().toString());
            heads.put(stream, new Head(transaction.versions().get(i), transaction.key()));
            ids.put(new IdInPartition(partitionId, transaction.ids().get(i)), transaction);
        }
        ends.put(partitionId, transaction.firstSequence() + transaction.events().size());
    }
}
