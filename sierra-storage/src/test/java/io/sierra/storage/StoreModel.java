package io.sierra.storage;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a store should hold and answer, in maps. Transactions are staged, and then either
 * acknowledged or left with an unknown outcome.
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
            List<Long> timestampsMillis) {}

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

    /** Everything staged in these partitions is durable and visible. */
    void acknowledge(int partitionId) {
        List<Transaction> all = staged.remove(partitionId);
        if (all != null) {
            acknowledged.computeIfAbsent(partitionId, _ -> new ArrayList<>()).addAll(all);
        }
    }

    /** Transactions that must be there. */
    List<Transaction> acknowledgedIn(int partitionId) {
        return acknowledged.getOrDefault(partitionId, List.of());
    }

    /** Transactions of which a prefix may be there after a restart. */
    List<Transaction> stagedIn(int partitionId) {
        return staged.getOrDefault(partitionId, List.of());
    }

    /** After a restart: of what was staged, so many transactions have survived. */
    void restart(Map<Integer, Integer> survivors) {
        for (int partitionId : List.copyOf(staged.keySet())) {
            List<Transaction> all = stagedIn(partitionId);
            List<Transaction> kept = all.subList(0, survivors.getOrDefault(partitionId, 0));
            acknowledged.computeIfAbsent(partitionId, _ -> new ArrayList<>()).addAll(kept);
        }
        staged.clear();
        heads.clear();
        ids.clear();
        ends.clear();
        acknowledged.values().forEach(transactions -> transactions.forEach(this::note));
    }

    /** Streams that have an event. */
    Set<Stream> streams() {
        return Set.copyOf(heads.keySet());
    }

    /** Key under which a stream is stored. */
    PartitionKey keyOf(Stream stream) {
        return Objects.requireNonNull(heads.get(stream)).key();
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
