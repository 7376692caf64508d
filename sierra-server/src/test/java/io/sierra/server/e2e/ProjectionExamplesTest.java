package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of docs/subscriptions.md that need nothing installed but redis-cli: killed while
 * events come in, and started again, they count each event once. {@code docs/examples/run-all.sh}
 * does the same with all of them.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ProjectionExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");
    private static final int KILLS = 3;
    private static final int MAX_MILLIS_BEFORE_KILL = 300;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);
    private static final List<String> LIBRARIES_OF_LETTUCE =
            List.of("lettuce", "netty", "reactor", "reactive-streams", "redis-authx", "slf4j-api");

    @TempDir Path directory;

    private final Random random = new Random();

    @Test
    void shell() throws Exception {
        RedisCli.assumeInstalled();
        run("sh", EXAMPLES.resolve("count-events.sh").toString());
    }

    @Test
    void java() throws Exception {
        run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                EXAMPLES.resolve("CountEvents.java").toString());
    }

    private void run(String... example) throws Exception {
        try (RealServer server = new RealServer()) {
            List<String> command = new ArrayList<>(List.of(example));
            Path state = directory.resolve("counts.txt");
            command.add(state.toString());
            command.add(Integer.toString(server.address().getPort()));

            try (Writer writer = new Writer(server.address())) {
                for (int kill = 0; kill < KILLS; kill++) {
                    long before = sum(countsIn(state));
                    Process process = start(command);
                    try {
                        await(process, state, counts -> sum(counts) > before);
                        Thread.sleep(random.nextInt(MAX_MILLIS_BEFORE_KILL));
                    } finally {
                        process.destroyForcibly().waitFor();
                    }
                }
                Map<String, Long> appended = writer.finish();
                Process process = start(command);
                try {
                    await(process, state, counts -> sum(counts) >= sum(appended));
                    // Once this is there too, whatever would be counted again has been.
                    writer.append("another stream", "the last");
                    await(process, state, counts -> sum(counts) >= sum(appended));
                    assertThat(countsIn(state)).isEqualTo(appended);
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }
        }
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(directory.resolve("output").toFile()))
                .start();
    }

    private void await(Process process, Path state, Predicate<Map<String, Long>> condition)
            throws Exception {
        while (!condition.test(countsIn(state))) {
            boolean ended = process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(ended)
                    .as("ended after: %s", Files.readString(directory.resolve("output")))
                    .isFalse();
        }
    }

    private static Map<String, Long> countsIn(Path state) throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        if (Files.exists(state)) {
            for (String line : Files.readAllLines(state)) {
                if (line.startsWith("count ")) {
                    String[] words = line.split(" ", 3);
                    counts.put(words[2], Long.valueOf(words[1]));
                }
            }
        }
        return counts;
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(n -> n).sum();
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        LIBRARIES_OF_LETTUCE.stream()
                                .anyMatch(Path.of(entry).getFileName().toString()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Appends to many streams, without a rest, and knows how many of each name. */
    private static final class Writer implements AutoCloseable {
        private static final List<String> NAMES = List.of("Placed", "Shipped", "not done yet");
        private static final int STREAMS = 50;

        private final RespClient client;
        private final Map<String, Long> appended = new TreeMap<>();
        private final Thread thread = Thread.ofPlatform().unstarted(this::append);
        private volatile boolean finishing;
        private volatile @Nullable Throwable problem;

        Writer(InetSocketAddress server) throws IOException {
            client = new RespClient(server);
            thread.start();
        }

        private void append() {
            try {
                for (int i = 0; !finishing; i++) {
                    append("stream-" + i % STREAMS, NAMES.get(i % NAMES.size()));
                }
            } catch (IOException | AssertionError e) {
                problem = e;
            }
        }

        private void append(String stream, String name) throws IOException {
            // The payload looks like a field of what redis-cli prints.
            client.send("EAPPEND", stream, name, "x\n 9# event_name => \"Placed\"");
            assertThat(Reply.read(client).isError()).isFalse();
            appended.merge(name, 1L, Long::sum);
        }

        /** Stops; how many events there are of each name. */
        Map<String, Long> finish() throws Exception {
            finishing = true;
            thread.join();
            assertThat(problem).isNull();
            return appended;
        }

        /** Ends the thread too, if it has not ended: what it sends next fails. */
        @Override
        public void close() throws IOException {
            finishing = true;
            client.close();
        }
    }
}
