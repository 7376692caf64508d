package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;

/**
 * Pushes of a subscription on their way to the event loop.
 *
 * @param last whether the subscription has ended with them
 */
record PushedPiece(ClientSubscription subscription, ByteBuf bytes, boolean last)
        implements Completion {
    @Override
    public void onEventLoop() {
        connection().onPushed(this);
    }

    @Override
    public ClientConnection connection() {
        return subscription.connection();
    }
}
