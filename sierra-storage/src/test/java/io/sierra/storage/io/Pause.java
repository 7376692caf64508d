package io.sierra.storage.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/** An operation that waits before it begins; made by {@link Faults#pauseNext}. */
public final class Pause {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Pause() {}

    /** Waits until some thread hangs in the operation. */
    public void awaitReached() throws InterruptedException {
        reached.await();
    }

    /** Lets the operation go on; also before it was reached. */
    public void release() {
        released.countDown();
    }

    void await() throws IOException {
        reached.countDown();
        try {
            released.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted in a paused operation");
        }
    }
}
