package io.sierra.storage.concurrent;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who uses something, so that it is given up after the last use and never in one. */
public final class References {
    private final AtomicInteger count;

    /**
     * Starts with this many references.
     *
     * @param count at least 1
     */
    public References(int count) {
        this.count = new AtomicInteger(count);
    }

    /** Takes a reference, unless the last one is gone. */
    public boolean tryRetain() {
        int expected = count.get();
        while (expected > 0) {
            int seen = count.compareAndExchange(expected, expected + 1);
            if (seen == expected) {
                return true;
            }
            expected = seen;
        }
        return false;
    }

    /** Gives a reference back; true if it was the last one. */
    public boolean release() {
        return count.decrementAndGet() == 0;
    }

    /** How many there are at the moment. */
    public int count() {
        return count.get();
    }
}
