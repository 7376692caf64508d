package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.sierra.protocol.command.Command;
import io.sierra.server.resp.RespVersion;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A read that no reader has answered yet, and its place among the replies. */
final class PendingRead implements PendingReply, Completion {
    /** Partition of a read that may have to look into all of them. */
    static final int ANY_PARTITION = -1;

    private final ClientConnection connection;
    private final CommandName name;
    private final Command.Read command;
    private final int partitionId;
    private final RespVersion version;
    private final long startNanos;
    private long watermark;
    private long afterAppend;

    /** One of the two is written by the reader, and read after the queue has handed this over. */
    private @Nullable ByteBuf reply;

    private @Nullable String error;
    private boolean done;

    PendingRead(
            ClientConnection connection, CommandName name, Command.Read command, int partitionId) {
        this.connection = connection;
        this.name = name;
        this.command = command;
        this.partitionId = partitionId;
        this.version = connection.session().version();
        this.startNanos = connection.startNanos();
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    CommandName name() {
        return name;
    }

    Command.Read command() {
        return command;
    }

    int partitionId() {
        return partitionId;
    }

    RespVersion version() {
        return version;
    }

    long startNanos() {
        return startNanos;
    }

    /** What it may see: sequences of its partition below this. */
    long watermark() {
        return watermark;
    }

    void raiseWatermark(long end) {
        watermark = Math.max(watermark, end);
    }

    /** Number of the connection's last append before it. */
    long afterAppend() {
        return afterAppend;
    }

    void waitForAppend(long number) {
        afterAppend = number;
    }

    /** Called by the reader. */
    void succeed(ByteBuf encoded) {
        reply = encoded;
    }

    /** Called by the reader with the text of an error reply. */
    void fail(String text) {
        error = text;
    }

    @Override
    public void onEventLoop() {
        done = true;
        connection.onReadDone(this);
    }

    @Nullable ByteBuf reply() {
        return reply;
    }

    @Nullable String error() {
        return error;
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void writeTo(ReplyQueue out) {
        String text = error;
        if (text != null) {
            out.writer(version).error(text);
        } else {
            out.frames(Objects.requireNonNull(reply));
            reply = null;
        }
    }

    @Override
    public void discard() {
        ByteBuf encoded = reply;
        if (done && encoded != null) {
            encoded.release();
            reply = null;
        }
    }
}
