package io.sierra.server.cli.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Slows reading down.
 *
 * @param bytesPerSecond most bytes to read in a second, or {@link #FULL_SPEED}
 */
record Throttle(long bytesPerSecond) {
    /** No limit. */
    static final long FULL_SPEED = 0;

    /** Waits if so many bytes in so many seconds were too fast. */
    void await(long readBytes, double seconds) {
        if (bytesPerSecond != FULL_SPEED) {
            double early = (double) readBytes / bytesPerSecond - seconds;
            LockSupport.parkNanos((long) (early * TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
