package io.sierra.server.testing;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.CurrentVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A partition in memory with the rules of the real one. */
final class FakePartition {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int partitionId;
    private final List<StoredEvent> events = new ArrayList<>();

    FakePartition(int partitionId) {
        this.partitionId = partitionId;
    }

    synchronized long watermark() {
        return events.size();
    }

    synchronized @Nullable StoredEvent find(EventId id) {
        return events.stream().filter(e -> e.id().equals(id)).findFirst().orElse(null);
    }

    synchronized List<StoredEvent> select(long watermark, Predicate<StoredEvent> filter) {
        return events.stream()
                .filter(e -> e.partitionSequence() < watermark)
                .filter(filter)
                .toList();
    }

    synchronized AppendResult append(Command.Write command) {
        AppendResult earlier = earlierReply(command);
        if (earlier != null) {
            return earlier;
        }
        Map<StreamId, Long> versions = new HashMap<>();
        List<StoredEvent> written = new ArrayList<>();
        UUID transactionId = UUID.randomUUID();
        for (NewEvent event : command.events()) {
            Failure failure = conflict(event, command.partitionKey(), versions);
            if (failure != null) {
                return new AppendResult.Refused(failure);
            }
            long version = version(event.streamId(), versions) + 1;
            versions.put(event.streamId(), version);
            long sequence = (long) events.size() + written.size();
            written.add(store(event, command.partitionKey(), transactionId, sequence, version));
        }
        events.addAll(written);
        return reply(written);
    }

    private StoredEvent store(
            NewEvent event, PartitionKey key, UUID transactionId, long sequence, long version) {
        long millis = event.timestampMillis();
        long now = millis == NewEvent.NOW ? System.currentTimeMillis() : millis;
        EventId given = event.id();
        EventId id =
                given == null
                        ? EventId.generate(now, key.hash(), ThreadLocalRandom.current())
                        : given;
        return new StoredEvent(
                id,
                key,
                partitionId,
                transactionId,
                sequence,
                version,
                now * NANOS_PER_MILLI,
                event.streamId(),
                event.name(),
                event.metadata(),
                event.payload());
    }

    private @Nullable Failure conflict(
            NewEvent event, PartitionKey key, Map<StreamId, Long> versions) {
        for (StoredEvent stored : events) {
            if (stored.streamId().equals(event.streamId()) && !stored.partitionKey().equals(key)) {
                return new Failure.PartitionKeyConflict(stored.partitionKey(), key);
            }
        }
        CurrentVersion current = new CurrentVersion(version(event.streamId(), versions));
        return event.expectedVersion().isMetBy(current)
                ? null
                : new Failure.WrongExpectedVersion(
                        event.streamId(), key, event.expectedVersion(), current);
    }

    private long version(StreamId streamId, Map<StreamId, Long> versions) {
        Long inTransaction = versions.get(streamId);
        return inTransaction != null
                ? inTransaction
                : events.stream().filter(e -> e.streamId().equals(streamId)).count() - 1;
    }

    private @Nullable AppendResult earlierReply(Command.Write command) {
        List<StoredEvent> found = new ArrayList<>();
        for (NewEvent event : command.events()) {
            EventId id = event.id();
            StoredEvent stored = id == null ? null : find(id);
            if (stored != null && !stored.hasContentOf(event)) {
                return new AppendResult.Refused(
                        new Failure.EventIdConflict(
                                stored.id(), stored.streamId(), stored.streamVersion()));
            }
            if (stored != null) {
                found.add(stored);
            }
        }
        return found.size() == command.events().size() ? reply(found) : null;
    }

    private AppendResult reply(List<StoredEvent> written) {
        StoredEvent first = written.getFirst();
        return new AppendResult.Appended(
                first.partitionKey(),
                partitionId,
                first.partitionSequence(),
                written.stream()
                        .map(e ->
                                new AppendedEvent(
                                        e.id(),
                                        e.streamId(),
                                        e.streamVersion(),
                                        e.timestampNanos() / NANOS_PER_MILLI))
                        .toList());
    }
}
