package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventView;

/**
 * Who gets the events of a {@link Subscription}. The calls come from one thread at a time, never
 * two at once.
 */
public interface Subscriber {
    /**
     * Whether it can take something now. After it has said no it calls {@link Subscription#resume}
     * as soon as it can.
     */
    boolean isReady();

    /**
     * Takes an event, which is valid only during the call.
     *
     * @param cursor 0 for the subscription's first event, then one more for each
     * @return whether it wants more before {@link #flush}
     */
    boolean onEvent(long cursor, EventView event);

    /** The end of what is confirmed was reached; only if it was asked for. */
    void onCaughtUp(Positions positions);

    /** Nothing was sent for a while; only if it was asked for. */
    void onHeartbeat(Positions positions);

    /** The subscription has ended because of this; nothing but {@link #flush} follows. */
    void onFailure(Failure failure);

    /** Sends what it has taken; nothing follows for the moment. Called often, also for nothing. */
    void flush();
}
