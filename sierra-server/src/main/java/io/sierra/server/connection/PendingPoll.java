package io.sierra.server.connection;

import io.netty.buffer.ByteBufAllocator;
import io.sierra.cluster.subscription.PollListener;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An EREAD or EPREAD that has not been answered yet; its time includes how long it waits. What
 * {@link PollListener} asks for is called by a thread of the subscriptions; while the poll waits it
 * holds no buffer.
 */
final class PendingPoll extends EncodedReply implements PollListener {
    private static final Logger LOG = LoggerFactory.getLogger(PendingPoll.class);

    private final Poll command;
    private final ByteBufAllocator allocator;
    private final int pageBytes;

    /** The events so far; used by the subscriptions alone. */
    private @Nullable PollPage page;

    PendingPoll(
            ClientConnection connection,
            CommandName name,
            Poll command,
            ByteBufAllocator allocator,
            int pageBytes) {
        super(connection, name);
        this.command = command;
        this.allocator = allocator;
        this.pageBytes = pageBytes;
    }

    @Override
    public boolean onEvent(int index, EventView event) {
        PollPage current = page;
        if (current == null) {
            current = new PollPage(command, version(), pageBytes, allocator);
            page = current;
        }
        return current.add(index, event);
    }

    @Override
    public void onEnd() {
        PollPage current = page;
        try {
            if (current != null) {
                succeed(current.encode());
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warn("{} failed", name(), e);
            fail(ErrorReplies.of(new Failure.ReadFailed(String.valueOf(e.getMessage()))));
        } finally {
            releasePage();
        }
        report();
    }

    @Override
    public void onFailure(Failure failure) {
        releasePage();
        fail(ErrorReplies.of(failure));
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
        CompletionQueue completions = connection().completions();
        completions.completed(this);
        completions.flush();
    }

    @Override
    void onDone() {
        connection().onPollDone(this);
    }

    @Override
    void writeNothing(RespWriter out) {
        out.nullArray();
    }
}
