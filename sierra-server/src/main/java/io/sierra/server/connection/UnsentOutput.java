package io.sierra.server.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.sierra.storage.concurrent.OwnedBy;

/** What a connection has written and its socket has not taken. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class UnsentOutput {
    /**
     * Output from which on its end is waited for. More than what the channel counts for the empty
     * write that is waited with, or one would follow the other without end.
     */
    private static final int WATCHED_BYTES = 16 << 10;

    private final Channel channel;
    private final int highBytes;
    private final int lowBytes;
    private final Runnable onDrained;
    private boolean awaitingDrain;

    /**
     * Watches a channel.
     *
     * @param onDrained called when the output that {@link #watch} saw has gone
     */
    UnsentOutput(Channel channel, FrontEndOptions options, Runnable onDrained) {
        this.channel = channel;
        this.highBytes = options.outputHighBytes();
        this.lowBytes = options.outputLowBytes();
        this.onDrained = onDrained;
    }

    long lengthBytes() {
        return channel.isWritable()
                ? Math.max(0, highBytes - channel.bytesBeforeUnwritable())
                : lowBytes + channel.bytesBeforeWritable();
    }

    /**
     * If there is much, sees to it that its end is noticed: nothing else tells of it when the
     * client asks for nothing more.
     */
    void watch() {
        if (lengthBytes() > WATCHED_BYTES && !awaitingDrain) {
            awaitingDrain = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> {
                        awaitingDrain = false;
                        onDrained.run();
                    });
        }
    }
}
