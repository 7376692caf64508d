package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.KnownLog.Event;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A client that subscribes to this and that, reads now and then, and disappears. */
final class Follower implements AutoCloseable {
    private static final int PARTITIONS = 32;
    private static final int MOST_SUBSCRIPTIONS = 4;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RealServer server;
    private final KnownLog log;
    private final List<String> streams;
    private final Map<String, String> keys;
    private final SplittableRandom random;
    private final RespClient other;
    private final Map<String, FollowedSubscription> live = new LinkedHashMap<>();
    private final List<FollowedSubscription> ended = new ArrayList<>();
    private RespClient client;

    /**
     * Connects.
     *
     * @param keys partition key by stream, for those that do not have their default
     */
    Follower(
            RealServer server,
            KnownLog log,
            List<String> streams,
            Map<String, String> keys,
            SplittableRandom random)
            throws IOException {
        this.server = server;
        this.log = log;
        this.streams = streams;
        this.keys = keys;
        this.random = random;
        this.other = connect();
        this.client = connect();
    }

    private RespClient connect() throws IOException {
        // A small buffer, so that the server notices soon when nobody reads.
        RespClient connected =
                new RespClient(server.address(), random.nextInt(2) == 0 ? 4096 : 65536);
        connected.call("HELLO", "3");
        return connected;
    }

