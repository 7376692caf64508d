package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.KnownLog.Event;
import io.sierra.server.testing.Leaks;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Appends, subscriptions of all kinds, acknowledgements, clients that do not read and clients that
 * disappear, all at once over sockets and segments that roll over often, compared with what was
 * acknowledged. {@code -Dsierra.soak_seconds=<n>} makes each seed run for longer.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class SubscriptionConcurrencyTest {
    private static final int APPENDERS = 2;
    private static final int FOLLOWERS = 5;
    private static final long NANOS =
            TimeUnit.SECONDS.toNanos(Long.getLong("sierra.soak_seconds", 2));

    /** So that there is something to check on a machine that is busy with other things. */
    private static final int LEAST_EVENTS = 500;

    private final List<String> streams = new ArrayList<>();
    private final Map<String, String> keys = new LinkedHashMap<>();

    static LongStream seeds() {
        Long seed = Long.getLong("sierra.seed");
        return seed == null ? LongStream.of(1, 2, System.nanoTime()) : LongStream.of(seed);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void everySubscriptionGetsWhatItAskedForOnceAndInOrder(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        nameStreams(random);
        KnownLog log = new KnownLog();
        try (Leaks leaks = new Leaks()) {
            try (RealServer server = RealServer.withSmallSegments();
                    ExecutorService threads = Executors.newCachedThreadPool()) {
                long end = System.nanoTime() + NANOS;
                List<Future<?>> appenders = new ArrayList<>();
                for (int i = 0; i < APPENDERS; i++) {
                    SplittableRandom own = random.split();
                    appenders.add(threads.submit(() -> append(server, log, own, end)));
                }
                List<Follower> followers = new ArrayList<>();
                List<Future<?>> following = new ArrayList<>();
                for (int i = 0; i < FOLLOWERS; i++) {
                    Follower follower = new Follower(server, log, streams, keys, random.split());
                    followers.add(follower);
                    following.add(threads.submit(() -> until(end, log, () -> step(follower))));
                }
                Projection projection = new Projection(server, log, random.split());
                following.add(threads.submit(() -> until(end, log, () -> live(projection))));
                for (Future<?> appender : appenders) {
                    appender.get();
                }
                for (Future<?> follower : following) {
                    follower.get();
                }
                log.checkGapless();
                for (Follower follower : followers) {
                    follower.finish();
                    follower.close();
                }
                projection.finish();
                assertThat(log.size()).isGreaterThan(LEAST_EVENTS);
                assertThat(followers.stream().mapToLong(Follower::delivered).sum())
                        .isGreaterThan(LEAST_EVENTS);
                assertThat(leaks.find()).isEmpty();
            }
            assertThat(leaks.find()).isEmpty();
        }
    }

    private static boolean step(Follower follower) throws IOException, InterruptedException {
        follower.step();
        return true;
    }

    private static boolean live(Projection projection) throws IOException {
        projection.live();
        return true;
    }

    private static Void until(long end, KnownLog log, Callable<Boolean> step) throws Exception {
        while (System.nanoTime() < end || log.size() <= LEAST_EVENTS) {
            step.call();
        }
        return null;
    }

    /** Some have the key of their name, others share one. */
    private void nameStreams(SplittableRandom random) {
        for (int i = 0; i < 8; i++) {
            streams.add("d-" + i);
        }
        for (int key = 0; key < 3; key++) {
            String uuid = new UUID(random.nextLong(), random.nextLong()).toString();
            for (int i = 0; i < 3; i++) {
                streams.add("k-" + key + "-" + i);
                keys.put("k-" + key + "-" + i, uuid);
            }
        }
    }

    private Void append(RealServer server, KnownLog log, SplittableRandom random, long end)
            throws Exception {
        try (RespClient client = server.connect()) {
            client.call("HELLO", "3");
            while (System.nanoTime() < end || log.size() <= LEAST_EVENTS) {
                int count = 1 + random.nextInt(12);
                List<List<Event>> batch = new ArrayList<>();
                StringBuilder requests = new StringBuilder();
                long number = log.onSending();
                for (int i = 0; i < count; i++) {
                    batch.add(request(random, number, requests));
                }
                client.sendRaw(requests.toString());
                for (List<Event> events : batch) {
                    onReply(Reply.read(client), events, log);
                }
                Thread.sleep(random.nextInt(12));
            }
        }
        return null;
    }

    private List<Event> request(SplittableRandom random, long number, StringBuilder requests) {
        List<String> words = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        if (random.nextInt(4) > 0) {
            String stream = streams.get(random.nextInt(streams.size()));
            words.add("EAPPEND");
            addEvent(stream, random, number, words, events);
            if (keys.containsKey(stream)) {
                words.addAll(List.of("PARTITION_KEY", keys.get(stream)));
            }
        } else {
            int key = random.nextInt(3);
            words.addAll(List.of("EMAPPEND", keys.get("k-" + key + "-0")));
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                addEvent("k-" + key + "-" + random.nextInt(3), random, number, words, events);
            }
        }
        requests.append(RespClient.request(words.toArray(String[]::new)));
        return events;
    }

    private static void addEvent(
            String stream,
            SplittableRandom random,
            long number,
            List<String> words,
            List<Event> events) {
        String name = random.nextBoolean() ? "A" : "B";
        String payload = random.nextLong() + "x".repeat(random.nextInt(3000));
        words.addAll(List.of(stream, name, "PAYLOAD", payload));
        events.add(new Event(0, 0, stream, 0, name, payload, number));
    }

    private static void onReply(Reply reply, List<Event> events, KnownLog log) {
        int partitionId = (int) reply.get("partition_id").number();
        boolean single = reply.map().containsKey("partition_sequence");
        long first = reply.get(single ? "partition_sequence" : "first_partition_sequence").number();
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            Reply version = single ? reply : reply.events().get(i);
            log.onAcknowledged(
                    new Event(
                            partitionId,
                            first + i,
                            event.stream(),
                            version.get("stream_version").number(),
                            event.name(),
                            event.payload(),
                            event.sentAt()));
        }
    }
}
