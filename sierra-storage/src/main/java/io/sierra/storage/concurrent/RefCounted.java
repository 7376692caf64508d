package io.sierra.storage.concurrent;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts who uses it, so that it is given up after the last use and never in one. A superclass and
 * not a field, because whoever counts himself in would have to fetch one object more.
 */
public abstract class RefCounted {
    private static final AtomicIntegerFieldUpdater<RefCounted> COUNT =
            AtomicIntegerFieldUpdater.newUpdater(RefCounted.class, "references");

    private volatile int references;

    /**
     * Starts with this many references.
     *
     * @param references at least 1
     */
    protected RefCounted(int references) {
        this.references = references;
    }

    /** Takes a reference, unless the last one is gone. */
    public final boolean tryRetain() {
        int expected = references;
        while (expected > 0) {
            if (COUNT.compareAndSet(this, expected, expected + 1)) {
                return true;
            }
            expected = references;
        }
        return false;
    }

    /** Gives a reference back; true if it was the last one. */
    protected final boolean releaseReference() {
        return COUNT.decrementAndGet(this) == 0;
    }

    /** How many there are at the moment. */
    protected final int references() {
        return references;
    }
}
