package io.sierra.server.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the connections together may hold in memory: requests of which the end has not come, replies
 * that are not read, pushes on their way, events that are being appended, and names of channels.
 * Limits of a single connection do not bound the memory of thousands.
 *
 * <p>When it is used up, those that ask for more are in the way of the others and have to go; small
 * ones are left alone, so the server can still be asked how it is.
 */
final class MemoryBudget {
    /** What a connection may hold at any time; an ordinary command and its reply. */
    private static final int ALWAYS_ALLOWED_BYTES = 16 << 10;

    private final long limitBytes;
    private final AtomicLong held = new AtomicLong();

    MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Whether more is held than should be. */
    boolean isExceeded() {
        return held.get() > limitBytes;
    }

    /** Whether those who can wait should: what is left is for those who cannot. */
    boolean isShort() {
        return held.get() > limitBytes / 2;
    }

    /** The part of a new connection. */
    Share newShare() {
        return new Share();
    }

    /** What one connection holds. Used by its event loop. */
    final class Share {
        private long client;
        private long other;

        /**
         * The connection holds this now.
         *
         * @param clientBytes what only the client can end: by sending more or by reading
         * @param otherBytes what ends by itself or is bounded otherwise
         * @return whether the connection has to go
         */
        boolean hold(long clientBytes, long otherBytes) {
            long change = clientBytes + otherBytes - client - other;
            boolean asksForMore = clientBytes > client && clientBytes > ALWAYS_ALLOWED_BYTES;
            client = clientBytes;
            other = otherBytes;
            long now = change == 0 ? held.get() : held.addAndGet(change);
            return asksForMore && now > limitBytes;
        }

        /** The connection is gone. */
        void release() {
            hold(0, 0);
        }
    }
}
