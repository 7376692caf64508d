package io.sierra.bench.crash;

import io.sierra.bench.crash.StoreUnderTest.Shape;
import io.sierra.server.cli.transfer.RespValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Files that were truncated, or in which bits have flipped, while no server ran. */
final class DamageScenarios {
    private static final Shape SHAPE = new Shape(128 << 10, 2, 8);
    private static final Writer.Profile PROFILE = new Writer.Profile(5, 0, 2, 5_000);
    private static final int SEGMENTS = 5;

    private final Run run;
    private final StoreUnderTest store;
    private final Path intact;

    private DamageScenarios(Run run, StoreUnderTest store) {
        this.run = run;
        this.store = store;
        this.intact = store.data();
    }

    /** What is done to a copy of a store. */
    private interface Damage {
        void doTo(StoreFiles files) throws IOException;
    }

    static void run(Run run) throws IOException, InterruptedException {
        try (StoreUnderTest store =
                new StoreUnderTest(run, run.newDirectory("damage"), SHAPE, PROFILE)) {
            store.withoutFollowers();
            store.start();
            while (new StoreFiles(store.data(), 0, run.random()).segments().size() < SEGMENTS) {
                store.loadFor(500);
            }
            store.check(true);
            store.terminate();
            DamageScenarios damages = new DamageScenarios(run, store);
            damages.indexes();
            damages.openSegments();
            damages.sealedSegments();
            damages.smallFiles();
            store.report();
        }
    }

    private void indexes() throws IOException, InterruptedException {
        survives("an index file with a flipped bit", files -> files.flipBit(files.anyIndex()));
        survives("a truncated index file", files -> files.truncate(files.anyIndex()));
        survives("no index files", StoreFiles::deleteIndexes);
        survives(
                "index files with a flipped bit each",
                files -> {
                    for (Path index : files.indexes()) {
                        files.flipBit(index);
                    }
                });
    }

    private void openSegments() throws IOException, InterruptedException {
        isRot("a flipped bit in the open segment", files -> files.flipBit(files.openSegment()));
        isRot(
                "a flipped bit in the open segment's header",
                files -> files.flipBitAt(files.openSegment(), 3));
        isRot(
                "a block of zeros in the open segment",
                files -> files.overwriteSome(files.openSegment()));
        isRot("a truncated open segment", files -> files.truncate(files.openSegment()));
        isTornTail(
                "bytes behind the end of the open segment",
                files -> files.writeBehindEnd(files.openSegment()));
        survives(
                "an open segment without the room behind its end",
                files ->
                        files.truncateTo(
                                files.openSegment(), StoreFiles.framesEnd(files.openSegment())));
    }

    private void sealedSegments() throws IOException, InterruptedException {
        isUnreadable(
                "a flipped bit in a sealed segment", files -> files.flipBit(files.sealedSegment()));
        isUnreadable("a truncated sealed segment", files -> files.truncate(files.sealedSegment()));
        isRot("a missing sealed segment", files -> Files.delete(files.sealedSegment()));
        isRot(
                "a missing sealed segment, and no index",
                files -> {
                    Files.delete(files.sealedSegment());
                    files.deleteIndexes();
                });
        isRot(
                "a flipped bit in a sealed segment, and no index",
                files -> {
                    files.flipBit(files.sealedSegment());
                    files.deleteIndexes();
                });
        isRot(
                "a truncated sealed segment, and no index",
                files -> {
                    files.truncate(files.sealedSegment());
                    files.deleteIndexes();
                });
    }

    private void smallFiles() throws IOException, InterruptedException {
        refuses(
                "a truncated meta.json",
                "meta.json is damaged",
                files -> files.truncate(files.file("meta.json")));
        refuses(
                "an empty meta.json",
                "meta.json is damaged",
                files -> files.truncateTo(files.file("meta.json"), 0));
        refuses(
                "no meta.json",
                "meta.json is missing",
                files -> Files.delete(files.file("meta.json")));
        survives(
                "an unfinished meta.json beside the right one",
                files -> Files.writeString(files.file("meta.json.tmp"), "{\"format"));
        survives(
                "a spare file of rubbish",
                files ->
                        Files.write(
                                files.file("buckets/00000/spare.evts"), files.rubbish(100_000)));
        survives("a LOCK of rubbish", files -> Files.write(files.file("LOCK"), files.rubbish(50)));
        isRot(
                "a damage.json of rubbish",
                files -> Files.write(files.file("buckets/00000/damage.json"), files.rubbish(50)));
        isRot(
                "an empty damage.json",
                files -> Files.write(files.file("buckets/00000/damage.json"), new byte[0]));
    }

