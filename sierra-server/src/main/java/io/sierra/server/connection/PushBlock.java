package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;

/** Pushes that came while commands were under way, and go out behind the replies to those. */
record PushBlock(ByteBuf bytes, PushFlow flow) implements PendingReply {
    @Override
    public boolean isDone() {
        return true;
    }

    @Override
    public void writeTo(ReplyQueue out) {
        out.releasePush(bytes);
    }

    @Override
    public void discard() {
        flow.onGone(bytes.readableBytes());
        bytes.release();
    }
}
