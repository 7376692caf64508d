package io.sierra.storage.concurrent;

import org.jspecify.annotations.Nullable;

/** Remembers the thread that used it first, for {@code assert owner.isCurrentThread()}. */
public final class Owner {
    private volatile @Nullable Thread thread;

    /** Whether the caller is the first thread that asked since the last {@link #handOver}. */
    public boolean isCurrentThread() {
        Thread current = Thread.currentThread();
        if (thread == null) {
            thread = current;
        }
        return thread == current;
    }

    /** The next thread that asks becomes the owner. */
    public void handOver() {
        thread = null;
    }
}
