package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import io.sierra.bench.crash.Attempt.Position;
import io.sierra.bench.crash.Attempt.Sent;
import io.sierra.server.cli.transfer.RespValue;
import io.sierra.server.cli.transfer.RespValue.Dictionary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Compares a store with the ledger, by partition, by stream and by id. What no answer was given for
 * is wholly there or wholly absent, and is known from then on. No writer may run meanwhile.
 */
final class Checker {
    private static final int PIPELINE = 64;
    private static final int OLD_EVENTS = 1_000;

    private final Ledger ledger;
    private final int partitionCount;
    private final SplittableRandom random;
    private final List<String> problems = new ArrayList<>();
    private List<List<StoredEvent>> partitions = List.of();
    private Map<UUID, StoredEvent> byId = Map.of();
    private int looked;
    private boolean settling;

    Checker(Ledger ledger, int partitionCount, SplittableRandom random) {
        this.ledger = ledger;
        this.partitionCount = partitionCount;
        this.random = random;
    }

    /**
     * Checks what can be read of a store that has failed to write: what no answer was given for
     * stays unknown until a restart.
     *
     * @throws Violation with everything that is not as it must be
     */
    void checkReads(int port) throws IOException {
        settling = false;
        check(port, Set.of(), true);
    }

    /**
     * Checks all there is, and settles what was unknown.
     *
     * @param thoroughly whether all older events are looked up by id, not only some
     * @param outOfService partitions that must be; all others must be whole
     * @throws Violation with everything that is not as it must be
     */
    void check(int port, boolean thoroughly, Set<Integer> outOfService) throws IOException {
        settling = true;
        check(port, outOfService, thoroughly);
    }

    private void check(int port, Set<Integer> outOfService, boolean thoroughly) throws IOException {
        problems.clear();
        try (Connection server = new Connection(port)) {
            scanPartitions(server, outOfService);
            Violation.ifAny(problems);
            for (Attempt attempt : ledger.attempts()) {
                compare(attempt, outOfService);
            }
            Violation.ifAny(problems);
            checkStreams(server);
            checkIds(server, thoroughly);
        }
        Violation.ifAny(problems);
    }

    /** The events of each partition as the last check found them. */
    List<List<StoredEvent>> partitions() {
        return partitions;
    }

    /** How long streams were at the last check. */
    StreamModel streamLengths() {
        StreamModel model = new StreamModel();
        byId.values()
                .forEach(e ->
                        model.setLength(
                                e.stream(),
                                Math.max(model.lengthOf(e.stream()), e.streamVersion() + 1)));
        return model;
    }

