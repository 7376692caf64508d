package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sierra.protocol.reply.AppendResult.Refused;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.info.LoopMetrics;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.ProtocolException;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client. Takes requests in as they come, has many of them under way at once, and answers in
 * the order of the requests.
 *
 * <p>It stops taking in while too much is under way or unsent, so a client costs bounded memory
 * whatever it does: at first the bytes stay in the socket, then in the client.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** PINGs answered before a look at the output. */
    private static final int PING_BATCH = 1024;

    /**
     * Bytes behind a poll that are read while it waits, and one more piece. As long as the socket
     * is read, it is noticed when the client goes away.
     */
    private static final int READ_BEHIND_POLL_BYTES = 16 << 10;

    private final FrontEnd frontEnd;
    private final Channel channel;
    private final CompletionQueue completions;
    private final LoopMetrics metrics;
    private final Session session;
    private final RequestInput input;
    private final ReplyQueue replies;
    private final ReadOrder order = new ReadOrder();
    private final ReadDispatcher reads;
    private final InFlight inFlight;
    private final RequestHandler handler;
    private final MemoryBudget.Share memory;
    private final UnsentOutput unsent;
    private final PushFlow pushFlow;
    private final SubscriptionCommands subscriptions;
    private final PubSubCommands pubSub;
    private final PollCommands polls;

    /** Start of the command that is being carried out. */
    private long startNanos;

    /** Whether taking in waits for what is under way. */
    private boolean stalled;

    /** No further request is taken in; closed when the last reply has been sent. */
    private boolean closing;

    /** The client sends no more; closed when what it sent has been answered. */
    private boolean inputEnded;

    private boolean closed;
    private boolean takingIn;
    private boolean touched;
    private boolean errorReplied;

    ClientConnection(
            FrontEnd frontEnd, Channel channel, CompletionQueue completions, LoopMetrics metrics) {
        FrontEndOptions options = frontEnd.options();
        this.frontEnd = frontEnd;
        this.channel = channel;
        this.completions = completions;
        this.metrics = metrics;
        this.session =
                new Session(
                        frontEnd.lastConnectionId().incrementAndGet(), options.defaultProtocol());
        this.input = new RequestInput(channel.alloc(), options.respLimits());
        this.pushFlow = new PushFlow(frontEnd.memory());
        this.replies = new ReplyQueue(channel, pushFlow);
        this.reads = new ReadDispatcher(options, frontEnd.readers(), order, channel);
        this.inFlight = new InFlight(options);
        this.memory = frontEnd.memory().newShare();
        this.unsent = new UnsentOutput(channel, options, this::account);
        this.subscriptions = new SubscriptionCommands(frontEnd, this, channel.alloc());
        this.pubSub = new PubSubCommands(frontEnd, this);
        this.polls = new PollCommands(frontEnd, this, channel);
        this.handler = new RequestHandler(frontEnd, this);
    }

    Session session() {
        return session;
    }

    CompletionQueue completions() {
        return completions;
    }

    SubscriptionCommands subscriptions() {
        return subscriptions;
    }

    PubSubCommands pubSub() {
        return pubSub;
    }

    PollCommands polls() {
        return polls;
    }

    PushFlow pushFlow() {
        return pushFlow;
    }

    SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    SocketAddress localAddress() {
        return channel.localAddress();
    }

    /** When the command that is being carried out began, of {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    /** Where the reply to the command that is being carried out goes, if it is ready. */
    RespWriter reply() {
        return replies.immediate(session.version());
    }

    /** Answers with an error; {@code text} starts with a code. */
    void replyError(String text) {
        errorReplied = true;
        frontEnd.metrics().onError(text);
        reply().error(text);
    }

    /** Takes nothing in any more, and closes when everything is answered. */
    void closeAfterReplies() {
        closing = true;
    }

    /** An append went to its bucket. */
    void onAppendOffered(PendingAppend append) {
        inFlight.add(append.lengthBytes());
        order.onAppend(append);
        replies.add(append);
    }

    /** A read is to be carried out. */
    void onRead(PendingRead read, long watermark) {
        inFlight.add(0);
        replies.add(read);
        reads.onRead(read, watermark);
    }

    /** A poll is to be answered; nothing more is carried out before. */
    void onPoll(PendingPoll poll) {
        replies.add(poll);
    }

    /** Whether the client has said that it sends no more. */
    boolean inputEnded() {
        return inputEnded;
    }

    /** Whether an append is under way. */
    boolean hasAppends() {
        return order.hasAppends();
    }

    /** Whether an append with a given event id has to wait for an EGET before it. */
    boolean hasEventReads() {
        return reads.hasEventReads();
    }

    void onAppendDone(PendingAppend append) {
        inFlight.remove(append.lengthBytes());
        boolean failed = false;
        if (append.result() instanceof Refused(var failure)) {
            failed = true;
            frontEnd.metrics().onError(ErrorReplies.of(failure));
        }
        record(append.name(), append.startNanos(), failed);
        order.onAppendDone();
    }

    void onReadDone(PendingRead read) {
        inFlight.remove(0);
        ByteBuf encoded = read.reply();
        reads.onDone(read, encoded == null ? 0 : encoded.readableBytes());
        onEncoded(read);
    }

    void onPollDone(PendingPoll poll) {
        polls.onDone();
        onEncoded(poll);
    }

    private void onEncoded(EncodedReply reply) {
        ByteBuf encoded = reply.reply();
        String error = reply.error();
        if (error != null) {
            frontEnd.metrics().onError(error);
        }
        record(reply.name(), reply.startNanos(), error != null);
        if (closed) {
            reply.discard();
        } else if (encoded != null) {
            replies.onEncoded(encoded);
        }
    }

    /** A subscription has something for the client. */
    void onPushed(PushedPiece piece) {
        if (closed || closing || piece.subscription().isSilenced()) {
            pushFlow.onGone(piece.bytes().readableBytes());
            piece.bytes().release();
        } else {
            replies.push(piece.bytes());
        }
        if (piece.last()) {
            subscriptions.forget(piece.subscription());
        }
    }

    /** A subscription was ended from elsewhere. Called by any thread. */
    void forgetSoon(ClientSubscription subscription) {
        channel.eventLoop().execute(() -> subscriptions.forget(subscription));
    }

    /** Whether this is the first result of a batch that concerns this connection. */
    boolean markTouched() {
        boolean first = !touched;
        touched = true;
        return first;
    }

    /** All results of a batch are in. */
    void afterCompletions() {
        touched = false;
        if (!closed) {
            replies.release();
            resume();
        }
    }

    /** Ends the connection because something about it has failed. Called by any thread. */
    void closeSoon(Throwable cause) {
        channel.pipeline().fireExceptionCaught(cause);
    }

    /** Answers what has been taken in and closes. Called by any thread. */
    void shutDownSoon() {
        channel.eventLoop().execute(this::shutDown);
    }

    private void shutDown() {
        if (!closed) {
            closing = true;
            subscriptions.endAll(new Failure.ShuttingDown());
            polls.cancel(new Failure.ShuttingDown());
            if (handler.dropParked()) {
                replyError(ErrorReplies.of(new Failure.ShuttingDown()));
            }
            replies.release();
            resume();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        frontEnd.connections().put(session.id(), this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        metrics.onInput(bytes.readableBytes());
        if (closing) {
            bytes.release();
        } else {
            input.add(bytes);
            takeIn();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        resume();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !takingIn && !closed) {
            resume();
        }
    }

    /** The client sends no more, but may still read: {@code printf … | nc} is such a one. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            polls.endWait();
            resume();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        closing = true;
        memory.release();
        subscriptions.endAll(null);
        pubSub.clear();
        polls.cancel(null);
        frontEnd.connections().remove(session.id());
        replies.discard();
        input.discard();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // nobody is left who would want to know
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("connection {} is gone", session.id(), cause);
        } else {
            LOG.error("connection {} is closed because of a defect", session.id(), cause);
        }
        ctx.close();
    }

    /** Goes on with whatever can go on, and sends what is ready. */
    private void resume() {
        dispatchReads();
        if (stalled && mayResume()) {
            stalled = false;
        }
        takeIn();
        send();
    }

    private void dispatchReads() {
        if (reads.dispatch()) {
            replies.release();
        }
    }

    private void takeIn() {
        if (takingIn) {
            return;
        }
        takingIn = true;
        startNanos = System.nanoTime();
        session.onActive(startNanos);
        try {
            boolean more = true;
            while (more && canTakeIn()) {
                more = takeRequest();
            }
        } catch (ProtocolException e) {
            onProtocolError(e);
        } finally {
            takingIn = false;
        }
        input.trim();
        dispatchReads();
        if (!inputEnded && channel.isOpen()) {
            // After the end of the input the socket is no longer watched, and asking for more
            // fails.
            channel.config().setAutoRead(!stalled && !hasEnoughBehindPoll());
        }
    }

    private boolean hasEnoughBehindPoll() {
        return polls.isPending() && input.lengthBytes() >= READ_BEHIND_POLL_BYTES;
    }

    /** Carries the next request out; false if it is not there yet. */
    private boolean takeRequest() throws ProtocolException {
        if (polls.isPending()) {
            return false;
        }
        if (handler.hasParked()) {
            return handler.retryParked();
        }
        if (!pubSub.isRestricted() && takePings()) {
            return true;
        }
        Arguments request = input.take();
        if (request == null) {
            return false;
        }
        errorReplied = false;
        handler.handle(request);
        return true;
    }

    private boolean takePings() {
        int count = input.takePings(PING_BATCH);
        if (count == 0) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            replies.immediate(PingFrame.PONG);
        }
        long end = System.nanoTime();
        metrics.onFinished(CommandName.PING.index(), count, (end - startNanos) / count);
        startNanos = end;
        return true;
    }

    /** A command was answered at once. */
    void onAnswered(CommandName name) {
        startNanos = record(name, startNanos, errorReplied);
    }

    /** A command was refused for its form, or is unknown. */
    void onRejected(@Nullable CommandName name) {
        if (name == null) {
            metrics.onUnknownCommand();
        } else {
            metrics.onRejected(name.index());
        }
    }

    private long record(CommandName name, long sinceNanos, boolean failed) {
        long end = System.nanoTime();
        metrics.onFinished(name.index(), end - sinceNanos, failed);
        return end;
    }

    private boolean canTakeIn() {
        if (closing || stalled) {
            return false;
        }
        if (!channel.isWritable()) {
            replies.flush();
        }
        stalled =
                !inFlight.hasRoom()
                        || !channel.isWritable()
                        || (inFlight.bytes() > 0 && frontEnd.memory().isExceeded())
                        || replies.blockedBytes() >= frontEnd.options().outputHighBytes();
        return !stalled;
    }

    /** Not at the first sign of room: each resumption costs a round through the event loop. */
    private boolean mayResume() {
        return inFlight.isHalfEmpty()
                && channel.isWritable()
                && replies.blockedBytes() <= frontEnd.options().outputLowBytes();
    }

    /** Tells the budget what this connection holds now, and ends it if that is too much. */
    private void account() {
        if (closed) {
            return;
        }
        // Pushes are bounded by their flow, and no reason to end a connection.
        long pushed = pushFlow.unsentBytes();
        long unread = Math.max(0, unsent.lengthBytes() + replies.blockedBytes() - pushed);
        long unfinished = input.heldBytes() + pubSub.heldBytes();
        if (memory.hold(unread + unfinished, inFlight.bytes() + pushed) && !closing) {
            onMemoryExceeded(unread > unfinished);
        } else {
            unsent.watch();
        }
    }

    /** A client that reads is told; to one that does not, nothing more can be said. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody is left who would want to know
    private void onMemoryExceeded(boolean becauseOfReplies) {
        LOG.debug("connection {} is closed because limits.memory_bytes is used up", session.id());
        if (becauseOfReplies) {
            channel.close();
        } else {
            handler.dropParked();
            replyError(
                    "ERR Protocol error: the server's memory for unfinished requests is used up");
            closing = true;
            polls.endWait();
            send();
        }
    }

    private void onProtocolError(ProtocolException problem) {
        String text = problem.reply();
        if (text != null) {
            replyError(text);
        }
        closing = true;
    }

    private void send() {
        replies.flush();
        metrics.onOutput(replies.takeOutputBytes());
        account();
        boolean finished = closing || (inputEnded && !stalled);
        if (finished && !closed && replies.isEmpty() && !handler.hasParked()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
