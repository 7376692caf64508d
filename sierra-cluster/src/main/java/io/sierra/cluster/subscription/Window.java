package io.sierra.cluster.subscription;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a subscription may run ahead of its acknowledgements. Cursors count its events from 0.
 * Without an acknowledgement events 0 to {@code width - 1} may be sent, after one of cursor {@code
 * a} those up to {@code a + width}.
 */
final class Window {
    private final long width;
    private final AtomicLong acknowledgedEnd = new AtomicLong();

    Window(long width) {
        this.width = width;
    }

    /** Whether the event that gets this cursor may be sent. */
    boolean isOpenFor(long cursor) {
        // As a difference, which cannot overflow.
        return cursor - acknowledgedEnd.get() < width;
    }

    /**
     * Everything up to a cursor has been dealt with. What was acknowledged before is not taken
     * back, and what was never sent is not acknowledged.
     *
     * @param sentEnd exclusive end of the cursors that have been given out
     */
    void acknowledge(long cursor, long sentEnd) {
        long end = Math.min(cursor, sentEnd - 1) + 1;
        acknowledgedEnd.accumulateAndGet(end, Math::max);
    }
}
