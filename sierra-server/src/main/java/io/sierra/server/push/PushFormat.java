package io.sierra.server.push;

import io.sierra.cluster.subscription.Positions;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.util.UUID;

/**
 * The form of what a subscription sends without being asked. Every method writes one whole push. In
 * RESP2 a push is an array.
 */
public interface PushFormat {
    /**
     * An event.
     *
     * @param cursor counts the events of the subscription from 0
     */
    void event(UUID subscriptionId, long cursor, EventView event, RespWriter out);

    /** All that is confirmed has been sent. */
    void caughtUp(UUID subscriptionId, Positions positions, RespWriter out);

    /** There was nothing to send for a while. */
    void heartbeat(UUID subscriptionId, Positions positions, RespWriter out);

    /** The subscription has ended, because of {@code text}. */
    void error(UUID subscriptionId, String text, RespWriter out);

    /**
     * The form that ESUB or EPSUB asked for.
     *
     * @param json used if they asked for JSON
     */
    static PushFormat of(SubscriptionOptions options, EventJson json) {
        EventJson used = options.json() ? json : null;
        String kind = options.pushKind();
        return kind == null ? new NativePushFormat(used) : new FlatPushFormat(kind, used);
    }

    /** The form of what SUBSCRIBE asked for: messages on {@code channel}. */
    static PushFormat ofChannel(byte[] channel, EventJson json) {
        return ChannelPushFormat.ofChannel(channel, json);
    }

    /**
     * The form of what PSUBSCRIBE asked for.
     *
     * @param channel what channel an event is on
     */
    static PushFormat ofPattern(byte[] pattern, EventChannel channel, EventJson json) {
        return ChannelPushFormat.ofPattern(pattern, channel, json);
    }
}
