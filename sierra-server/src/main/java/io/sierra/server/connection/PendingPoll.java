package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sierra.cluster.subscription.PollListener;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.storage.read.EventView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An EREAD or EPREAD that has not been answered yet, and its place among the replies. What {@link
 * PollListener} asks for is called by a thread of the subscriptions; while the poll waits it holds
 * no buffer.
 */
final class PendingPoll implements PendingReply, Completion, PollListener {
    private static final Logger LOG = LoggerFactory.getLogger(PendingPoll.class);

    private final ClientConnection connection;
    private final CommandName name;
    private final Poll command;
    private final ByteBufAllocator allocator;
    private final int pageBytes;
    private final RespVersion version;
    private final long startNanos;

    /** The events so far; used by the subscriptions alone. */
    private @Nullable PollPage page;

    /** Null if there were no events; read after the queue has handed this over. */
    private @Nullable ByteBuf reply;

    private @Nullable String error;
    private boolean done;

    PendingPoll(
            ClientConnection connection,
            CommandName name,
            Poll command,
            ByteBufAllocator allocator,
            int pageBytes) {
        this.connection = connection;
        this.name = name;
        this.command = command;
        this.allocator = allocator;
        this.pageBytes = pageBytes;
        this.version = connection.session().version();
        this.startNanos = connection.startNanos();
    }

    @Override
    public boolean onEvent(int index, EventView event) {
        PollPage current = page;
        if (current == null) {
            current = new PollPage(command, version, pageBytes, allocator);
            page = current;
        }
        return current.add(index, event);
    }

    @Override
    public void onEnd() {
        PollPage current = page;
        try {
            reply = current == null ? null : current.encode();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warn("{} failed", name, e);
            error = ErrorReplies.of(new Failure.ReadFailed(String.valueOf(e.getMessage())));
        } finally {
            releasePage();
        }
        report();
    }

    @Override
    public void onFailure(Failure failure) {
        releasePage();
        error = ErrorReplies.of(failure);
        report();
    }

    @Override
    public void onCancelled() {
        releasePage();
    }

    private void releasePage() {
        PollPage current = page;
        if (current != null) {
            page = null;
            current.release();
        }
    }

    private void report() {
        CompletionQueue completions = connection.completions();
        completions.completed(this);
        completions.flush();
    }

    /** Gives it an error reply after it has been cancelled. The event loop. */
    void fail(String text) {
        error = text;
    }

    @Override
    public void onEventLoop() {
        done = true;
        connection.onPollDone(this);
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    CommandName name() {
        return name;
    }

    /** When the command began: how long it took includes how long it waited. */
    long startNanos() {
        return startNanos;
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
        ByteBuf encoded = reply;
        if (text != null) {
            out.writer(version).error(text);
        } else if (encoded != null) {
            reply = null;
            out.frames(encoded);
        } else {
            out.writer(version).nullArray();
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
