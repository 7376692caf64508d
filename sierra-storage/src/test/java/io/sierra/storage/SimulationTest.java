package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.SimulationRun.FailedSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lives of a store, each with random appends, faults and several ends of the process or of the
 * power. What was acknowledged is there afterwards, what was not is there as a whole or not at all.
 * {@code bin/simulate} runs as many more as one has time for.
 */
final class SimulationTest {
    private static final int SEEDS = 2_000;

    /** Simulations print it and repeat it: {@code -Dsierra.seed=N} runs no other. */
    private static final String SEED = "sierra.seed";

    @Test
    @Timeout(900)
    void acknowledgedTransactionsSurviveWhateverHappensToTheDisk() {
        Long only = Long.getLong(SEED);
        SimulationRun run =
                only == null ? new SimulationRun(0, SEEDS) : new SimulationRun(only, only + 1);
        run.run(Runtime.getRuntime().availableProcessors(), () -> false, _ -> {});
        assertThat(run.failures()).withFailMessage(() -> describe(run.failures())).isEmpty();
    }

    private static String describe(List<FailedSeed> failures) {
        return failures.stream()
                .limit(20)
                .map(failed -> Simulate.replay(failed.seed()) + "\n" + failed.problem())
                .collect(Collectors.joining("\n", failures.size() + " seeds fail\n", ""));
    }

    @Test
    void sameSeed_sameLife() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(trace(seed)).isEqualTo(trace(seed));
        }
    }

    private static List<String> trace(long seed) throws Exception {
        List<String> steps = new ArrayList<>();
        // Each store has an id of its own, and its checksums depend on that.
        SimulationTrace trace =
                SimulationTrace.to(
                        step -> steps.add(step.replaceAll("(be|is) [0-9a-f]+\\b", "$1 *")));
        new StoreSimulation(seed, trace).run();
        return steps;
    }
}
