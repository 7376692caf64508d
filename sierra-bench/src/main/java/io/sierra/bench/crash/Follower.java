package io.sierra.bench.crash;

import io.sierra.server.cli.transfer.RespValue;
import io.sierra.server.cli.transfer.RespValue.Push;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that keeps its own positions and resumes from them whenever the server comes back.
 * It must see each event exactly once, in order, however often the server dies.
 */
final class Follower implements AutoCloseable {
    private static final int WINDOW = 512;
    private static final int ACKNOWLEDGE_EVERY = 200;
    private static final int POLL_MILLIS = 5;
    private static final int PATIENCE_SECONDS = 60;

    /** Partition keys of the streams to follow; empty to follow all partitions. */
    private final Map<String, UUID> streams;

    /** Ids of what was seen, by partition id or stream, in order. */
    private final Map<String, List<UUID>> seen = new LinkedHashMap<>();

    private volatile int port;
    private volatile boolean closed;
    private volatile @Nullable Connection current;
    private volatile @Nullable RuntimeException failure;

    private Follower(Map<String, UUID> streams) {
        this.streams = streams;
    }

    /** Follows all partitions from their beginning. */
    static Follower ofPartitions() {
        return started(new Follower(Map.of()));
    }

    /** Follows streams from their beginning. */
    static Follower ofStreams(Map<String, UUID> keysByStream) {
        return started(new Follower(new LinkedHashMap<>(keysByStream)));
    }

    private static Follower started(Follower follower) {
        Thread.ofVirtual().name("follower").start(follower::run);
        return follower;
    }

    /** Where the server is from now on. */
    void follow(int newPort) {
        port = newPort;
    }

    private void run() {
        try {
            while (!closed) {
                int target = port;
                try (Connection server = new Connection(target)) {
                    current = server;
                    if (!closed) {
                        receive(server);
                    }
                } catch (IOException _) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS); // it is dead, or not yet there
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void receive(Connection server) throws IOException {
        server.sendOnly(command().toArray());
        long events = 0;
        while (true) {
            RespValue value = server.next();
            if (value instanceof Push(List<RespValue> elements)) {
                String kind = elements.getFirst().toString();
                if (kind.equals("message")) {
                    accept(StoredEvent.of(elements.get(3)));
                    if (++events % ACKNOWLEDGE_EVERY == 0) {
                        long cursor = elements.get(2).asNumber();
                        server.sendOnly("EACK", elements.get(1), cursor);
                    }
                } else if (kind.equals("error")) {
                    throw new IOException(elements.toString());
                }
            }
        }
    }

    private List<Object> command() {
        List<Object> words = new ArrayList<>();
        if (streams.isEmpty()) {
            words.addAll(List.of("EPSUB", "*", "FROM"));
            if (seen.isEmpty()) {
                words.add("0");
            } else {
                words.add("MAP");
                addPositions(words);
                words.addAll(List.of("DEFAULT", "0"));
            }
        } else {
            words.add("ESUB");
            streams.forEach((stream, key) -> words.addAll(List.of(stream, "PARTITION_KEY", key)));
            words.addAll(List.of("FROM", "MAP"));
            streams.keySet().forEach(stream -> seen.putIfAbsent(stream, new ArrayList<>()));
            addPositions(words);
        }
        words.addAll(List.of("WINDOW", WINDOW));
        return words;
    }

    private synchronized void addPositions(List<Object> words) {
        seen.forEach((name, ids) -> words.add(name + "=" + ids.size()));
    }

    private synchronized void accept(StoredEvent event) {
        boolean ofPartition = streams.isEmpty();
        String name = ofPartition ? Integer.toString(event.partitionId()) : event.stream();
        List<UUID> ids = seen.computeIfAbsent(name, _ -> new ArrayList<>());
        long position = ofPartition ? event.partitionSequence() : event.streamVersion();
        Violation.unless(
                position == ids.size(),
                "a subscriber that has seen %d events of %s got %s",
                ids.size(),
                name,
                event);
        ids.add(event.id());
    }

    /** Waits until everything in these partitions was seen, and compares. */
    void check(List<List<StoredEvent>> partitions) throws InterruptedException {
        Map<String, List<UUID>> expected = new LinkedHashMap<>();
        streams.keySet().forEach(stream -> expected.put(stream, new ArrayList<>()));
        for (List<StoredEvent> partition : partitions) {
            for (StoredEvent event : partition) {
                if (streams.isEmpty()) {
                    expected.computeIfAbsent(
                                    Integer.toString(event.partitionId()), _ -> new ArrayList<>())
                            .add(event.id());
                } else {
                    expected.computeIfPresent(
                            event.stream(),
                            (_, ids) -> {
                                ids.add(event.id());
                                return ids;
                            });
                }
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!hasSeen(expected) && System.nanoTime() < deadline) {
            RuntimeException failed = failure;
            if (failed != null) {
                throw failed;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        expected.forEach((name, ids) -> {
            List<UUID> got = seenOf(name);
            Violation.unless(
                    got.equals(ids),
                    "a subscriber has seen %d events of %s, there are %d",
                    got.size(),
                    name,
                    ids.size());
        });
    }

    private boolean hasSeen(Map<String, List<UUID>> expected) {
        return expected.entrySet().stream()
                .allMatch(e -> seenOf(e.getKey()).size() >= e.getValue().size());
    }

    private synchronized List<UUID> seenOf(String name) {
        return List.copyOf(seen.getOrDefault(name, List.of()));
    }

    @Override
    public void close() {
        closed = true;
        Connection open = current;
        if (open != null) {
            open.close();
        }
    }
}
