package io.sierra.storage.index;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Keeps background work until a test runs it. Delays are not waited for. */
public final class ManualExecutor implements BackgroundExecutor, Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long lastDelayMillis;

    @Override
    public synchronized void schedule(Runnable task, long delayMillis) {
        lastDelayMillis = delayMillis;
        tasks.add(task);
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0);
    }

    /** Runs one task; false if there is none. */
    public boolean runOne() {
        Runnable task = poll();
        if (task != null) task.run();
        return task != null;
    }

    /** Runs tasks, and those that they schedule, until none is left or {@code limit} have run. */
    public int runAll(int limit) {
        int done = 0;
        while (done < limit && runOne()) done++;
        return done;
    }

    /** Whether no task waits. */
    public synchronized boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Drops what waits. */
    public synchronized void clear() {
        tasks.clear();
    }

    /** Delay of the task that was scheduled last. */
    synchronized long lastDelayMillis() {
        return lastDelayMillis;
    }

    private synchronized @Nullable Runnable poll() {
        return tasks.poll();
    }
}
