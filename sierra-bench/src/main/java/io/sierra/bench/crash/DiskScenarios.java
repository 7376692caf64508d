package io.sierra.bench.crash;

import io.sierra.bench.crash.StoreUnderTest.Shape;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Disks that are full, or can no longer be written. */
final class DiskScenarios {
    private static final int DISK_MEGABYTES = 160;
    private static final int FIRST_BALLAST_MEGABYTES = 90;
    private static final Shape SHAPE = new Shape(1 << 20, 2, 8);
    private static final Writer.Profile PROFILE = new Writer.Profile(60, 0, 0, 1_000_000);
    private static final int PATIENCE_SECONDS = 90;
    private static final String WRITE_FAILED = "WRITEERR outcome unknown";
    private static final String NO_ROOM = "DBOPFAILED database operation failed: bucket";
    private static final String DISK_FULL = "DBOPFAILED database operation failed: disk full";

    private DiskScenarios() {}

    static void fullTmpfs(Run run) throws IOException, InterruptedException {
        try (Mounts disk = Mounts.tmpfs(run.directory().resolve("disk"), DISK_MEGABYTES)) {
            full(run, disk.point());
        }
    }

    static void fullExt4(Run run) throws IOException, InterruptedException {
        try (Mounts disk = Mounts.ext4(run.directory().resolve("disk"), DISK_MEGABYTES)) {
            full(run, disk.point());
        }
    }

    private static void full(Run run, Path disk) throws IOException, InterruptedException {
        Path ballast = disk.resolve("ballast");
        Path rest = disk.resolve("rest");
        fill(ballast, FIRST_BALLAST_MEGABYTES);
        try (StoreUnderTest store = new StoreUnderTest(run, disk.resolve("data"), SHAPE, PROFILE)) {
            store.start();
            run.say("the store fills the disk");
            store.startLoad();
            requireDiskFull(store);

            run.say("others fill what was left, restart on the full disk");
            fill(rest, Integer.MAX_VALUE);
            store.kill();
            store.start();
            store.check(true);
            store.startLoad();
            requireDiskFull(store);

            run.say("others make room: it resumes by itself");
            store.startLoad();
            Files.delete(ballast);
            Files.delete(rest);
            store.awaitProgress(PATIENCE_SECONDS);
            store.stopLoad();
            requireWritable(store);
            store.check(false);

            run.say("others fill the disk to the last byte while it writes");
            store.startLoad();
            store.awaitProgress(PATIENCE_SECONDS);
            fill(rest, Integer.MAX_VALUE);
            requireDiskFull(store);
            store.startLoad();
            Files.delete(rest);
            store.awaitProgress(PATIENCE_SECONDS);
            store.stopLoad();
            store.check(true);
            requireWritable(store);

            run.say("stop and start on the full disk");
            fill(rest, Integer.MAX_VALUE);
            store.terminate();
            store.start();
            store.check(true);
            store.terminate();
            store.report();
        }
    }

    /** Ends the load. */
    private static void requireDiskFull(StoreUnderTest store)
            throws IOException, InterruptedException {
        store.awaitRefusal(PATIENCE_SECONDS, DISK_FULL);
        store.stopLoad();
        store.check(false);
        Violation.unless(
                store.server().logLine("appends are refused") != null,
                "the log does not say that the disk is full");
        Violation.unless(
                store.info("persistence", "aof_last_write_status").equals("err"),
                "INFO does not say that something is wrong");
        String buckets =
                store.info("persistence", "bucket_0") + " " + store.info("persistence", "bucket_1");
        Violation.unless(
                buckets.contains("state=read-only") && buckets.contains("reason=disk full"),
                "INFO does not say that the disk is full: %s",
                buckets);
        Violation.unless(!buckets.contains("state=failed"), "a bucket has failed: %s", buckets);
    }

    private static void requireWritable(StoreUnderTest store) throws IOException {
        String status = store.info("persistence", "aof_last_write_status");
        Violation.unless(status.equals("ok"), "INFO says %s though there is room", status);
        Violation.unless(
                store.server().logLine("there is room again") != null,
                "the log does not say that appends resume");
    }

    /** Writes a file until it has so many megabytes, or the disk has no byte left. */
    private static void fill(Path file, int megabytes) throws IOException {
        byte[] block = new byte[1 << 20];
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            try {
                for (int i = 0; i < megabytes; i++) {
                    out.write(block);
                }
                return;
            } catch (IOException _) {
                block = new byte[1];
            }
            while (true) {
                out.write(block);
            }
        } catch (IOException _) {
            // Full, which was the aim.
        }
    }

    /** The file system turns read-only under load, as ext4 does after an error of its disk. */
    static void readOnly(Run run) throws IOException, InterruptedException {
        try (Mounts disk = Mounts.ext4(run.directory().resolve("disk"), DISK_MEGABYTES);
                StoreUnderTest store =
                        new StoreUnderTest(run, disk.point().resolve("data"), SHAPE, PROFILE)) {
            store.start();
            store.startLoad();
            store.awaitProgress(PATIENCE_SECONDS);
            disk.remount("abort"); // ro alone is refused while files are open for writing
            store.awaitRefusal(PATIENCE_SECONDS, WRITE_FAILED, NO_ROOM);
            store.stopLoad();
            run.say("refused: %s", store.refusals());
            store.checkReads();
            Violation.unless(
                    store.info("persistence", "aof_last_write_status").equals("err"),
                    "INFO does not say that something is wrong");
            int exitCode = store.server().terminate();
            run.say("exit code on the read-only disk: %d", exitCode);

            disk.unmount();
            disk.mount();
            disk.remount("ro");
            try (ServerProcess refused = store.launch()) {
                StopScenarios.requireRefusal(refused, "ead-only file system");
                run.say("start: %s", refused.log().getLast());
            }
            disk.remount("rw");
            store.start();
            store.check(true);
            store.loadFor(500);
            store.check(true);
            store.terminate();
            store.report();
        }
    }
}
