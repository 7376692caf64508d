package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many connections that append to the same streams, pipelined, with lost races for versions,
 * retries and reads in between; afterwards every stream holds what was acknowledged, once, without
 * a gap.
 */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class SoakTest {
    private static final int CONNECTIONS = 200;
    private static final int STREAMS = 40;
    private static final long SECONDS = 4;

    /** Seed of what is sent; what interleaves is up to the machine. */
    static LongStream seeds() {
        String seed = System.getProperty("sierra.seed");
        return LongStream.of(seed == null ? System.nanoTime() : Long.parseLong(seed));
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void everyStreamHoldsWhatWasAcknowledgedOnce(long seed) throws Exception {
        Acknowledged acknowledged = new Acknowledged();
        Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
        try (RealServer server =
                new RealServer(settings -> settings.maxConnections = CONNECTIONS + 1)) {
            long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                SoakClient client = new SoakClient(new Random(seed + i), acknowledged);
                threads.add(
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((_, e) -> problems.add(e))
                                .start(() -> client.run(server, deadlineNanos)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(problems).isEmpty();
            assertThat(acknowledged.conflicts()).isPositive();
            assertThat(acknowledged.retries()).isPositive();
            try (RespClient reader = server.connect()) {
                for (int i = 0; i < STREAMS; i++) {
                    String stream = streamName(i);
                    assertThat(stored(reader, stream))
                            .as(stream)
                            .isEqualTo(acknowledged.eventsOf(stream));
                }
            }
        }
    }

    /** A stream of this number; a client takes any. */
    static String streamName(int number) {
        return "soak-" + number;
    }

    /** A stream that the next word of {@code random} chooses. */
    static String anyStream(Random random) {
        return streamName(random.nextInt(STREAMS));
    }

    /** Event ids by version; versions are gapless from 0. */
    private static Map<Long, String> stored(RespClient reader, String stream) throws IOException {
        Map<Long, String> events = new HashMap<>();
        boolean more = true;
        while (more) {
            String start = Integer.toString(events.size());
            Reply page = Reply.parse(reader.call("ESCAN", stream, start, "+", "COUNT", "1000"));
            for (Reply event : page.events()) {
                assertThat(event.get("stream_version").number()).isEqualTo(events.size());
                events.put((long) events.size(), event.get("event_id").string());
            }
            more = page.get("has_more").bool();
        }
        return events;
    }

    /** What clients were told, by all of them. */
    static final class Acknowledged {
        private final Map<String, Map<Long, String>> streams = new ConcurrentHashMap<>();
        private final Queue<String> conflicts = new ConcurrentLinkedQueue<>();
        private final Queue<String> retries = new ConcurrentLinkedQueue<>();

        void onAppended(String stream, long version, String id) {
            String other =
                    streams.computeIfAbsent(stream, _ -> new ConcurrentHashMap<>())
                            .put(version, id);
            if (other != null) {
                throw new AssertionError(
                        "version %d of %s is %s and %s".formatted(version, stream, other, id));
            }
        }

        void onRetried(String stream, long version, String id) {
            assertThat(streams.get(stream)).containsEntry(version, id);
            retries.add(id);
        }

        void onConflict(String text) {
            conflicts.add(text);
        }

        int conflicts() {
            return conflicts.size();
        }

        int retries() {
            return retries.size();
        }

        Map<Long, String> eventsOf(String stream) {
            return streams.getOrDefault(stream, Map.of());
        }
    }
}
