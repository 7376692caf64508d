package io.sierra.cluster.agent;

import io.sierra.cluster.AppendRequest;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** Bounded queue in front of a bucket's thread, which sleeps while it is empty. */
final class Mailbox {
    private final MpscAtomicArrayQueue<AppendRequest> queue;
    private volatile @Nullable Thread sleeper;
    private volatile boolean closed;

    Mailbox(int capacity) {
        queue = new MpscAtomicArrayQueue<>(capacity);
    }

    /** Adds a request and wakes the owner; false if the mailbox is full. Any thread. */
    boolean offer(AppendRequest request) {
        if (!queue.offer(request)) {
            return false;
        }
        wakeUp();
        return true;
    }

    /** Asks the owner to end once the mailbox is empty. Nothing may be offered any more. */
    void close() {
        closed = true;
        wakeUp();
    }

    /** Whether {@link #close} was called. Any thread. */
    boolean isClosed() {
        return closed;
    }

    private void wakeUp() {
        // The owner says that it will sleep and then looks into the queue; here it is the other way
        // round. With a fence on both sides one of them sees the other.
        VarHandle.fullFence();
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Takes at most {@code limit} requests; the owner only. */
    int drain(Consumer<AppendRequest> consumer, int limit) {
        return queue.drain(consumer::accept, limit);
    }

    /** Requests that wait. Any thread. */
    int size() {
        return queue.size();
    }

    /** Sleeps until there is a request, somebody wakes it, or the time is over; the owner only. */
    void await(long timeoutNanos) {
        sleeper = Thread.currentThread();
        VarHandle.fullFence();
        if (queue.isEmpty()) {
            LockSupport.parkNanos(this, timeoutNanos);
        }
        sleeper = null;
    }
}
