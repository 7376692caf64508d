package io.sierra.cluster.subscription;

import java.util.concurrent.atomic.AtomicBoolean;

/** When a subscription that had nothing to send says that it is alive. */
final class Heartbeat {
    private final long intervalNanos;

    /** Whether a timer runs that will call. */
    private final AtomicBoolean timerRuns = new AtomicBoolean();

    private long lastSentNanos = System.nanoTime();

    /**
     * A heartbeat.
     *
     * @param intervalNanos 0: none
     */
    Heartbeat(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** Something was sent. */
    void onSent() {
        if (intervalNanos > 0) {
            lastSentNanos = System.nanoTime();
        }
    }

    boolean isDue() {
        return intervalNanos > 0 && nanosLeft() <= 0;
    }

    long nanosLeft() {
        return lastSentNanos + intervalNanos - System.nanoTime();
    }

    /** Whether the caller has to start a timer; it is taken as started. */
    boolean needsTimer() {
        return intervalNanos > 0 && timerRuns.compareAndSet(false, true);
    }

    /** The timer is over. */
    void onTimer() {
        timerRuns.set(false);
    }
}
