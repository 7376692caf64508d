package io.sierra.cluster.subscription;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Runs what it is given when the test says so, on the test's thread. */
final class SteppingExecutor implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int executed;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    int waiting() {
        return tasks.size();
    }

    /** How many tasks have been run. */
    int executed() {
        return executed;
    }

    /** Runs the next task; false if there is none. */
    boolean runNext() {
        Runnable task = tasks.poll();
        if (task != null) {
            executed++;
            task.run();
        }
        return task != null;
    }

    void runAll() {
        boolean ran = true;
        while (ran) {
            ran = runNext();
        }
    }
}
