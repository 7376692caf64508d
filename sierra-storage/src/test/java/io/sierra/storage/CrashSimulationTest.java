package io.sierra.storage;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lives of a store, each with random appends and several ends of the process or of the power, some
 * of them in the middle of an operation on the disk. What was acknowledged is there afterwards,
 * what was not is there as a whole or not at all.
 */
final class CrashSimulationTest {
    private static final int SEEDS = 300;

    static LongStream seeds() {
        Long seed = Long.getLong("sierra.seed");
        return seed != null ? LongStream.of(seed) : LongStream.range(0, SEEDS);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void acknowledgedTransactionsSurviveEveryCrash(long seed) throws Exception {
        new StoreSimulation(seed).run();
    }
}
