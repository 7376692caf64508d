package io.sierra.bench.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code bin/crash-test}: runs scenarios and prints a table of what came of them. */
@Command(
        name = "crash-test",
        description = "Kills, stops, starves and damages a real server and checks what it keeps.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit codes: 0 all scenarios passed or were skipped, 1 one failed, 2 wrong usage.",
            "What a scenario chooses at random follows from the seed; when things happen in the",
            "server does not, so that a seed may have to be run a few times."
        })
final class CrashMain implements Callable<Integer> {
    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "Which to run; all of them if none is named.")
    List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "List the scenarios and what they need; run nothing.")
    boolean list;

    @Option(
            names = "--rounds",
            defaultValue = "25",
            description = "Kills under load, and repeats of what is repeated; ${DEFAULT-VALUE}.")
    int rounds;

    @Option(names = "--seed", description = "Of what is chosen at random; random by default.")
    @Nullable Long seed;

    @Option(
            names = "--dir",
            description = "Where data and logs go; a temporary directory by default.")
    @Nullable Path directory;

    @Option(names = "--home", hidden = true, defaultValue = ".")
    Path home = Path.of(".");

    @Option(names = "--keep", description = "Keep data and logs also if all went well.")
    boolean keep;

    private CrashMain() {}

    /** The program. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CrashMain()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        List<Scenario> chosen = chosen();
        if (list) {
            chosen.forEach(CrashMain::describe);
            return 0;
        }
        Path work = directory == null ? Files.createTempDirectory("crash-test") : directory;
        ScenarioRunner runner =
                new ScenarioRunner(home.toAbsolutePath().normalize(), work, System.out);
        long firstSeed = seed == null ? new Random().nextInt(1_000_000_000) : seed;
        List<ScenarioRunner.Result> results = new ArrayList<>();
        for (Scenario scenario : chosen) {
            results.add(runner.run(scenario, rounds, firstSeed, keep));
        }
        ScenarioRunner.print(results, System.out);
        if (!keep && results.stream().noneMatch(ScenarioRunner.Result::isFailure)) {
            Directories.delete(work);
        }
        return results.stream().anyMatch(ScenarioRunner.Result::isFailure) ? 1 : 0;
    }

    private List<Scenario> chosen() {
        List<Scenario> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(
                    Scenarios.ALL.stream()
                            .filter(scenario -> scenario.name().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    new CommandLine.ParameterException(
                                            new CommandLine(this),
                                            "there is no scenario '"
                                                    + name
                                                    + "'; --list shows them")));
        }
        return chosen.isEmpty() ? Scenarios.ALL : chosen;
    }

    private static void describe(Scenario scenario) {
        List<String> missing = scenario.missing();
        System.out.printf(
                "%-18s %s%s%n",
                scenario.name(),
                scenario.description(),
                missing.isEmpty() ? "" : " (not here: needs " + String.join(", ", missing) + ")");
    }
}
