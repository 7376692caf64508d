package io.sierra.bench.crash;

import io.sierra.bench.crash.StoreUnderTest.Shape;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that may open few files. */
final class LimitScenarios {
    private static final Shape SHAPE = new Shape(128 << 10, 4, 16);
    private static final Writer.Profile PROFILE = new Writer.Profile(10, 0, 5, 3_000);
    private static final List<Integer> TINY = List.of(24, 40, 60, 90);
    private static final int SMALL = 160;
    private static final int CONNECTIONS = 300;
    private static final int LOAD_MILLIS = 1_500;
    private static final int WATCH_SECONDS = 4;
    private static final double MAX_IDLE_LOAD = 0.5;

    private LimitScenarios() {}

    static void run(Run run) throws IOException, InterruptedException {
        for (int files : TINY) {
            startWith(run, files);
        }
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("few-files"), SHAPE, PROFILE)) {
            store.setLimits("ulimit -n " + SMALL);
            store.start();
            store.startLoad();
            store.awaitProgress(30);
            List<Connection> crowd = crowd(store.server().port());
            run.say("%d of %d connections got in", crowd.size(), CONNECTIONS);
            store.awaitProgress(30);
            TimeUnit.MILLISECONDS.sleep(LOAD_MILLIS);
            store.stopLoad();
            requireIdle(run, store);
            for (int bucket = 0; bucket < SHAPE.buckets(); bucket++) {
                String state = store.info("persistence", "bucket_" + bucket);
                Violation.unless(state.contains("state=writable"), "bucket: %s", state);
            }
            crowd.forEach(Connection::close);
            store.check(true);
            store.loadFor(LOAD_MILLIS);
            store.check(true);
            store.kill();
            store.start();
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    /** It serves, or says that it needs more. */
    private static void startWith(Run run, int files) throws IOException, InterruptedException {
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("tiny"), SHAPE, PROFILE)) {
            store.setLimits("ulimit -n " + files);
            ServerProcess server = store.launch();
            if (server.awaitReady()) {
                store.loadFor(LOAD_MILLIS);
                store.check(true);
                store.terminate();
                run.say("with %d open files it serves", files);
                return;
            }
            int exitCode = server.awaitExit(60);
            String log = String.join("\n      ", server.log());
            run.say("with %d open files it ends with %d:\n      %s", files, exitCode, log);
            Violation.unless(exitCode != 0, "exit code 0 with %d open files", files);
            boolean javaItself = server.logLine("main class io.sierra") != null; // came so far
            Violation.unless(
                    javaItself
                            || server.logLine("open files") != null
                            || server.logLine("ile descriptors") != null,
                    "with %d open files it says only\n  %s",
                    files,
                    log);
        }
    }

    /** As many connections as get in, and as many again that knock. */
    private static List<Connection> crowd(int port) {
        List<Connection> crowd = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            try {
                crowd.add(new Connection(port, (int) TimeUnit.SECONDS.toMillis(1)));
            } catch (IOException _) {
                if (i - crowd.size() > 3) {
                    return crowd; // the door is shut
                }
            }
        }
        return crowd;
    }

    /** Whoever cannot accept must not try without end. */
    private static void requireIdle(Run run, StoreUnderTest store) throws InterruptedException {
        Duration before = cpuTime(store);
        TimeUnit.SECONDS.sleep(WATCH_SECONDS);
        double load = cpuTime(store).minus(before).toMillis() / 1e3 / WATCH_SECONDS;
        run.say("idle with a crowd at the door: %.0f %% of a processor", 100 * load);
        Violation.unless(load < MAX_IDLE_LOAD, "it spins: %.2f processors", load);
    }

    private static Duration cpuTime(StoreUnderTest store) {
        return ProcessHandle.of(store.server().pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }
}
