package io.sierra.cluster;

import io.sierra.protocol.command.Command;

/**
 * An append on its way to the bucket that owns its partition and back to the connection that asked.
 * The front end extends it with what it needs to answer.
 */
public abstract class AppendRequest {
    private final Command.Write command;
    private final AppendSink sink;

    /** A request whose result goes to {@code sink}. */
    protected AppendRequest(Command.Write command, AppendSink sink) {
        this.command = command;
        this.sink = sink;
    }

    /** What to append. */
    public final Command.Write command() {
        return command;
    }

    /** Where the result goes. */
    public final AppendSink sink() {
        return sink;
    }
}
