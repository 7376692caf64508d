package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.Ledger.Sent;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import io.sierra.storage.EventStore;
import io.sierra.storage.MetaFile;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.read.EventView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
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
    private static final int CLIENTS = 2;
    private static final int PIPELINE = 5;
    private static final String SLOWLY = "100KB";

    private static final Pattern MADE =
            Pattern.compile(
                    "backup (\\S+): .* events in ([\\d,]+) segments, .*; ([\\d,]+) segments, .*"
                            + " copied in .*");

    private static final CheckListener NO_DAMAGE =
            new CheckListener() {
                @Override
                public void read(long lengthBytes) {}

                @Override
                public void found(Finding finding) {
                    throw new AssertionError(finding);
                }

                @Override
                public void noted(String note) {}
            };

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
        try (ServerProcess server = ServerProcess.start(store())) {
            List<Thread> clients = ledgers.stream().map(ledger -> start(server, ledger)).toList();
            awaitSegments(segments() + 1);
            made.add(backUp(ledgers));
            killBackup();
            awaitSegments(made.getFirst().segments() + 2);
            made.add(backUp(ledgers));
            stopped = true;
            for (Thread client : clients) {
                client.join();
            }
        }
        assertThat(problems).isEmpty();
        assertThat(made.getLast().copied()).isLessThan(made.getLast().segments());
        assertThat(unfinishedFiles()).isZero();
        List<List<String>> source = events(store());
        for (Made backup : made) {
            Path restored = home.resolve("restored-" + backup.id());
            run("restore", target().toString(), "--backup", backup.id(), "--dir", "" + restored);
            checkPrefix(events(restored), source, backup.acknowledged());
        }
    }

    private static void checkPrefix(
            List<List<String>> found, List<List<String>> source, Set<String> acknowledged) {
        Set<String> missing = new HashSet<>(acknowledged);
        for (int partition = 0; partition < source.size(); partition++) {
            List<String> events = found.get(partition);
            assertThat(events).isEqualTo(source.get(partition).subList(0, events.size()));
            events.forEach(missing::remove);
        }
        assertThat(missing).isEmpty();
    }

    private Path store() {
        return home.resolve("store");
    }

    private Path target() {
        return home.resolve("target");
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
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitSegments(int count) throws Exception {
        while (problems.isEmpty() && segments() < count) {
            Thread.sleep(20);
        }
        assertThat(problems).isEmpty();
    }

    /** Of all buckets: which of them the clients write to is up to their keys. */
    private int segments() throws IOException {
        int segments = 0;
        for (String bucket : names(store().resolve("buckets"))) {
            segments += names(store().resolve("buckets/" + bucket + "/segments")).size();
        }
        return segments;
    }

    private int unfinishedFiles() throws IOException {
        int unfinished = 0;
        for (String bucket : names(target().resolve("segments"))) {
            for (String name : names(target().resolve("segments/" + bucket))) {
                unfinished += name.endsWith(".tmp") ? 1 : 0;
            }
        }
        return unfinished;
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
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
        String line = run("backup", target().toString(), "--dir", "" + store()).getLast();
        Matcher matcher = MADE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return new Made(
                matcher.group(1),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                acknowledged);
    }

    /** A slow one, in the middle of a file. */
    private void killBackup() throws Exception {
        List<String> before = names(target().resolve("manifests"));
        try (ServerProcess slow =
                ServerProcess.launch(
                        "backup",
                        target().toString(),
                        "--dir",
                        store().toString(),
                        "--bytes-per-second",
                        SLOWLY)) {
            while (unfinishedFiles() == 0) {
                assertThat(slow.isRunning()).as("%s", slow.lines()).isTrue();
                Thread.sleep(5);
            }
            slow.kill();
        }
        assertThat(names(target().resolve("manifests"))).isEqualTo(before);
    }

    private static List<String> run(String... arguments) throws Exception {
        try (ServerProcess command = ServerProcess.launch(arguments)) {
            int exitCode = command.awaitEnd();
            assertThat(exitCode).as("%s", command.lines()).isZero();
            return command.lines();
        }
    }

    /** Ids of all events of a store that is whole, by partition, in the order of sequences. */
    private static List<List<String>> events(Path directory) throws IOException {
        MetaFile meta;
        try (StoreFiles files = StoreFiles.open(directory)) {
            StoreCheck check = new StoreCheck(files, NO_DAMAGE);
            check.verify(StoreCheck.threads());
            meta = files.meta();
        }
        StoreOptions options =
                StoreOptions.defaults()
                        .withPartitioning(meta.partitionCount(), meta.bucketCount())
                        .withSegmentSizeBytes(meta.segmentSizeBytes());
        List<List<String>> events = new ArrayList<>();
        try (EventStore store = EventStore.open(directory, options)) {
            for (int partition = 0; partition < meta.partitionCount(); partition++) {
                List<String> ids = new ArrayList<>();
                store.scanPartition(
                        partition,
                        0,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        event -> {
                            assertThat(event.partitionSequence()).isEqualTo((long) ids.size());
                            return ids.add(id(event));
                        });
                events.add(ids);
            }
        }
        return events;
    }

    private static String id(EventView event) {
        return new UUID(event.eventIdMostSignificantBits(), event.eventIdLeastSignificantBits())
                .toString();
    }
}
