package io.sierra.server.connection;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that may wait for the disk, before them a queue that refuses when it is full. Results go
 * to the event loop one by one; those that come while it has not yet looked share its wake-up.
 */
final class ReaderPool implements AutoCloseable {
    private static final String FULL =
            "MAILBOXFULL queue of the readers is full; nothing was done, try again";

    private final ReadExecutor executor;
    private final ThreadPoolExecutor threads;

    ReaderPool(int threadCount, int queueLength, ReadExecutor executor) {
        this.executor = executor;
        this.threads =
                new ThreadPoolExecutor(
                        threadCount,
                        threadCount,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(queueLength),
                        new DefaultThreadFactory("sierra-reader", true),
                        (task, _) -> ((Task) task).refuse());
    }

    /** Carries a read out, or refuses it; its connection is told in either case. */
    void submit(PendingRead read) {
        threads.execute(new Task(read, executor));
    }

    /** Ends the threads after what has been submitted; does not wait, and interrupts no read. */
    @Override
    public void close() {
        threads.shutdown();
    }

    private record Task(PendingRead read, ReadExecutor executor) implements Runnable {
        @Override
        public void run() {
            executor.execute(read);
            report();
        }

        void refuse() {
            read.fail(FULL);
            report();
        }

        private void report() {
            CompletionQueue completions = read.connection().completions();
            completions.completed(read);
            completions.flush();
        }
    }
}
