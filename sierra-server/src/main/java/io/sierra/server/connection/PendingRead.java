package io.sierra.server.connection;

import io.sierra.protocol.command.Command;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.ReadHint;

/** A read that no reader has answered yet. */
final class PendingRead extends EncodedReply {
    /** Partition of a read that may have to look into all of them. */
    static final int ANY_PARTITION = -1;

    private final Command.Read command;
    private final int partitionId;
    private long watermark;
    private long afterAppend;
    private ReadHint hint = ReadHint.NONE;

    PendingRead(
            ClientConnection connection, CommandName name, Command.Read command, int partitionId) {
        super(connection, name);
        this.command = command;
        this.partitionId = partitionId;
    }

    Command.Read command() {
        return command;
    }

    int partitionId() {
        return partitionId;
    }

    /** What it may see: sequences of its partition below this. */
    long watermark() {
        return watermark;
    }

    void raiseWatermark(long end) {
        watermark = Math.max(watermark, end);
    }

    /** What is known of it; its watermark rises no more. */
    void giveHint(ReadHint found) {
        hint = found;
    }

    ReadHint hint() {
        return hint;
    }

    /** Number of the connection's last append before it. */
    long afterAppend() {
        return afterAppend;
    }

    void waitForAppend(long number) {
        afterAppend = number;
    }

    @Override
    void onDone() {
        connection().onReadDone(this);
    }

    @Override
    void writeNothing(RespWriter out) {
        throw new IllegalStateException(name() + " has no result");
    }
}
