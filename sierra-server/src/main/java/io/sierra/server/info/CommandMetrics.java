package io.sierra.server.info;

import java.util.concurrent.atomic.AtomicLongArray;

/** What one event loop has counted of one command. Written by that loop, read by anybody. */
final class CommandMetrics {
    private static final int CALLS = 0;
    private static final int NANOS = 1;
    private static final int REJECTED = 2;
    private static final int FAILED = 3;
    private static final int COUNTERS = 4;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private final LatencyHistogram latencies = new LatencyHistogram();

    void onFinished(long nanos, boolean failed) {
        onFinished(1, nanos);
        if (failed) {
            add(FAILED, 1);
        }
    }

    void onFinished(int count, long nanosEach) {
        add(CALLS, count);
        add(NANOS, count * nanosEach);
        latencies.record(nanosEach, count);
    }

    void onRejected() {
        add(REJECTED, 1);
    }

    void addTo(Totals totals) {
        totals.calls += counters.getAcquire(CALLS);
        totals.nanos += counters.getAcquire(NANOS);
        totals.rejected += counters.getAcquire(REJECTED);
        totals.failed += counters.getAcquire(FAILED);
        latencies.addTo(totals.latencies);
    }

    private void add(int counter, long amount) {
        counters.setRelease(counter, counters.getPlain(counter) + amount);
    }

    /** Sums over the event loops. */
    static final class Totals {
        long calls;
        long nanos;
        long rejected;
        long failed;
        final long[] latencies = LatencyHistogram.newTotals();

        boolean isEmpty() {
            return calls == 0 && rejected == 0;
        }
    }
}
