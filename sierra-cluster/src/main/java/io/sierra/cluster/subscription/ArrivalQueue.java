package io.sierra.cluster.subscription;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sources that may have something to read, each at most once. Any thread puts them in, one thread
 * takes them out.
 */
final class ArrivalQueue<E extends ArrivalQueue.Entry> {
    private final Queue<E> queue = new ConcurrentLinkedQueue<>();

    /** What is in a queue, or not: never in two. */
    abstract static class Entry {
        private final AtomicBoolean queued = new AtomicBoolean();
    }

    /** Puts one in; false if it is there. */
    boolean add(E entry) {
        AtomicBoolean queued = ((Entry) entry).queued;
        boolean first = !queued.get() && queued.compareAndSet(false, true);
        if (first) {
            queue.add(entry);
        }
        return first;
    }

    /**
     * Takes the next one out. From now on an arrival puts it in again, also one during the read
     * that follows.
     */
    @Nullable E poll() {
        E entry = queue.poll();
        if (entry != null) {
            ((Entry) entry).queued.set(false);
        }
        return entry;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }
}
