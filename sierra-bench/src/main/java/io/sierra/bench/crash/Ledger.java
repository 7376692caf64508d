package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything that was ever sent to one store, and what came of it. Any thread. */
final class Ledger {
    private final List<Attempt> attempts = new ArrayList<>();
    private final Map<UUID, Attempt> byEvent = new HashMap<>();
    private final Map<String, UUID> keyOfStream = new HashMap<>();

    /** Notes an attempt before it is sent. */
    synchronized void add(Attempt attempt) {
        attempts.add(attempt);
        for (Attempt.Sent event : attempt.events()) {
            byEvent.put(event.id(), attempt);
            keyOfStream.put(event.stream(), attempt.partitionKey());
        }
    }

    /** The attempt that an event was sent with, or null if nobody sent it. */
    synchronized @Nullable Attempt of(UUID eventId) {
        return byEvent.get(eventId);
    }

    /** All attempts in the order in which they were made. */
    synchronized List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** Partition keys by stream. */
    synchronized Map<String, UUID> streams() {
        return Map.copyOf(keyOfStream);
    }

    /** Those with an outcome. */
    synchronized Collection<Attempt> with(Outcome outcome) {
        return attempts.stream().filter(attempt -> attempt.outcome() == outcome).toList();
    }

    /** Number of events in attempts with an outcome. */
    long events(Outcome outcome) {
        return with(outcome).stream().mapToLong(attempt -> attempt.events().size()).sum();
    }
}
