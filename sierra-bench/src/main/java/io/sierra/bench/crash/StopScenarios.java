package io.sierra.bench.crash;

import io.sierra.bench.crash.StoreUnderTest.Shape;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A server that is told to stop, is stopped for a while, or has company. */
final class StopScenarios {
    private static final Writer.Profile PROFILE = new Writer.Profile(3, 0, 5, 5_000);
    private static final int STOPS = 4;
    private static final int LOAD_MILLIS = 700;
    private static final int PAUSE_MILLIS = 3_000;

    /** Generous, because the machine may be busy with other tests; benchmarks measure it. */
    private static final long MAX_RECOVERY_MILLIS = 20_000;

    private static final int EXIT_SECONDS = 60;

    private StopScenarios() {}

    /** SIGTERM under load. */
    static void terminate(Run run) throws IOException, InterruptedException {
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("stop"), Shape.SMALL, PROFILE)) {
            for (int i = 0; i < STOPS; i++) {
                store.start();
                requireCleanStart(store);
                store.check(true);
                store.startLoad();
                TimeUnit.MILLISECONDS.sleep(1 + run.random().nextInt(LOAD_MILLIS));
                store.terminate();
                store.requireQuietLog();
                run.count("stops", 1);
            }
            store.start();
            requireCleanStart(store);
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    private static void requireCleanStart(StoreUnderTest store) throws IOException {
        String recovery = store.info("persistence", "recovery");
        long millis = Long.parseLong(store.info("persistence", "recovery_millis"));
        Violation.unless(recovery.equals("clean"), "recovery after a clean stop: %s", recovery);
        Violation.unless(
                millis < MAX_RECOVERY_MILLIS, "recovery after a clean stop took %d ms", millis);
    }

    /** SIGSTOP and SIGCONT under load: clients wait, and go on. */
    static void pause(Run run) throws IOException, InterruptedException {
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("pause"), Shape.SMALL, PROFILE)) {
            store.start();
            store.startLoad();
            store.awaitProgress(30);
            store.server().signal("STOP");
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            store.server().signal("CONT");
            store.awaitProgress(30);
            store.stopLoad();
            store.check(true);
            store.requireQuietLog();
            store.startLoad();
            store.awaitProgress(30);
            store.server().signal("STOP");
            store.kill(); // one that hangs is killed by its operator
            store.start();
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    /** A second server on the same directory is refused, and the first one serves on. */
    static void second(Run run) throws IOException, InterruptedException {
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("second"), Shape.SMALL, PROFILE)) {
            ServerProcess first = store.start();
            store.startLoad();
            store.awaitProgress(30);
            try (ServerProcess second = store.launch()) {
                requireRefusal(second, "is in use by process " + first.pid());
            }
            store.use(first);
            store.awaitProgress(30);
            store.stopLoad();
            store.check(true);
            store.requireQuietLog();
            store.kill();
            store.start(); // what the first one left does not keep it from starting
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    /** A server must not start, and say why. */
    static void requireRefusal(ServerProcess server, String reason)
            throws IOException, InterruptedException {
        Violation.unless(!server.awaitReady(), "it started, though: %s", reason);
        int exitCode = server.awaitExit(EXIT_SECONDS);
        String log = String.join("\n  ", server.log());
        Violation.unless(exitCode == 1, "exit code %d, not 1; it said\n  %s", exitCode, log);
        Violation.unless(
                server.logLine(reason) != null, "it did not say '%s' but\n  %s", reason, log);
        Violation.unless(
                server.logLine("\tat ") == null, "a stack trace is no message:\n  %s", log);
    }
}
