package io.sierra.cluster.subscription;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Work that any thread may ask for and one thread at a time does. However often it is asked for
 * while it waits or runs, it is done once more afterwards, not more often.
 *
 * <p>What a caller wrote before {@link #signal} is seen by the run that follows, and what one run
 * wrote by the next, so the state of a subclass needs no lock.
 */
abstract class SerialTask implements Runnable {
    private enum State {
        IDLE,
        QUEUED,
        RUNNING,
        RUNNING_AND_SIGNALLED
    }

    private final Executor executor;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    SerialTask(Executor executor) {
        this.executor = executor;
    }

    /** The work; bounded, so that others get their turn: it may signal itself to go on. */
    protected abstract void work();

    /** Sees to it that {@link #work} begins once more after this call. Never blocks. */
    final void signal() {
        while (true) {
            switch (state.get()) {
                case QUEUED, RUNNING_AND_SIGNALLED -> {
                    return;
                }
                case IDLE -> {
                    if (state.compareAndSet(State.IDLE, State.QUEUED)) {
                        enqueue();
                        return;
                    }
                }
                case RUNNING -> {
                    if (state.compareAndSet(State.RUNNING, State.RUNNING_AND_SIGNALLED)) {
                        return;
                    }
                }
            }
        }
    }

    @Override
    public final void run() {
        state.set(State.RUNNING);
        try {
            work();
        } finally {
            leave();
        }
    }

    /**
     * Takes the place of the one thread, if nobody is at work or about to be. Whoever was let in
     * sees what earlier runs wrote, and calls {@link #leave} in the end.
     */
    protected final boolean tryEnter() {
        return state.compareAndSet(State.IDLE, State.RUNNING);
    }

    /** What was asked for meanwhile is done by a thread of the executor. */
    protected final void leave() {
        if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
            state.set(State.QUEUED);
            enqueue();
        }
    }

    private void enqueue() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException _) {
            // The threads have ended, and with them every subscription: nobody need try again.
            state.set(State.RUNNING_AND_SIGNALLED);
        }
    }
}
