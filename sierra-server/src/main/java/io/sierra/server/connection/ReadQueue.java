package io.sierra.server.connection;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads that wait for a reader thread. Bounded; any thread may add and take.
 *
 * @param <T> type of a read
 */
final class ReadQueue<T> {
    private final int capacity;
    private final int threads;
    private final ArrayDeque<T> waiting;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private boolean closed;

    /**
     * An empty queue.
     *
     * @param capacity most reads that wait
     * @param threads that take reads
     */
    ReadQueue(int capacity, int threads) {
        this.capacity = capacity;
        this.threads = threads;
        this.waiting = new ArrayDeque<>(capacity);
    }

    /**
     * Adds these reads as far as there is room.
     *
     * @return how many, the first ones
     */
    int offer(List<T> reads) {
        lock.lock();
        try {
            int room = closed ? 0 : Math.min(reads.size(), capacity - waiting.size());
            for (int i = 0; i < room; i++) {
                waiting.add(reads.get(i));
            }
            if (room > 0) {
                added.signal();
            }
            return room;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for reads and takes a thread's share of those that are there.
     *
     * @param min reads to take, if there are so many, though other threads have nothing to do
     * @param max most reads to take
     * @param target gets them, oldest first; none if the queue is closed and empty
     */
    void take(int min, int max, List<T> target) {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                added.awaitUninterruptibly();
            }
            int share = Math.max(min, Math.ceilDiv(waiting.size(), threads));
            int taken = Math.min(Math.min(share, max), waiting.size());
            for (int i = 0; i < taken; i++) {
                target.add(waiting.remove());
            }
            if (!waiting.isEmpty() || closed) {
                added.signal(); // the next thread's share
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads that wait. */
    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing in any more, and threads end that find it empty. */
    void close() {
        lock.lock();
        try {
            closed = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
