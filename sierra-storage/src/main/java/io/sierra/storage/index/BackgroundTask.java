package io.sierra.storage.index;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work of one bucket on a shared executor, one piece at a time so that other buckets have their
 * turn. A failure is logged once and the work tried again, after longer and longer waits.
 */
public final class BackgroundTask implements AutoCloseable {
    /** One piece of work. */
    public interface Step {
        /** Returns whether there may be more to do. */
        boolean run() throws IOException;
    }

    private static final Logger log = LoggerFactory.getLogger(BackgroundTask.class);

    private final String name;
    private final BackgroundExecutor executor;
    private final IndexOptions options;
    private final Step step;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ReentrantLock running = new ReentrantLock();
    private long retryMillis;
    private volatile @Nullable String lastError;
    private volatile boolean closed;

    /**
     * Work that nobody has asked for yet.
     *
     * @param name for messages
     * @param options say how long to wait after failures
     */
    public BackgroundTask(
            String name, BackgroundExecutor executor, IndexOptions options, Step step) {
        this.name = name;
        this.executor = executor;
        this.options = options;
        this.step = step;
        this.retryMillis = options.firstRetryMillis();
    }

    /** Lets the work be looked at soon, or after the wait that a failure asks for. */
    public void request() {
        schedule(0);
    }

    /** What failed last, null once it has succeeded. */
    public @Nullable String lastError() {
        return lastError;
    }

    /** Whether it is to end. */
    public boolean isClosed() {
        return closed;
    }

    /** Starts no more work; what the piece that is being done comes to is of no interest. */
    public void stop() {
        closed = true;
    }

    /** Starts no more work, and waits for the piece that is being done. */
    @Override
    public void close() {
        stop();
        running.lock();
        try {
            scheduled.set(true);
        } finally {
            running.unlock();
        }
    }

    /**
     * Does all that there is to do, up to the first failure, in this thread, and starts no more.
     */
    void finish() {
        if (closed) return;
        close();
        try {
            boolean more = true;
            while (more) more = step.run();
        } catch (IOException | RuntimeException e) {
            log.warn("{} failed, which leaves it to the next start: {}", name, e.toString());
        }
    }

    private void schedule(long delayMillis) {
        if (!closed && scheduled.compareAndSet(false, true)) {
            executor.schedule(this::run, delayMillis);
        }
    }

    private void run() {
        running.lock();
        try {
            scheduled.set(false);
            if (!closed) runStep();
        } finally {
            running.unlock();
        }
    }

    private void runStep() {
        try {
            boolean more = step.run();
            onSuccess();
            if (more) schedule(0);
        } catch (IOException e) {
            if (!closed) onFailure(e);
        } catch (RuntimeException e) {
            log.error("{} failed unexpectedly", name, e);
            if (!closed) onFailure(e);
        }
    }

    private void onSuccess() {
        if (lastError != null) log.info("{} works again", name);
        lastError = null;
        retryMillis = options.firstRetryMillis();
    }

    private void onFailure(Exception failure) {
        if (lastError == null) {
            log.warn("{} failed and will be tried again: {}", name, failure.toString());
        }
        lastError = name + ": " + failure.getMessage();
        schedule(retryMillis);
        retryMillis = Math.min(Math.max(1, retryMillis * 2), options.lastRetryMillis());
    }
}
