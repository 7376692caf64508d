package io.sierra.storage.index;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background threads that all buckets of a store share: one writes the indexes of sealed
 * segments, one merges them, one makes missing ones again after a start. A long merge must not hold
 * back seals, for which roll-overs wait; and buckets that are served must not wait for one that is
 * not yet. One thread for all rebuilding, because each holds the index of a whole segment in
 * memory.
 */
public final class IndexMaintenance implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IndexMaintenance.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 60;

    private final ScheduledThreadPoolExecutor sealing = singleThread("index-seal");
    private final ScheduledThreadPoolExecutor merging = singleThread("index-merge");
    private final ScheduledThreadPoolExecutor rebuilding = singleThread("index-rebuild");

    /** For writing the indexes of sealed segments. */
    public BackgroundExecutor sealing() {
        return (task, delayMillis) -> schedule(sealing, task, delayMillis);
    }

    /** For merging indexes into runs. */
    public BackgroundExecutor merging() {
        return (task, delayMillis) -> schedule(merging, task, delayMillis);
    }

    /** For making missing indexes again. */
    public BackgroundExecutor rebuilding() {
        return (task, delayMillis) -> schedule(rebuilding, task, delayMillis);
    }

    /** Drops what is waiting and waits for what is running. */
    @Override
    public void close() {
        // No interrupts: they would close the files that the threads work on.
        sealing.shutdown();
        merging.shutdown();
        rebuilding.shutdown();
        awaitEnd(sealing);
        awaitEnd(merging);
        awaitEnd(rebuilding);
    }

    private static void schedule(
            ScheduledThreadPoolExecutor executor, Runnable task, long delayMillis) {
        try {
            var _ = executor.schedule(guarded(task), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            if (!executor.isShutdown()) throw e;
        }
    }

    /** A scheduled task's exception would vanish in its future. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                log.error("index maintenance failed", e);
                throw e;
            }
        };
    }

    private static void awaitEnd(ScheduledThreadPoolExecutor executor) {
        try {
            if (!executor.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                log.warn("index maintenance did not end in {} s", CLOSE_TIMEOUT_SECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // A hint where the system takes it; nothing relies on it.
    private static ScheduledThreadPoolExecutor singleThread(String name) {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        Thread.ofPlatform()
                                .name(name)
                                .daemon()
                                .priority(Thread.MIN_PRIORITY)
                                .factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }
}
