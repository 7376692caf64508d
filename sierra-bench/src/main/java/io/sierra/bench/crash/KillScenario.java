package io.sierra.bench.crash;

import io.sierra.bench.crash.StoreUnderTest.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * SIGKILL at random moments: under load, while the server recovers and while it starts for the
 * first time. Small segments let many kills fall into roll-overs, index files and merges, large
 * ones into spare files. Half of the kills wait for a file to be created or renamed and follow at
 * once.
 */
final class KillScenario {
    private static final int ROUNDS_OF_STORE = 12;
    private static final int MAX_LOAD_MILLIS = 1_500;
    private static final int MAX_START_MILLIS = 1_500;
    private static final int MAX_FILE_CHANGES = 12;

    private final Run run;
    private final SplittableRandom random;

    private KillScenario(Run run) {
        this.run = run;
        this.random = run.random();
    }

    static void run(Run run) throws IOException, InterruptedException {
        KillScenario scenario = new KillScenario(run);
        for (int left = run.rounds(); left > 0; left -= ROUNDS_OF_STORE) {
            scenario.runStore(Math.min(left, ROUNDS_OF_STORE));
        }
    }

    private void runStore(int rounds) throws IOException, InterruptedException {
        boolean spares = random.nextInt(4) == 0;
        int segmentBytes = spares ? 12 << 20 : 128 << 10 << random.nextInt(4);
        Shape shape = new Shape(segmentBytes, 1 << random.nextInt(3), 8 << random.nextInt(3));
        Writer.Profile profile =
                new Writer.Profile(spares ? 90 : 3, 2 * segmentBytes, 20, spares ? 900 : 1_500);
        Path data = run.newDirectory("kill");
        try (StoreUnderTest store = new StoreUnderTest(run, data, shape, profile)) {
            run.say("new store: %s", shape);
            killDuringStart(store, 2);
            for (int round = 1; round <= rounds; round++) {
                store.start();
                store.check(false);
                store.requireQuietLog();
                String moment = killUnderLoad(store);
                killDuringStart(store, 3);
                run.say(
                        "round %d: killed %s, %d attempts so far",
                        round, moment, store.ledger().attempts().size());
            }
            store.start();
            store.check(true);
            store.requireQuietLog();
            store.terminate();
            store.start();
            Violation.unless(
                    store.info("persistence", "recovery").equals("clean"),
                    "after a clean stop recovery is not clean: %s",
                    store.info("persistence", "recovery"));
            store.check(true);
            store.terminate();
            store.report();
        }
        Directories.delete(data);
    }

    /** Kills a server once or more while it starts, or not at all. */
    private void killDuringStart(StoreUnderTest store, int oneIn)
            throws IOException, InterruptedException {
        while (random.nextInt(oneIn) == 0) {
            store.launch();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_START_MILLIS));
            store.kill();
            run.count("kills during start", 1);
        }
    }

    private String killUnderLoad(StoreUnderTest store) throws IOException, InterruptedException {
        int millis = random.nextInt(MAX_LOAD_MILLIS);
        if (random.nextBoolean()) {
            store.startLoad();
            TimeUnit.MILLISECONDS.sleep(millis);
            store.kill();
            return "after " + millis + " ms";
        }
        int changes = 1 + random.nextInt(MAX_FILE_CHANGES);
        try (FileChanges files = new FileChanges(store.data())) {
            store.startLoad();
            String last = files.await(changes, MAX_LOAD_MILLIS);
            store.kill();
            return "at " + last;
        }
    }
}
