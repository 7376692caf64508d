package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sierra.cluster.subscription.Positions;
import io.sierra.cluster.subscription.Subscriber;
import io.sierra.cluster.subscription.Subscription;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.push.PushFormat;
import io.sierra.server.resp.ErrorReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A subscription of a connection: encodes what the log gives, piece by piece, and hands each piece
 * to the event loop. What {@link Subscriber} asks for is called by a thread of the subscriptions,
 * one at a time.
 */
final class ClientSubscription implements Subscriber {
    private static final int FIRST_CAPACITY = 1 << 10;

    private final ClientConnection connection;
    private final PushFlow pushFlow;
    private final PushFormat format;
    private final RespVersion version;
    private final ByteBufAllocator allocator;

    private final Runnable onRoom = this::onRoom;

    /** Whether it stands in the line of those that wait for room. */
    private final AtomicBoolean awaitsRoom = new AtomicBoolean();

    /** Whether nothing of it is to be sent any more. */
    private volatile boolean silenced;

    private @Nullable Subscription subscription;
    private @Nullable ByteBuf piece;
    private @Nullable RespWriter writer;

    /** How much of {@link #piece} is whole pushes. */
    private int completeBytes;

    private int nextCapacity = FIRST_CAPACITY;

    /** Whether it has failed, so that no piece follows the one that is being made. */
    private boolean last;

    ClientSubscription(ClientConnection connection, PushFormat format, ByteBufAllocator allocator) {
        this.connection = connection;
        this.pushFlow = connection.pushFlow();
        this.format = format;
        this.version = connection.session().version();
        this.allocator = allocator;
    }

    /** Called once, before the subscription starts. */
    void bind(Subscription opened) {
        subscription = opened;
    }

    UUID id() {
        return subscription().id();
    }

    ClientConnection connection() {
        return connection;
    }

    Subscription subscription() {
        return Objects.requireNonNull(subscription);
    }

    /** Ends it; of what is on its way to the event loop nothing is sent. Any thread. */
    void cancel() {
        silenced = true;
        subscription().end();
    }

    boolean isSilenced() {
        return silenced;
    }

    /** Writes that it has ended. The event loop. */
    void writeError(Failure failure, RespWriter out) {
        format.error(id(), ErrorReplies.of(failure), out);
    }

    /** There may be room again. The event loop. */
    private void onRoom() {
        awaitsRoom.set(false);
        subscription().resume();
    }

    @Override
    public boolean isReady() {
        if (pushFlow.hasRoom()) {
            return true;
        }
        if (awaitsRoom.compareAndSet(false, true)) {
            pushFlow.await(onRoom);
        }
        return pushFlow.hasRoom();
    }

    /** If the event cannot be read or encoded, nothing of it is sent: half a push ends the rest. */
    @Override
    public boolean onEvent(long cursor, EventView event) {
        format.event(id(), cursor, event, writer());
        return noteComplete() < pushFlow.pieceBytes();
    }

    @Override
    public void onCaughtUp(Positions positions) {
        format.caughtUp(id(), positions, writer());
        noteComplete();
    }

    @Override
    public void onHeartbeat(Positions positions) {
        format.heartbeat(id(), positions, writer());
        noteComplete();
    }

    @Override
    public void onFailure(Failure failure) {
        last = true;
        try {
            RespWriter out = writer();
            // What failed may have been the encoding, in the middle of a push.
            Objects.requireNonNull(piece).writerIndex(completeBytes);
            writeError(failure, out);
        } catch (RuntimeException | Error e) {
            // It cannot be told that nothing will come any more; the end of the connection tells.
            connection.closeSoon(e);
        }
    }

    /** A whole push has been written; how much there is now. */
    private int noteComplete() {
        completeBytes = Objects.requireNonNull(piece).readableBytes();
        return completeBytes;
    }

    @Override
    public void flush() {
        ByteBuf made = piece;
        if (made == null) {
            return;
        }
        piece = null;
        writer = null;
        // One that is catching up fills the next piece too, and need not let it grow.
        nextCapacity = Math.max(FIRST_CAPACITY, made.readableBytes());
        pushFlow.onMade(made.readableBytes());
        CompletionQueue completions = connection.completions();
        completions.completed(new PushedPiece(this, made, last));
        completions.flush();
    }

    private RespWriter writer() {
        RespWriter out = writer;
        if (out == null) {
            ByteBuf fresh = allocator.buffer(nextCapacity);
            out = new RespWriter(fresh, version);
            piece = fresh;
            completeBytes = 0;
            writer = out;
        }
        return out;
    }
}
