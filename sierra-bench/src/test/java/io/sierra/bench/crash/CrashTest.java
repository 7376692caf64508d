package io.sierra.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scenarios that are over soon; {@code bin/crash-test} has all of them, for as long as wanted.
 */
final class CrashTest {
    private static final int ROUNDS = 4;

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "failed-sync", "few-files"})
    void scenario(String name) throws Exception {
        Scenario scenario =
                Scenarios.ALL.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
        List<String> missing = scenario.missing();
        assumeTrue(missing.isEmpty(), () -> "needs " + missing);
        long seed = Long.getLong("sierra.seed", System.nanoTime() % 1_000_000_000);
        ScenarioRunner runner =
                new ScenarioRunner(Path.of("..").toRealPath(), directory, System.out);

        ScenarioRunner.Result result = runner.run(scenario, ROUNDS, seed, true);

        assertThat(result.outcome())
                .as("-Dsierra.seed=%d %s", seed, result.details())
                .isEqualTo(ScenarioRunner.Outcome.PASSED);
    }
}