    private void scanPartitions(Connection server, Set<Integer> outOfService) throws IOException {
        byId = new HashMap<>();
        partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            List<StoredEvent> events = List.of();
            if (outOfService.contains(partition)) {
                requireOutOfService(server, partition);
            } else {
                events = scan(server, "EPSCAN", partition, null);
                long last = numberOr(server.call("EPSEQ", partition), -1);
                note(last == events.size() - 1, "EPSEQ %d says %d", partition, last);
            }
            partitions.add(events);
            for (int i = 0; i < events.size(); i++) {
                StoredEvent event = events.get(i);
                note(event.partitionId() == partition, "%s is in %d", event, partition);
                note(event.partitionSequence() == i, "%s is number %d", event, i);
                note(byId.put(event.id(), event) == null, "%s is there twice", event);
                note(ledger.of(event.id()) != null, "%s was never sent", event);
            }
        }
    }

    private void requireOutOfService(Connection server, int partition) throws IOException {
        RespValue reply = server.call("EPSCAN", partition, "-", "+");
        note(
                reply instanceof RespValue.Failed failed
                        && failed.code().equals("CLUSTERDOWN")
                        && failed.message().contains("out of service"),
                "partition %d is damaged, but EPSCAN answers %s",
                partition,
                reply);
    }

    /** All pages of a stream or partition, which are of random size. */
    private List<StoredEvent> scan(
            Connection server, String command, Object name, @Nullable UUID key) throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        boolean more = true;
        while (more) {
            List<Object> words = new ArrayList<>(List.of(command, name, events.size(), "+"));
            if (key != null) {
                words.addAll(List.of("PARTITION_KEY", key));
            }
            words.addAll(List.of("COUNT", 1 + random.nextInt(2_000)));
            RespValue reply = server.call(words.toArray());
            if (!(reply instanceof Dictionary page)) {
                note(false, "%s %s answers %s", command, name, reply);
                return events;
            }
            int before = events.size();
            if (page.get("events") instanceof RespValue.Array(List<RespValue> elements)) {
                for (RespValue element : elements) {
                    events.add(StoredEvent.of(element));
                }
            }
            more = page.get("has_more") instanceof RespValue.Bool(boolean value) && value;
            if (more && events.size() == before) {
                note(false, "%s %s has more behind %d and gives none", command, name, before);
                return events;
            }
        }
        return events;
    }

    private void compare(Attempt attempt, Set<Integer> outOfService) {
        if (attempt.positions().stream().anyMatch(p -> outOfService.contains(p.partitionId()))) {
            return;
        }
        List<StoredEvent> found = new ArrayList<>();
        for (Sent sent : attempt.events()) {
            StoredEvent event = byId.get(sent.id());
            if (event != null) {
                note(event.stream().equals(sent.stream()), "%s is not in %s", event, sent);
                found.add(event);
            }
        }
        boolean whole = found.size() == attempt.events().size();
        switch (attempt.outcome()) {
            case STORED -> {
                List<Position> positions = found.stream().map(StoredEvent::position).toList();
                note(positions.equals(attempt.positions()), "LOST: %s is %s", attempt, found);
            }
            case REFUSED, ABSENT -> note(found.isEmpty(), "%s is %s", attempt, found);
            case UNKNOWN -> {
                if (!settling) {
                    return;
                }
                note(whole || found.isEmpty(), "half of %s is there: %s", attempt, found);
                if (whole) {
                    requireTogether(attempt, found);
                    attempt.stored(found.stream().map(StoredEvent::position).toList());
                } else {
                    attempt.absent();
                }
            }
        }
    }

    private void requireTogether(Attempt attempt, List<StoredEvent> found) {
        for (int i = 0; i < found.size(); i++) {
            long expected = found.getFirst().partitionSequence() + i;
            note(
                    found.get(i).partitionSequence() == expected
                            && found.get(i)
                                    .transactionId()
                                    .equals(found.getFirst().transactionId()),
                    "%s is not together: %s",
                    attempt,
                    found);
        }
    }

    private void checkStreams(Connection server) throws IOException {
        Map<String, List<StoredEvent>> streams = new HashMap<>();
        for (List<StoredEvent> partition : partitions) {
            partition.forEach(event ->
                    streams.computeIfAbsent(event.stream(), _ -> new ArrayList<>()).add(event));
        }
        Map<String, UUID> keys = ledger.streams();
        for (var stream : streams.entrySet()) {
            String name = stream.getKey();
            UUID key = Objects.requireNonNull(keys.get(name)); // whatever is there was sent
            List<StoredEvent> events = scan(server, "ESCAN", name, key);
            note(events.equals(stream.getValue()), "ESCAN %s and EPSCAN differ", name);
            for (int i = 0; i < events.size(); i++) {
                note(events.get(i).streamVersion() == i, "%s has version %d", events.get(i), i);
            }
            long version = numberOr(server.call("ESVER", name, "PARTITION_KEY", key), -1);
            note(version == events.size() - 1, "ESVER %s says %d", name, version);
        }
    }

    private void checkIds(Connection server, boolean thoroughly) throws IOException {
        List<Attempt> attempts = ledger.attempts();
        List<Attempt> chosen = new ArrayList<>(attempts.subList(looked, attempts.size()));
        if (thoroughly) {
            chosen = attempts;
        } else if (looked > 0) {
            for (int i = 0; i < OLD_EVENTS; i++) {
                chosen.add(attempts.get(random.nextInt(looked)));
            }
        }
        looked = attempts.size();
        int unanswered = 0;
        for (Attempt attempt : chosen) {
            if (attempt.outcome() == Outcome.STORED
                    && !byId.containsKey(attempt.events().getFirst().id())) {
                continue; // in a partition that is out of service
            }
            for (Sent sent : attempt.events()) {
                server.send(reply -> checkId(sent, reply), "EGET", sent.id());
                if (++unanswered % PIPELINE == 0) {
                    server.awaitReplies();
                }
            }
        }
        server.awaitReplies();
    }

    private void checkId(Sent sent, RespValue reply) throws IOException {
        StoredEvent expected = byId.get(sent.id());
        if (expected == null) {
            note(!(reply instanceof Dictionary), "EGET %s gives %s", sent, reply);
        } else {
            note(
                    reply instanceof Dictionary && StoredEvent.of(reply).equals(expected),
                    "EGET %s gives %s, EPSCAN %s",
                    sent,
                    reply,
                    expected);
        }
    }

    private static long numberOr(RespValue reply, long absent) throws IOException {
        return reply instanceof RespValue.Null ? absent : reply.asNumber();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among the libraries
    private void note(boolean holds, String format, Object... arguments) {
        if (!holds) {
            problems.add(format.formatted(arguments));
        }
    }
}
