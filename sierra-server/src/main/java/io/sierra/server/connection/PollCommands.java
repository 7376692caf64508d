package io.sierra.server.connection;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import io.sierra.cluster.Node;
import io.sierra.cluster.subscription.LongPoll;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.Objects;
import java.util.PrimitiveIterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * EREAD and EPREAD of one connection. There is at most one at a time: as in Redis, nothing further
 * of the connection is carried out before it is answered.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class PollCommands {
    private final Node node;
    private final ClientConnection connection;
    private final Channel channel;
    private final int pageBytes;
    private final int maxBlockMillis;
    private @Nullable PendingPoll pending;
    private @Nullable LongPoll poll;

    /** Ends the wait; null if the poll does not wait. */
    private @Nullable ScheduledFuture<?> deadline;

    PollCommands(FrontEnd frontEnd, ClientConnection connection, Channel channel) {
        this.node = frontEnd.node();
        this.connection = connection;
        this.channel = channel;
        this.pageBytes = frontEnd.options().pageBytes();
        this.maxBlockMillis = frontEnd.options().maxBlockMillis();
    }

    /** Carries one out; there is none under way. */
    void handle(CommandName name, Poll command) {
        Failure problem = problemWith(command);
        if (problem != null) {
            connection.replyError(ErrorReplies.of(problem));
            connection.onAnswered(name);
            return;
        }
        PendingPoll reply = new PendingPoll(connection, name, command, channel.alloc(), pageBytes);
        LongPoll opened = node.subscriptions().open(command, reply);
        pending = reply;
        poll = opened;
        connection.onPoll(reply);
        opened.start();
        if (connection.inputEnded()) {
            opened.endWait();
        } else if (command.blockMillis() != Poll.NO_WAIT) {
            deadline = schedule(opened, command.blockMillis());
        }
    }

    /** Whether one is under way. */
    boolean isPending() {
        return pending != null;
    }

    /** The one under way has been answered. */
    void onDone() {
        ScheduledFuture<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        deadline = null;
        pending = null;
        poll = null;
    }

    /** The client may have gone: whatever is under way is answered with what there is. */
    void endWait() {
        LongPoll current = poll;
        if (current != null) {
            current.endWait();
        }
    }

    /**
     * Ends what is under way.
     *
     * @param reason what the client is told; null if nobody is left to be told
     */
    void cancel(@Nullable Failure reason) {
        LongPoll current = poll;
        if (current == null || !current.cancel()) {
            // Nothing is under way, or its answer comes any moment.
            return;
        }
        if (reason == null) {
            onDone();
        } else {
            PendingPoll reply = Objects.requireNonNull(pending);
            reply.fail(ErrorReplies.of(reason));
            reply.onEventLoop();
        }
    }

    private ScheduledFuture<?> schedule(LongPoll opened, long blockMillis) {
        long millis = blockMillis == 0 ? maxBlockMillis : Math.min(blockMillis, maxBlockMillis);
        return channel.eventLoop().schedule(opened::endWait, millis, TimeUnit.MILLISECONDS);
    }

    private @Nullable Failure problemWith(Poll command) {
        Failure problem = node.subscriptions().problemWith(command);
        PrimitiveIterator.OfInt partitionIds = command.partitionsIn(node.partitioning()).iterator();
        while (problem == null && partitionIds.hasNext()) {
            problem = node.failureOf(partitionIds.nextInt());
        }
        return problem;
    }
}
