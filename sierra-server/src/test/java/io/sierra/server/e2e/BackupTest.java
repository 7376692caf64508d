package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.Ledger.Sent;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Backups are made while clients append and segments roll over, and one of them is killed. */
class BackupTest {
    private static final int CLIENTS = 3;
    private static final int PIPELINE = 10;
    private static final int PARTITIONS = 32;

    /** Between two requests of a client, so that there is not too much to compare. */
    private static final int PAUSE_MILLIS = 20;

    private static final Pattern EVENT =
            Pattern.compile(
                    "\"event_id\":\"([^\"]+)\".*\"partition_id\":(\\d+),\"partition_sequence\":(\\d+)");
    private static final Pattern MADE =
            Pattern.compile(
                    "backup (\\S+): .* events in ([\\d,]+) segments, .*; ([\\d,]+) segments, .*"
                            + " copied in .*");

    @TempDir Path home;
    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    static LongStream seeds() {
        String seed = System.getProperty("sierra.seed");
        return LongStream.of(seed == null ? System.nanoTime() : Long.parseLong(seed));
    }

    /** A backup and what had been acknowledged when it began. */
    private record Made(String id, int segments, int copied, Set<String> acknowledged) {}

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void restoredStore_isAPrefixWithAllThatWasAcknowledgedBeforeTheBackup(long seed)
            throws Exception {
        Random random = new Random(seed);
        List<Ledger> ledgers = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            ledgers.add(new Ledger(client, random.nextLong()));
        }
        List<Made> made = new ArrayList<>();
        List<List<String>> source;
        try (ServerProcess server = ServerProcess.start(store())) {
            List<Thread> clients = ledgers.stream().map(ledger -> start(server, ledger)).toList();
            awaitSegments(2);
            made.add(backUp(ledgers));
            killBackup();
            awaitSegments(made.getFirst().segments() + 2);
            made.add(backUp(ledgers));
            stopped = true;
            for (Thread client : clients) {
                client.join();
            }
            assertThat(problems).isEmpty();
            source = events(server);
        }
        assertThat(made.getLast().copied()).isLessThan(made.getLast().segments());
        for (Made backup : made) {
            Path restored = home.resolve("restored-" + backup.id());
            run("restore", target(), "--backup", backup.id(), "--dir", restored.toString());
            run("verify", "--dir", restored.toString());
            try (ServerProcess server = ServerProcess.start(restored)) {
                checkPrefix(events(server), source, backup.acknowledged());
            }
        }
    }

    private static void checkPrefix(
            List<List<String>> found, List<List<String>> source, Set<String> acknowledged) {
        Set<String> ids = new HashSet<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> events = found.get(partition);
            assertThat(events).isEqualTo(source.get(partition).subList(0, events.size()));
            ids.addAll(events);
        }
        assertThat(ids).containsAll(acknowledged);
    }

    private Path store() {
        return home.resolve("store");
    }

    private String target() {
        return home.resolve("target").toString();
    }

    private Thread start(ServerProcess server, Ledger ledger) {
        return Thread.ofPlatform()
                .uncaughtExceptionHandler((_, e) -> problems.add(e))
                .start(() -> append(server, ledger));
    }

    private void append(ServerProcess server, Ledger ledger) {
        try (RespClient client = server.connect()) {
            while (!stopped) {
                StringBuilder requests = new StringBuilder();
                for (int i = 0; i < PIPELINE; i++) {
                    requests.append(RespClient.request(ledger.next().words()));
                }
                client.sendRaw(requests.toString());
                for (int i = 0; i < PIPELINE; i++) {
                    Reply reply = Reply.read(client);
                    synchronized (ledger) {
                        ledger.onReply(reply);
                    }
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitSegments(int count) throws Exception {
        Path segments = store().resolve("buckets/00000/segments");
        while (problems.isEmpty() && files(segments) < count) {
            Thread.sleep(20);
        }
        assertThat(problems).isEmpty();
    }

    private static long files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        }
    }

    private Made backUp(List<Ledger> ledgers) throws Exception {
        Set<String> acknowledged = new HashSet<>();
        for (Ledger ledger : ledgers) {
            synchronized (ledger) {
                for (Sent sent : ledger.answered()) {
                    acknowledged.addAll(sent.events().keySet());
                }
            }
        }
        String line = run("backup", target(), "--dir", store().toString()).getLast();
        Matcher matcher = MADE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return new Made(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                acknowledged);
    }

    /** A slow one, in the middle of its first file. */
    private void killBackup() throws Exception {
        long before = files(Path.of(target(), "manifests"));
        try (ServerProcess slow =
                ServerProcess.launch(
                        "backup",
                        target(),
                        "--dir",
                        store().toString(),
                        "--bytes-per-second",
                        "100KB")) {
            Path segments = Path.of(target(), "segments/00000");
            while (!hasUnfinishedFile(segments)) {
                Thread.sleep(5);
            }
            slow.kill();
        }
        assertThat(files(Path.of(target(), "manifests"))).isEqualTo(before);
    }

    private static boolean hasUnfinishedFile(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.anyMatch(entry -> entry.toString().endsWith(".tmp"));
        }
    }

    private static List<String> run(String... arguments) throws Exception {
        try (ServerProcess command = ServerProcess.launch(arguments)) {
            int exitCode = command.awaitEnd();
            assertThat(exitCode).as("%s", command.lines()).isZero();
            return command.lines();
        }
    }

    /** Ids of all events by partition, in the order of their sequences, which have no gap. */
    private List<List<String>> events(ServerProcess server) throws Exception {
        Path file = home.resolve("events.jsonl");
        String address = "127.0.0.1:" + server.address().getPort();
        run("export", "--address", address, "--output", file.toString());
        List<List<String>> events = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            events.add(new ArrayList<>());
        }
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(line -> {
                Matcher matcher = EVENT.matcher(line);
                assertThat(matcher.find()).as(line).isTrue();
                List<String> ids = events.get(Integer.parseInt(matcher.group(2)));
                assertThat(matcher.group(3)).isEqualTo(Integer.toString(ids.size()));
                ids.add(matcher.group(1));
            });
        }
        return events;
    }
}
