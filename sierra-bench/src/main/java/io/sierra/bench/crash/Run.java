package io.sierra.bench.crash;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** One run of one scenario: where it may work, what it chooses at random, what it has counted. */
final class Run {
    private final Path home;
    private final Path directory;
    private final int rounds;
    private final SplittableRandom random;
    private final PrintStream out;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private int stores;

    /**
     * A run.
     *
     * @param home the project's directory
     * @param directory empty, for everything that the run makes
     * @param rounds how often a scenario with rounds is to do what it does
     */
    Run(Path home, Path directory, int rounds, long seed, PrintStream out) {
        this.home = home;
        this.directory = directory;
        this.rounds = rounds;
        this.random = new SplittableRandom(seed);
        this.out = out;
    }

    Path home() {
        return home;
    }

    Path directory() {
        return directory;
    }

    int rounds() {
        return rounds;
    }

    SplittableRandom random() {
        return random;
    }

    /** A directory that no other store of this run has. */
    Path newDirectory(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name + "-" + stores++));
    }

    /** Says what is being done. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among the libraries
    void say(String format, Object... arguments) {
        out.println("    " + format.formatted(arguments));
        out.flush();
    }

    /** Adds to a number of the summary. */
    void count(String what, long more) {
        counts.merge(what, more, Long::sum);
    }

    /** The numbers of the summary. */
    Map<String, Long> counts() {
        return counts;
    }
}