    /** All is there, and appends go on. */
    private void survives(String what, Damage damage) throws IOException, InterruptedException {
        startWith(what, damage);
        store.check(true);
        requireRecovery("clean");
        end(what);
    }

    /** All is there; what nobody was told about is cut, and that is said. */
    private void isTornTail(String what, Damage damage) throws IOException, InterruptedException {
        startWith(what, damage);
        store.check(true);
        requireRecovery("cut an unfinished write at offset");
        Violation.unless(store.server().logLine("cut an unfinished write") != null, "not logged");
        end(what);
    }

    /** Partitions of the bucket are out of service, also after a restart; all others serve. */
    private void isRot(String what, Damage damage) throws IOException, InterruptedException {
        startWith(what, damage);
        Set<Integer> failed = requireFailedPartitions(what);
        store.check(true, failed);
        boolean isLogged =
                store.server().logLine("damaged") != null
                        || store.server().logLine("are out of service") != null;
        Violation.unless(isLogged, "%s is not logged", what);
        store.kill();
        store.start();
        Set<Integer> again = requireFailedPartitions(what);
        Violation.unless(again.equals(failed), "%s: %s, then %s", what, failed, again);
        store.check(true, failed);
        requireRefusedAppend(failed);
        end(what);
    }

    private Set<Integer> requireFailedPartitions(String what) throws IOException {
        Set<Integer> failed = store.outOfService(SHAPE.partitions());
        Violation.unless(!failed.isEmpty(), "%s: nothing is out of service", what);
        for (int partition : failed) {
            Violation.unless(
                    partition % SHAPE.buckets() == 0,
                    "%s took partition %d of another bucket out of service",
                    what,
                    partition);
        }
        return failed;
    }

    private void requireRefusedAppend(Set<Integer> failed) throws IOException {
        try (Connection server = new Connection(store.server().port())) {
            for (int i = 0; i < SHAPE.partitions() * 8; i++) {
                java.util.UUID key = new java.util.UUID(i, (long) i << 46);
                RespValue reply =
                        server.call("EAPPEND", "after-damage-" + i, "E", "PARTITION_KEY", key);
                boolean refused = reply instanceof RespValue.Failed;
                Violation.unless(
                        refused == failed.contains(i % SHAPE.partitions()),
                        "an append to partition %d is answered with %s",
                        i % SHAPE.partitions(),
                        reply);
            }
        }
    }

    /** Whoever reads it is told; what is elsewhere serves, and nothing wrong is ever given. */
    private void isUnreadable(String what, Damage damage) throws IOException, InterruptedException {
        startWith(what, damage);
        String told = DamagedReads.require(store, SHAPE.partitions(), SHAPE.buckets());
        run.say("%s: %s", what, told);
        end(what);
    }

    /** The server does not start and says why. */
    private void refuses(String what, String reason, Damage damage)
            throws IOException, InterruptedException {
        damageCopy(damage);
        try (ServerProcess server = store.launch()) {
            StopScenarios.requireRefusal(server, reason);
        }
        end(what);
    }

    private void startWith(String what, Damage damage) throws IOException, InterruptedException {
        damageCopy(damage);
        ServerProcess server = store.launch();
        Violation.unless(
                server.awaitReady(),
                "%s: the server does not start:\n  %s",
                what,
                String.join("\n  ", server.log()));
    }

    private void damageCopy(Damage damage) throws IOException {
        Path copy = run.newDirectory("copy");
        for (Path path : Directories.list(intact)) {
            Path target = copy.resolve(intact.relativize(path).toString());
            if (!Files.isDirectory(target)) {
                Files.copy(path, target);
            }
        }
        damage.doTo(new StoreFiles(copy, 0, run.random()));
        store.moveTo(copy);
    }

    private void requireRecovery(String expected) throws IOException {
        String recovery = store.info("persistence", "recovery");
        Violation.unless(recovery.contains(expected), "INFO says recovery is '%s'", recovery);
    }

    private void end(String what) throws IOException, InterruptedException {
        if (store.server().isAlive()) {
            int exitCode = store.server().terminate();
            Violation.unless(exitCode == 0, "%s: exit code %d", what, exitCode);
        }
        run.count("damages", 1);
        run.say("passed: %s", what);
        Directories.delete(store.data());
    }
}
