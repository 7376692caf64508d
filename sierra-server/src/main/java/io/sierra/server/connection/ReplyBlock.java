package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;

/** Replies that were ready at once but have to wait for earlier ones. */
record ReplyBlock(ByteBuf bytes) implements PendingReply {
    @Override
    public boolean isDone() {
        return true;
    }

    @Override
    public void writeTo(ReplyQueue out) {
        out.block(bytes);
    }

    @Override
    public void discard() {
        bytes.release();
    }
}
