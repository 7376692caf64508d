package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import io.sierra.server.cli.transfer.RespValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A data directory, the server that comes and goes on it, its clients and what they know. */
final class StoreUnderTest implements AutoCloseable {
    private static final int WRITERS = 4;
    private static final int FOLLOWED_STREAMS = 5;

    private final Run run;
    private Path data;
    private final Path logFile;
    private final Map<String, String> settings = new HashMap<>();
    private final Ledger ledger = new Ledger();
    private final Checker checker;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final List<Thread> load = new ArrayList<>();
    private final ConcurrentLinkedQueue<RuntimeException> violations =
            new ConcurrentLinkedQueue<>();
    private String limits = "";
    private volatile boolean stopping;

    /** Whether the checker knows better than the writers how long streams are. */
    private boolean checked;

    private @Nullable ServerProcess server;

    /**
     * A store that does not exist yet.
     *
     * @param shape of the store
     */
    StoreUnderTest(Run run, Path data, Shape shape, Writer.Profile profile) {
        this.run = run;
        this.data = data;
        this.logFile = run.directory().resolve("server-" + data.getFileName() + ".log");
        settings.put("SIERRA_SEGMENT_SIZE_BYTES", Integer.toString(shape.segmentBytes()));
        settings.put("SIERRA_BUCKET_COUNT", Integer.toString(shape.buckets()));
        settings.put("SIERRA_PARTITION_COUNT", Integer.toString(shape.partitions()));
        this.checker = new Checker(ledger, shape.partitions(), run.random().split());
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer("w" + i, ledger, profile, run.random().split()));
        }
        followers.add(Follower.ofPartitions());
    }

    /** What a store is created with. */
    record Shape(int segmentBytes, int buckets, int partitions) {
        static final Shape SMALL = new Shape(256 << 10, 2, 8);
    }

    Path data() {
        return data;
    }

    Ledger ledger() {
        return ledger;
    }

    Checker checker() {
        return checker;
    }

    /** Adds an environment variable for the next starts. */
    void set(String variable, String value) {
        settings.put(variable, value);
    }

    /** Commands of a shell that come before the next starts, such as {@code ulimit -n 99}. */
    void setLimits(String shellCommands) {
        limits = shellCommands;
    }

    /** The server that was started last. */
    ServerProcess server() {
        ServerProcess started = server;
        if (started == null) {
            throw new IllegalStateException("no server has been started");
        }
        return started;
    }

    /** Goes back to a server that still runs. */
    void use(ServerProcess running) {
        server = running;
    }

    /** Starts a server without waiting for it. */
    ServerProcess launch() throws IOException {
        run.count("starts", 1);
        ServerProcess started = new ServerProcess(run.home(), data, limits, settings, logFile);
        server = started;
        return started;
    }

    /** Starts a server that must become ready. */
    ServerProcess start() throws IOException, InterruptedException {
        ServerProcess started = launch();
        Violation.unless(
                started.awaitReady(),
                "the server did not start, it said\n  %s",
                String.join("\n  ", started.log()));
        followers.forEach(follower -> follower.follow(started.port()));
        return started;
    }

    /** Lets the writers write, each on a connection of its own. */
    void startLoad() throws IOException {
        stopping = false;
        List<Attempt> absent = List.copyOf(ledger.with(Outcome.ABSENT));
        StreamModel lengths = checker.streamLengths();
        int port = server().port();
        for (Writer writer : writers) {
            if (checked) {
                writer.resume(lengths);
            }
            boolean first = writer == writers.getFirst();
            List<Attempt> own =
                    absent.stream()
                            .filter(a -> writer.owns(a) || (first && Writer.isShared(a)))
                            .toList();
            run.count("retried", own.size());
            Connection connection = new Connection(port);
            load.add(Thread.ofPlatform().start(() -> write(writer, connection, own)));
        }
        checked = false;
    }

    private void write(Writer writer, Connection connection, List<Attempt> absent) {
        try (connection) {
            writer.run(connection, absent, () -> stopping);
        } catch (IOException _) {
            // The server went away; that is what this is about.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            violations.add(e);
        }
    }

    /** Waits until the writers have ended because the server has, or {@link #stopLoad}. */
    void awaitLoadEnd() throws InterruptedException {
        for (Thread thread : load) {
            thread.join();
        }
        load.clear();
        RuntimeException violation = violations.poll();
        if (violation != null) {
            throw violation;
        }
    }

    /** Ends the load with all replies taken. */
    void stopLoad() throws InterruptedException {
        stopping = true;
        awaitLoadEnd();
    }

    /** Lets the writers write for a while. */
    void loadFor(int millis) throws IOException, InterruptedException {
        startLoad();
        TimeUnit.MILLISECONDS.sleep(millis);
        stopLoad();
    }

    /** SIGKILL, with the load if there is any. */
    void kill() throws IOException, InterruptedException {
        server().kill();
        stopLoad(); // who has sent all that it may would not notice that the server has gone
        run.count("kills", 1);
    }

    /** SIGTERM, which must end the server with exit code 0. */
    void terminate() throws IOException, InterruptedException {
        int exitCode = server().terminate();
        stopLoad();
        Violation.unless(exitCode == 0, "exit code %d after SIGTERM", exitCode);
    }

    /** Checks everything; the ids of older events only in part unless {@code thoroughly}. */
    void check(boolean thoroughly) throws IOException, InterruptedException {
        check(thoroughly, Set.of());
    }

    /** Checks everything but partitions that must be out of service. */
    void check(boolean thoroughly, Set<Integer> outOfService)
            throws IOException, InterruptedException {
        checker.check(server().port(), thoroughly, outOfService);
        checked = true;
        if (outOfService.isEmpty()) {
            for (Follower follower : followers) {
                follower.check(checker.partitions());
            }
            if (followers.size() == 1) {
                followSomeStreams();
            }
        }
        run.count("checks", 1);
    }

    /** Checks what can be read while nothing can be written. */
    void checkReads() throws IOException {
        checker.checkReads(server().port());
        run.count("checks", 1);
    }

    /** Has no subscribers any more: they end with the first partition that fails. */
    void withoutFollowers() {
        followers.forEach(Follower::close);
        followers.clear();
    }

    /** Goes on in another directory, which holds a copy of the data. */
    void moveTo(Path copy) {
        data = copy;
    }

    /** Partitions that INFO says to be out of service. */
    Set<Integer> outOfService(int partitionCount) throws IOException {
        Set<Integer> failed = new TreeSet<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            if (info("partitions", "partition_" + partition).contains("state=failed")) {
                failed.add(partition);
            }
        }
        return failed;
    }

    /** Waits until more attempts are stored than now. */
    void awaitProgress(int timeoutSeconds) throws InterruptedException {
        int before = ledger.with(Outcome.STORED).size();
        Violation.unlessWithin(
                timeoutSeconds,
                () -> ledger.with(Outcome.STORED).size() > before,
                () -> "no append was acknowledged");
    }

    /** Begins late, so that it has history to read through. */
    private void followSomeStreams() {
        Map<String, UUID> chosen = new HashMap<>();
        ledger.streams().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .limit(FOLLOWED_STREAMS)
                .forEach(stream -> chosen.put(stream.getKey(), stream.getValue()));
        if (!chosen.isEmpty()) {
            Follower follower = Follower.ofStreams(chosen);
            follower.follow(server().port());
            followers.add(follower);
        }
    }

    /** The value of a field of INFO, or an empty text. */
    String info(String section, String field) throws IOException {
        try (Connection connection = new Connection(server().port())) {
            RespValue reply = connection.call("INFO", section);
            return reply.toString()
                    .lines()
                    .filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.substring(field.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }

    /** Waits until a writer has been refused in words that begin in one of these ways. */
    void awaitRefusal(int timeoutSeconds, String... beginnings) throws InterruptedException {
        Violation.unlessWithin(
                timeoutSeconds,
                () -> Stream.of(beginnings).anyMatch(this::wasRefused),
                () ->
                        "no append was refused with %s, but with %s"
                                .formatted(List.of(beginnings), refusals()));
    }

    /** Whether the last refusal of a writer begins so. */
    boolean wasRefused(String beginning) {
        return refusals().stream().anyMatch(refusal -> refusal.startsWith(beginning));
    }

    /** The last refusals of the writers that have had any. */
    List<String> refusals() {
        return writers.stream().map(Writer::lastRefusal).filter(Objects::nonNull).toList();
    }

    void forgetRefusals() {
        writers.forEach(Writer::forgetRefusal);
    }

    /** Fails if the server complained of what only a broken disk or program brings about. */
    void requireQuietLog() {
        for (String line : server().log()) {
            Violation.unless(
                    !line.contains("ERROR") && !line.contains("Exception"),
                    "the server logged: %s",
                    line);
        }
    }

    /** Adds what the clients know to the summary. */
    void report() {
        run.count("acknowledged", ledger.events(Outcome.STORED));
    }

    @Override
    public void close() {
        followers.forEach(Follower::close);
        stopping = true;
        if (server != null) {
            server.close();
        }
    }
}
