package io.sierra.server.connection;

import io.sierra.cluster.AppendRequest;
import io.sierra.cluster.AppendSink;
import io.sierra.protocol.command.Command;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendResult.Appended;
import io.sierra.protocol.reply.AppendResult.Refused;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.EventReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An append that its bucket has not answered yet, and its place among the replies. */
final class PendingAppend extends AppendRequest implements PendingReply, Completion {
    private final ClientConnection connection;
    private final CommandName name;
    private final RespVersion version;
    private final long startNanos;
    private final int lengthBytes;

    /** Written by the bucket's thread, read after the queue has handed this request over. */
    private @Nullable AppendResult result;

    private boolean done;

    PendingAppend(
            Command.Write command,
            AppendSink sink,
            ClientConnection connection,
            CommandName name,
            int lengthBytes) {
        super(command, sink);
        this.connection = connection;
        this.name = name;
        this.version = connection.session().version();
        this.startNanos = connection.startNanos();
        this.lengthBytes = lengthBytes;
    }

    /** Called by the thread that has the result. */
    void finish(AppendResult appendResult) {
        result = appendResult;
    }

    @Override
    public void onEventLoop() {
        done = true;
        connection.onAppendDone(this);
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    CommandName name() {
        return name;
    }

    long startNanos() {
        return startNanos;
    }

    /** Bytes of the events' variable parts. */
    int lengthBytes() {
        return lengthBytes;
    }

    AppendResult result() {
        return Objects.requireNonNull(result);
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void writeTo(ReplyQueue out) {
        RespWriter writer = out.writer(version);
        switch (result()) {
            case Refused(var failure) -> writer.error(ErrorReplies.of(failure));
            case Appended appended -> {
                switch (command()) {
                    case Command.Append _ -> EventReplies.appended(appended, writer);
                    case Command.AppendMany _ -> EventReplies.appendedMany(appended, writer);
                }
            }
        }
    }

    @Override
    public void discard() {}
}
