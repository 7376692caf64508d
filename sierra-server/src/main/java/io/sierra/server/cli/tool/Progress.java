package io.sierra.server.cli.tool;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how a long command gets on: one line that is drawn anew on a terminal, else a line now and
 * then.
 */
public final class Progress {
    private static final long TERMINAL_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PLAIN_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int BAR_WIDTH = 30;

    /** What is counted. */
    public enum Unit {
        EVENTS {
            @Override
            String text(long count, double seconds) {
                return "%,d events, %,.0f/s".formatted(count, count / seconds);
            }
        },
        BUCKETS {
            @Override
            String text(long count, double seconds) {
                return count == 1 ? "1 bucket" : "%,d buckets".formatted(count);
            }
        },
        BYTES {
            @Override
            String text(long count, double seconds) {
                return "%,.1f MB, %,.1f MB/s".formatted(count / 1e6, count / 1e6 / seconds);
            }
        };

        abstract String text(long count, double seconds);
    }

    private final PrintWriter out;
    private final Unit unit;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long shownNanos;

    Progress(PrintWriter out, Unit unit, boolean terminal, LongSupplier nanoClock) {
        this.out = out;
        this.unit = unit;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.shownNanos = startNanos;
    }

    /** For the user in front of this process, if there is one. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 went back to null where there is none
    public static Progress on(PrintWriter out, Unit unit) {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return new Progress(out, unit, terminal, System::nanoTime);
    }

    /**
     * Says how far it got, if it is time to.
     *
     * @param fraction 0 to 1, or NaN if nobody knows
     */
    public void update(long count, double fraction) {
        long now = nanoClock.getAsLong();
        if (now - shownNanos >= (terminal ? TERMINAL_PERIOD_NANOS : PLAIN_PERIOD_NANOS)) {
            shownNanos = now;
            show(count, fraction);
        }
    }

    /** Removes the line that is drawn anew, so that others can be printed. */
    public void clear() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    /** Time since the start, never zero. */
    public double seconds() {
        return Math.max(1, nanoClock.getAsLong() - startNanos) / 1e9;
    }

    private void show(long count, double fraction) {
        String text = unit.text(count, seconds());
        if (!Double.isNaN(fraction)) {
            text = text + ", %.0f %%, %s left".formatted(fraction * 100, timeLeft(fraction));
        }
        if (!terminal) {
            out.println(text);
        } else if (Double.isNaN(fraction)) {
            out.print("\r\033[K" + text);
        } else {
            out.print("\r\033[K[" + bar(fraction) + "] " + text);
        }
        out.flush();
    }

    private static String bar(double fraction) {
        int done = (int) Math.round(Math.clamp(fraction, 0, 1) * BAR_WIDTH);
        return "#".repeat(done) + ".".repeat(BAR_WIDTH - done);
    }

    private String timeLeft(double fraction) {
        if (fraction <= 0) {
            return "?";
        }
        Duration left = Duration.ofSeconds((long) (seconds() * (1 - fraction) / fraction));
        return String.format(
                Locale.ROOT,
                "%d:%02d:%02d",
                left.toHours(),
                left.toMinutesPart(),
                left.toSecondsPart());
    }
}
