package io.sierra.storage;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs {@link StoreSimulation}s from the command line; see {@link #USAGE}. */
final class Simulate {
    private static final String USAGE =
            """
            usage: bin/simulate [--seeds FROM..TO | --for DURATION] [--threads N]
                   bin/simulate --seed N [--trace]

            Lives of a store on a simulated disk that fails, fills up, rots and loses power; each
            seed is another one.

              --seeds FROM..TO  these seeds, both included (default 0..9999)
              --for DURATION    random seeds for so long: 90s, 10m, 2h
              --threads N       seeds at a time (default: one for each processor)
              --seed N          this seed only
              --trace           print each step
            """;

    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(5);
    private static final Pattern RANGE = Pattern.compile("(-?\\d+)\\.\\.(-?\\d+)");
    private static final Pattern DURATION = Pattern.compile("(\\d+)([smh])");

    private final PrintStream out = System.out;
    private long first;
    private long end = 10_000;
    private @Nullable Duration duration;
    private int threads = Runtime.getRuntime().availableProcessors();
    private @Nullable Long seed;
    private boolean trace;

    private Simulate() {}

    public static void main(String[] args) throws Exception {
        Simulate simulate = new Simulate();
        try {
            simulate.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("simulate: " + e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
        }
        System.exit(simulate.run() ? 0 : 1);
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--seeds" -> parseRange(value(args, ++i));
                case "--for" -> parseDuration(value(args, ++i));
                case "--threads" -> threads = (int) number("--threads", value(args, ++i), 1, 1_024);
                case "--seed" ->
                        seed = number("--seed", value(args, ++i), Long.MIN_VALUE, Long.MAX_VALUE);
                case "--trace" -> trace = true;
                case "--help", "-h" -> {
                    out.print(USAGE);
                    System.exit(0);
                }
                default -> throw new IllegalArgumentException("unknown argument " + args[i]);
            }
        }
        if (trace && seed == null) {
            throw new IllegalArgumentException("--trace goes with --seed");
        }
    }

    private static String value(String[] args, int i) {
        if (i == args.length) {
            throw new IllegalArgumentException(args[i - 1] + " needs a value");
        }
        return args[i];
    }

    private static long number(String name, String text, long min, long max) {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s must be a number from %d to %d, not %s".formatted(name, min, max, text));
    }

    private void parseRange(String text) {
        Matcher matcher = RANGE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--seeds must be FROM..TO, not " + text);
        }
        first = number("--seeds", matcher.group(1), Long.MIN_VALUE, Long.MAX_VALUE - 1);
        end = number("--seeds", matcher.group(2), first, Long.MAX_VALUE - 1) + 1;
    }

    private void parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("--for must be like 90s, 10m or 2h, not " + text);
        }
        long amount = number("--for", matcher.group(1), 1, 1_000_000);
        duration =
                switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                };
        first = System.currentTimeMillis() << 20;
        end = Long.MAX_VALUE;
    }

    private boolean run() throws Exception {
        return seed == null ? runMany() : runOne(seed);
    }

    private boolean runOne(long only) throws IOException {
        SimulationTrace to = trace ? SimulationTrace.to(out::println) : SimulationTrace.off();
        try {
            new StoreSimulation(only, to).run();
        } catch (IOException | RuntimeException | Error e) {
            e.printStackTrace(out);
            out.println("seed " + only + " fails");
            return false;
        }
        out.println("seed " + only + " is fine");
        return true;
    }

    private boolean runMany() throws InterruptedException {
        SimulationRun run = new SimulationRun(first, end);
        long start = System.nanoTime();
        Duration limit = duration;
        Thread progress = Thread.ofVirtual().start(() -> showProgress(run, start));
        run.run(
                threads,
                () -> limit != null && System.nanoTime() - start >= limit.toNanos(),
                this::tell);
        progress.interrupt();
        progress.join();
        tellProgress(run, start);
        run.failures().forEach(failed -> out.println(replay(failed.seed())));
        return run.failures().isEmpty();
    }

    private void tell(SimulationRun.FailedSeed failed) {
        String problem = String.valueOf(failed.problem().getMessage()).strip();
        out.printf("seed %d fails: %s%n%s%n", failed.seed(), problem, replay(failed.seed()));
    }

    /** The command that runs a seed again. */
    static String replay(long seed) {
        return "  bin/simulate --seed " + seed + " --trace";
    }

    private void showProgress(SimulationRun run, long start) {
        try {
            while (true) {
                Thread.sleep(PROGRESS_EVERY);
                tellProgress(run, start);
            }
        } catch (InterruptedException _) {
            return; // everything is done
        }
    }

    private void tellProgress(SimulationRun run, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(
                Locale.ROOT,
                "%,d seeds in %.0f s, %.0f/s, %d failed%n",
                run.done(),
                seconds,
                run.done() / seconds,
                run.failures().size());
    }
}
