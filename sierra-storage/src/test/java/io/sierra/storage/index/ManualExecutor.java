package io.sierra.storage.index;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Keeps background work until a test runs it. Delays are not waited for. */
final class ManualExecutor implements BackgroundExecutor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long lastDelayMillis;

    @Override
    public synchronized void schedule(Runnable task, long delayMillis) {
        lastDelayMillis = delayMillis;
        tasks.add(task);
    }

    /** Runs one task; false if there is none. */
    boolean runOne() {
        Runnable task = poll();
        if (task != null) task.run();
        return task != null;
    }

    /** Runs tasks, and those that they schedule, until none is left or {@code limit} have run. */
    int runAll(int limit) {
        int done = 0;
        while (done < limit && runOne()) done++;
        return done;
    }

    /** Delay of the task that was scheduled last. */
    synchronized long lastDelayMillis() {
        return lastDelayMillis;
    }

    private synchronized @Nullable Runnable poll() {
        return tasks.poll();
    }
}
