package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import io.sierra.bench.crash.StoreUnderTest.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A disk that reports an error once, when a batch is synced or written. A library that is loaded
 * before the system's lets the calls of one bucket fail.
 */
final class DiskFaultScenario {
    private static final Shape SHAPE = Shape.SMALL;
    private static final Writer.Profile PROFILE = new Writer.Profile(3, 0, 5, 100_000);
    private static final int FAILING_BUCKET = 0;
    private static final String WRITE_FAILED =
            "WRITEERR outcome unknown, bucket 0 takes no more writes until a restart";
    private static final String NO_ROOM =
            "DBOPFAILED database operation failed: bucket 0 gets no room on the disk";
    private static final int EIO = 5;
    private static final int PATIENCE_SECONDS = 60;
    private static final int AFTERWARDS_MILLIS = 700;

    private DiskFaultScenario() {}

    static void failedSync(Run run) throws IOException, InterruptedException {
        run(run, "fdatasync");
    }

    static void failedWrite(Run run) throws IOException, InterruptedException {
        run(run, "pwrite");
    }

    private static void run(Run run, String call) throws IOException, InterruptedException {
        Path library = build(run.directory());
        Path control = run.directory().resolve("disk-faults");
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("fault"), SHAPE, PROFILE)) {
            store.withoutFollowers();
            store.set("LD_PRELOAD", library.toString());
            store.set("DISK_FAULTS", control.toString());
            store.start();
            store.loadFor(AFTERWARDS_MILLIS);
            store.check(false);

            store.startLoad();
            String fault = call + " buckets/00000/segments " + EIO + "\n";
            while (!meetsBatch(store, control, fault)) {
                run.say("%s failed where room was made, appends go on", call);
            }
            run.say("refused: %s", store.refusals());
            long stored = storedInFailedBucket(store);
            store.awaitProgress(PATIENCE_SECONDS); // in the other bucket
            TimeUnit.MILLISECONDS.sleep(AFTERWARDS_MILLIS);
            store.stopLoad();
            Violation.unless(
                    storedInFailedBucket(store) == stored,
                    "bucket 0 acknowledged appends after its %s had failed",
                    call);
            requireFailureIsTold(store);
            store.checkReads();

            store.kill();
            store.start();
            store.check(true);
            store.loadFor(AFTERWARDS_MILLIS);
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    /**
     * Lets the disk fail until an append is refused.
     *
     * @return false if the fault has not met a batch but room for one, in a segment that is full or
     *     new: nothing of that was acknowledged, and appends have resumed
     */
    private static boolean meetsBatch(StoreUnderTest store, Path control, String fault)
            throws IOException, InterruptedException {
        store.forgetRefusals();
        Files.writeString(control, fault);
        try {
            store.awaitRefusal(PATIENCE_SECONDS, WRITE_FAILED, NO_ROOM);
        } finally {
            Files.delete(control);
        }
        long stored = storedInFailedBucket(store);
        Violation.unlessWithin(
                PATIENCE_SECONDS,
                () -> store.wasRefused(WRITE_FAILED) || storedInFailedBucket(store) > stored,
                () -> "appends to bucket 0 did not resume after " + store.refusals());
        return store.wasRefused(WRITE_FAILED);
    }

    private static void requireFailureIsTold(StoreUnderTest store) throws IOException {
        String failed = store.info("persistence", "bucket_0");
        Violation.unless(
                failed.contains("state=failed") && failed.contains("reason="),
                "INFO of the bucket is %s",
                failed);
        Violation.unless(
                store.info("persistence", "bucket_1").contains("state=writable"),
                "the other bucket does not serve");
        Violation.unless(
                store.info("persistence", "aof_last_write_status").equals("err"),
                "INFO says that all is well");
        Violation.unless(
                store.server().logLine("bucket 0 takes no more writes until restart") != null,
                "the log does not say that the bucket has failed");
    }

    private static long storedInFailedBucket(StoreUnderTest store) {
        return store.ledger().with(Outcome.STORED).stream()
                .filter(attempt -> !attempt.positions().isEmpty())
                .filter(attempt ->
                        attempt.positions().getFirst().partitionId() % SHAPE.buckets()
                                == FAILING_BUCKET)
                .count();
    }

    private static Path build(Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve("disk-faults.c");
        Path library = directory.resolve("libdiskfaults.so");
        try (InputStream in =
                Objects.requireNonNull(
                        DiskFaultScenario.class.getResourceAsStream("disk-faults.c"))) {
            Files.copy(in, source);
        }
        Shell.run("gcc", "-O2", "-shared", "-fPIC", "-o", library + "", source + "", "-ldl");
        return library;
    }
}
