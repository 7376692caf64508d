package io.sierra.server.push;

import io.sierra.cluster.subscription.Positions;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.util.UUID;

/**
 * The form of what a subscription sends without being asked. Every method writes one whole push. In
 * RESP2 a push is an array. An error is written by whichever thread ends the subscription, while
 * another may be writing an event elsewhere.
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

    /** The form that ESUB or EPSUB asked for. */
    static PushFormat of(SubscriptionOptions options) {
        String kind = options.pushKind();
        return kind == null
                ? new NativePushFormat(options.json())
                : new FlatPushFormat(kind, options.json());
    }

    /** The form of what SUBSCRIBE asked for: messages on {@code channel}. */
    static PushFormat ofChannel(byte[] channel) {
        return ChannelPushFormat.ofChannel(channel);
    }

    /**
     * The form of what PSUBSCRIBE asked for.
     *
     * @param channel what channel an event is on
     */
    static PushFormat ofPattern(byte[] pattern, EventChannel channel) {
        return ChannelPushFormat.ofPattern(pattern, channel);
    }
}
