package io.sierra.storage.concurrent;

import java.util.concurrent.atomic.AtomicLong;

/** A number that one thread changes and any thread reads, without the price of an atomic update. */
public final class Counter {
    private final AtomicLong value = new AtomicLong();

    /** Raises the number, or lowers it; the owner only. */
    public void add(long difference) {
        value.setRelease(value.getPlain() + difference);
    }

    /** The number as it was a moment ago. */
    public long get() {
        return value.getAcquire();
    }
}