    /** Does something. */
    void step() throws IOException, InterruptedException {
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                if (live.size() < MOST_SUBSCRIPTIONS) {
                    subscribe();
                }
            }
            case 2 -> Thread.sleep(random.nextInt(60));
            case 3 -> {
                if (random.nextInt(4) == 0) {
                    disappear();
                }
            }
            case 4 -> unsubscribe();
            case 5, 6, 7, 8 -> acknowledge();
            default -> call("PING", "+PONG\r\n");
        }
    }

    private void disappear() throws IOException {
        if (random.nextBoolean()) {
            client.reset();
        } else {
            client.close();
        }
        ended.addAll(live.values());
        live.clear();
        client = connect();
    }

    /** Sends a command and reads up to its reply. */
    private void call(String words, String expected) throws IOException {
        client.send(words.split(" "));
        readTo(expected);
    }

    private void readTo(String expected) throws IOException {
        String frame = client.readFrame();
        while (frame.startsWith(">")) {
            onPush(Reply.parse(frame));
            frame = client.readFrame();
        }
        assertThat(frame).isEqualTo(expected);
    }

    private void onPush(Reply push) {
        FollowedSubscription subscription = live.get(push.elements().get(1).string());
        Objects.requireNonNull(subscription, () -> "nobody asked for " + push).onPush(push);
    }

    private FollowedSubscription any() {
        return List.copyOf(live.values()).get(random.nextInt(live.size()));
    }

    private void acknowledge() throws IOException {
        if (live.isEmpty()) {
            return;
        }
        FollowedSubscription subscription = any();
        long last = subscription.nextCursor() - 1;
        long cursor =
                switch (random.nextInt(8)) {
                    case 0 -> last + 1 + random.nextInt(1000);
                    case 1 -> Math.max(0, last - random.nextInt(10));
                    default -> Math.max(0, last);
                };
        acknowledge(subscription, cursor);
    }

    private void acknowledge(FollowedSubscription subscription, long cursor) throws IOException {
        subscription.onAcknowledging(cursor);
        String words = "EACK " + subscription.id() + " " + cursor;
        if (random.nextInt(4) == 0) {
            assertThat(other.call(words.split(" "))).isEqualTo("+OK\r\n");
        } else {
            call(words, "+OK\r\n");
        }
    }

    private void unsubscribe() throws IOException {
        if (live.isEmpty() || random.nextInt(3) > 0) {
            return;
        }
        FollowedSubscription subscription = any();
        if (random.nextBoolean()) {
            call("EUNSUB " + subscription.id(), "+OK\r\n");
        } else {
            // On this connection pushes may be on their way until a later reply comes.
            assertThat(other.call("EUNSUB", subscription.id())).isEqualTo("+OK\r\n");
            call("PING", "+PONG\r\n");
        }
        live.remove(subscription.id());
        ended.add(subscription);
    }

    private void subscribe() throws IOException {
        List<String> words = new ArrayList<>();
        List<String> options = new ArrayList<>();
        Predicate<Event> filter = filter(options);
        boolean ofStreams = random.nextBoolean();
        List<String> names = ofStreams ? someStreams() : somePartitions(words);
        if (ofStreams) {
            words.add("ESUB");
            for (String name : names) {
                words.add(name);
                if (keys.containsKey(name)) {
                    words.addAll(List.of("PARTITION_KEY", keys.get(name)));
                }
            }
        }
        Map<String, Long> starts = from(names, ofStreams, words);
        long window = random.nextInt(3) == 0 ? 1_000_000 : 1 + random.nextInt(40);
        words.addAll(List.of("WINDOW", Long.toString(window)));
        if (random.nextBoolean()) {
            options.add("CAUGHTUP");
        }
        if (!options.isEmpty()) {
            words.add("WITH");
            words.addAll(options);
        }
        List<FollowedSource> sources = new ArrayList<>();
        List<FollowedSource> latest = new ArrayList<>();
        for (String name : names) {
            Long start = starts.get(name);
            FollowedSource source =
                    new FollowedSource(
                            name,
                            () -> eventsOf(name, ofStreams),
                            ofStreams,
                            filter,
                            start == null ? KnownLog.end(eventsOf(name, ofStreams)) : start);
            sources.add(source);
            if (start == null) {
                latest.add(source);
            }
        }
        FollowedSubscription subscription =
                new FollowedSubscription(String.join(" ", words), ofStreams, window, sources);
        client.send(words.toArray(String[]::new));
        String frame = client.readFrame();
        while (frame.startsWith(">")) {
            onPush(Reply.parse(frame));
            frame = client.readFrame();
        }
        assertThat(frame).as("%s", subscription).startsWith("+");
        String id = frame.substring(1, frame.length() - 2);
        assertThat(client.readFrame())
                .isEqualTo(">3\r\n+subscribe\r\n+" + id + "\r\n:" + (live.size() + 1) + "\r\n");
        long lastSent = log.lastSent();
        latest.forEach(source -> source.onConfirmedLatest(lastSent));
        subscription.onConfirmed(id);
        live.put(id, subscription);
    }

    private NavigableMap<Long, Event> eventsOf(String name, boolean ofStreams) {
        return ofStreams ? log.stream(name) : log.partition(Integer.parseInt(name));
    }

    private Predicate<Event> filter(List<String> options) {
        return switch (random.nextInt(4)) {
            case 0 -> {
                options.addAll(List.of("NAMES", "1", "A"));
                yield e -> e.name().equals("A");
            }
            case 1 -> {
                options.addAll(List.of("STREAMPREFIX", "k"));
                yield e -> e.stream().startsWith("k");
            }
            default -> _ -> true;
        };
    }

    private List<String> someStreams() {
        int count = random.nextInt(3) == 0 ? 1 + random.nextInt(streams.size()) : 1;
        int first = random.nextInt(streams.size());
        return IntStream.range(0, count)
                .mapToObj(i -> streams.get((first + i) % streams.size()))
                .toList();
    }

    /** Adds the command and its selector. */
    private List<String> somePartitions(List<String> words) {
        words.add("EPSUB");
        int first = random.nextInt(PARTITIONS);
        int last = first + random.nextInt(PARTITIONS - first);
        IntStream ids;
        switch (random.nextInt(3)) {
            case 0 -> {
                words.add("*");
                ids = IntStream.range(0, PARTITIONS);
            }
            case 1 -> {
                words.add(first + "-" + last);
                ids = IntStream.rangeClosed(first, last);
            }
            default -> {
                int[] some = random.ints(4, 0, PARTITIONS).distinct().toArray();
                words.add(
                        String.join(",", Arrays.stream(some).mapToObj(Integer::toString).toList()));
                ids = Arrays.stream(some);
            }
        }
        return ids.mapToObj(Integer::toString).toList();
    }

    /** Adds where to start; starts by name, and those at LATEST are not in it. */
    private Map<String, Long> from(List<String> names, boolean ofStreams, List<String> words) {
        Map<String, Long> starts = new LinkedHashMap<>();
        switch (random.nextInt(4)) {
            case 0 -> words.addAll(List.of("FROM", "LATEST"));
            case 1 -> {
                long start = random.nextInt(3) == 0 ? random.nextInt(200) : 0;
                words.addAll(List.of("FROM", Long.toString(start)));
                names.forEach(name -> starts.put(name, start));
            }
            case 2 -> {
                words.addAll(List.of("FROM", "MAP"));
                for (String name : names) {
                    if (starts.isEmpty() || random.nextInt(3) > 0) {
                        long end = KnownLog.end(eventsOf(name, ofStreams));
                        long start = random.nextLong(end + 5);
                        starts.put(name, start);
                        words.add(name + "=" + start);
                    }
                }
                if (!ofStreams && random.nextBoolean()) {
                    words.addAll(List.of("DEFAULT", "3"));
                    names.forEach(name -> starts.putIfAbsent(name, 3L));
                }
            }
            default -> {}
        }
        return starts;
    }

    /** All appends are answered: waits for the rest and checks everything. */
    void finish() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (FollowedSubscription subscription : live.values()) {
            while (!subscription.isComplete()) {
                assertThat(System.nanoTime())
                        .as("%s waits for the rest", subscription)
                        .isLessThan(deadline);
                acknowledge(subscription, Math.max(0, subscription.nextCursor() - 1));
                call("PING", "+PONG\r\n");
            }
        }
        // What comes too much would come by now.
        for (int i = 0; i < 10; i++) {
            call("PING", "+PONG\r\n");
        }
        for (FollowedSubscription subscription : live.values()) {
            subscription.check(true);
        }
        for (FollowedSubscription subscription : ended) {
            subscription.check(false);
        }
    }

    int subscriptions() {
        return live.size() + ended.size();
    }

    long delivered() {
        return live.values().stream().mapToLong(FollowedSubscription::nextCursor).sum()
                + ended.stream().mapToLong(FollowedSubscription::nextCursor).sum();
    }

    @Override
    public void close() throws IOException {
        client.close();
        other.close();
    }
}
