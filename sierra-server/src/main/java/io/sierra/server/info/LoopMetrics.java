package io.sierra.server.info;

import io.sierra.storage.concurrent.OwnedBy;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts. Only that loop writes; {@code INFO} sums the loops up. A command is
 * known by its index in the list of names that {@link ServerMetrics} was given.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
public final class LoopMetrics {
    private static final int INPUT_BYTES = 0;
    private static final int OUTPUT_BYTES = 1;
    private static final int COMMANDS = 2;
    private static final int COUNTERS = 3;

    private final AtomicReferenceArray<@Nullable CommandMetrics> byCommand;
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    LoopMetrics(int commandCount) {
        byCommand = new AtomicReferenceArray<>(commandCount);
    }

    /**
     * A command was carried out.
     *
     * @param failed whether its reply is an error
     */
    public void onFinished(int command, long nanos, boolean failed) {
        add(COMMANDS, 1);
        metricsOf(command).onFinished(nanos, failed);
    }

    /** A command was carried out {@code count} times with success, in this time each. */
    public void onFinished(int command, int count, long nanosEach) {
        add(COMMANDS, count);
        metricsOf(command).onFinished(count, nanosEach);
    }

    /** A command was not carried out because of its form. */
    public void onRejected(int command) {
        add(COMMANDS, 1);
        metricsOf(command).onRejected();
    }

    /** A command that nobody knows. */
    public void onUnknownCommand() {
        add(COMMANDS, 1);
    }

    /** Bytes came in. */
    public void onInput(long bytes) {
        add(INPUT_BYTES, bytes);
    }

    /** Bytes are on their way out. */
    public void onOutput(long bytes) {
        add(OUTPUT_BYTES, bytes);
    }

    long inputBytes() {
        return counters.getAcquire(INPUT_BYTES);
    }

    long outputBytes() {
        return counters.getAcquire(OUTPUT_BYTES);
    }

    long commands() {
        return counters.getAcquire(COMMANDS);
    }

    void addTo(int command, CommandMetrics.Totals totals) {
        CommandMetrics metrics = byCommand.getAcquire(command);
        if (metrics != null) {
            metrics.addTo(totals);
        }
    }

    void reset() {
        for (int command = 0; command < byCommand.length(); command++) {
            byCommand.setRelease(command, null);
        }
    }

    private CommandMetrics metricsOf(int command) {
        CommandMetrics metrics = byCommand.getAcquire(command);
        if (metrics == null) {
            metrics = new CommandMetrics();
            byCommand.setRelease(command, metrics);
        }
        return metrics;
    }

    private void add(int counter, long amount) {
        counters.setRelease(counter, counters.getPlain(counter) + amount);
    }
}
