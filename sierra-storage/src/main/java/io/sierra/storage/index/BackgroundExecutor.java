package io.sierra.storage.index;

/** Runs background work of all buckets, in other threads than those that ask for it. */
@FunctionalInterface
public interface BackgroundExecutor {

    /**
     * Runs a task once, later. After the executor was closed the task is dropped.
     *
     * @param delayMillis at least this long from now; 0 for as soon as possible
     */
    void schedule(Runnable task, long delayMillis);
}
