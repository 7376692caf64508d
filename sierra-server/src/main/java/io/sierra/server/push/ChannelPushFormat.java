package io.sierra.server.push;

import io.netty.buffer.ByteBuf;
import io.sierra.cluster.subscription.Positions;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Messages of pub/sub: {@code message channel json}, or {@code pmessage pattern channel json}. All
 * are bulk strings, because that is all that libraries take there.
 */
final class ChannelPushFormat implements PushFormat {
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PMESSAGE = "pmessage".getBytes(StandardCharsets.US_ASCII);

    private final byte @Nullable [] pattern;
    private final byte[] errorChannel;
    private final EventChannel channel;

    private ChannelPushFormat(
            byte @Nullable [] pattern, byte[] errorChannel, EventChannel channel) {
        this.pattern = pattern;
        this.errorChannel = errorChannel;
        this.channel = channel;
    }

    /** Messages on a channel. */
    static ChannelPushFormat ofChannel(byte[] channel) {
        return new ChannelPushFormat(/* pattern= */ null, channel, EventChannel.fixed(channel));
    }

    /** Messages for a pattern, each on its channel; an error is on that of the pattern's name. */
    static ChannelPushFormat ofPattern(byte[] pattern, EventChannel channel) {
        return new ChannelPushFormat(pattern, /* errorChannel= */ pattern, channel);
    }

    @Override
    public void event(UUID subscriptionId, long cursor, EventView event, RespWriter out) {
        ByteBuf message = EventJson.ofThread().event(subscriptionId, cursor, event);
        begin(out);
        channel.write(event, out);
        out.bulk(message);
    }

    @Override
    public void error(UUID subscriptionId, String text, RespWriter out) {
        ByteBuf message = EventJson.ofThread().error(subscriptionId, text);
        begin(out);
        out.bulk(errorChannel);
        out.bulk(message);
    }

    @Override
    public void caughtUp(UUID subscriptionId, Positions positions, RespWriter out) {
        throw new UnsupportedOperationException("nobody can ask a channel to tell of its end");
    }

    @Override
    public void heartbeat(UUID subscriptionId, Positions positions, RespWriter out) {
        throw new UnsupportedOperationException("nobody can ask a channel for heartbeats");
    }

    private void begin(RespWriter out) {
        if (pattern == null) {
            out.pushHeader(3);
            out.bulk(MESSAGE);
        } else {
            out.pushHeader(4);
            out.bulk(PMESSAGE);
            out.bulk(pattern);
        }
    }
}
