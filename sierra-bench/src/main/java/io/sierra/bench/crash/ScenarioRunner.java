package io.sierra.bench.crash;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Runs scenarios one after the other and says what came of them. */
final class ScenarioRunner {
    private final Path home;
    private final Path work;
    private final PrintStream out;

    /**
     * A runner.
     *
     * @param home the project's directory
     * @param work gets a directory for each scenario
     */
    ScenarioRunner(Path home, Path work, PrintStream out) {
        this.home = home;
        this.work = work;
        this.out = out;
    }

    /** What came of a scenario. */
    enum Outcome {
        PASSED,
        SKIPPED,
        FAILED
    }

    /** What came of a scenario, and how. */
    record Result(String name, Outcome outcome, long millis, String details) {
        boolean isFailure() {
            return outcome == Outcome.FAILED;
        }
    }

    /** Runs a scenario; its data is deleted unless it fails or is to be kept. */
    Result run(Scenario scenario, int rounds, long seed, boolean keep) throws IOException {
        List<String> missing = scenario.missing();
        if (!missing.isEmpty()) {
            String needs = "NOT RUN, needs " + String.join(", ", missing);
            out.println("=== " + scenario.name() + ": " + needs);
            return new Result(scenario.name(), Outcome.SKIPPED, 0, needs);
        }
        String replay =
                "bin/crash-test --seed %d --rounds %d %s".formatted(seed, rounds, scenario.name());
        out.println("=== " + scenario.name() + ": " + replay);
        Path directory = work.resolve(scenario.name());
        Directories.delete(directory);
        Files.createDirectories(directory);
        Run run = new Run(home, directory, rounds, seed + scenario.name().hashCode(), out);
        long start = System.nanoTime();
        Outcome outcome = Outcome.FAILED;
        String details;
        try {
            scenario.body().run(run);
            outcome = Outcome.PASSED;
            details = counts(run);
        } catch (Violation e) {
            details = String.valueOf(e.getMessage());
        } catch (IOException | RuntimeException e) {
            details = e.toString();
            e.printStackTrace(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            details = e.toString();
        }
        if (outcome == Outcome.FAILED) {
            out.println("FAILED: " + details + "\n    data and logs: " + directory);
            out.println("    again: " + replay);
        } else if (!keep) {
            Directories.delete(directory);
        }
        long millis = (System.nanoTime() - start) / 1_000_000;
        return new Result(scenario.name(), outcome, millis, details);
    }

    private static String counts(Run run) {
        return run.counts().entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Prints a table. */
    static void print(List<Result> results, PrintStream out) {
        out.printf("%n%-18s %-8s %8s  %s%n", "scenario", "result", "seconds", "");
        for (Result result : results) {
            out.printf(
                    "%-18s %-8s %8.1f  %s%n",
                    result.name(),
                    result.outcome(),
                    result.millis() / 1e3,
                    result.details().lines().findFirst().orElse(""));
        }
    }
}
