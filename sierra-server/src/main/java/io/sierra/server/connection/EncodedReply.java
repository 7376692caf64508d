package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import org.jspecify.annotations.Nullable;

/** A reply that another thread encodes, and its place among the replies. */
abstract sealed class EncodedReply implements PendingReply, Completion
        permits PendingPoll, PendingRead {
    private final ClientConnection connection;
    private final CommandName name;
    private final RespVersion version;
    private final long startNanos;

    /** Written by the thread that encodes, read after the queue has handed this over. */
    private @Nullable ByteBuf reply;

    /** As {@link #reply}, of which it takes the place. */
    private @Nullable String error;

    private boolean done;

    EncodedReply(ClientConnection connection, CommandName name) {
        this.connection = connection;
        this.name = name;
        this.version = connection.session().version();
        this.startNanos = connection.startNanos();
    }

    /** The result is in. The event loop. */
    abstract void onDone();

    /** Writes what stands for neither reply nor error. */
    abstract void writeNothing(RespWriter out);

    /** Gives it its reply, and takes that over. */
    final void succeed(ByteBuf encoded) {
        reply = encoded;
    }

    /** Gives it the text of an error reply. */
    final void fail(String text) {
        error = text;
    }

    @Override
    public final void onEventLoop() {
        done = true;
        onDone();
    }

    @Override
    public final ClientConnection connection() {
        return connection;
    }

    final CommandName name() {
        return name;
    }

    final RespVersion version() {
        return version;
    }

    final long startNanos() {
        return startNanos;
    }

    final @Nullable ByteBuf reply() {
        return reply;
    }

    final @Nullable String error() {
        return error;
    }

    @Override
    public final boolean isDone() {
        return done;
    }

    @Override
    public final void writeTo(ReplyQueue out) {
        String text = error;
        ByteBuf encoded = reply;
        if (text != null) {
            out.writer(version).error(text);
        } else if (encoded != null) {
            reply = null;
            out.frames(encoded);
        } else {
            writeNothing(out.writer(version));
        }
    }

    @Override
    public final void discard() {
        ByteBuf encoded = reply;
        if (done && encoded != null) {
            encoded.release();
            reply = null;
        }
    }
}
