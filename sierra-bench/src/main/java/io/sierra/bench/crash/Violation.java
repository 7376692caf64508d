package io.sierra.bench.crash;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Something that must never be was seen. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    Violation(String what) {
        super(what);
    }

    /** Throws unless a condition holds. */
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is not among the libraries
    static void unless(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new Violation(format.formatted(arguments));
        }
    }

    /** Waits for a condition and throws unless it holds within so many seconds. */
    static void unlessWithin(int seconds, BooleanSupplier condition, Supplier<String> what)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= deadline) {
                throw new Violation("%s within %d s".formatted(what.get(), seconds));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Throws if there is anything in a list of problems. */
    static void ifAny(List<String> problems) {
        if (!problems.isEmpty()) {
            String more = problems.size() > SHOWN ? "\n  and more, " + problems.size() : "";
            throw new Violation(
                    String.join("\n  ", problems.stream().limit(SHOWN).toList()) + more);
        }
    }
}
