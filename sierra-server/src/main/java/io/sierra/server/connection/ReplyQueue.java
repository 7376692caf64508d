package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one connection, which leave in the order of their requests. Replies that are ready
 * when nothing stands before them go straight into the output; others wait in line. Many small
 * replies become one write.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class ReplyQueue {
    private static final int FIRST_CAPACITY = 512;

    /** Output that is handed on without waiting for the end of the burst. */
    private static final int CHUNK_BYTES = 64 << 10;

    /** Larger encoded replies are handed on as they are instead of being copied. */
    private static final int COPY_LIMIT_BYTES = 8 << 10;

    private final Channel channel;
    private final PushFlow pushFlow;
    private final ArrayDeque<PendingReply> waiting = new ArrayDeque<>();
    private @Nullable ByteBuf output;
    private @Nullable RespWriter writer;
    private @Nullable ByteBuf writerTarget;
    private long blockedBytes;

    /** The last block in line as long as it grows, and how much of it has been counted. */
    private @Nullable ByteBuf growing;

    private int growingCounted;
    private long outputBytes;

    /** How much of {@link #output} was pushed. */
    private int pushedBytes;

    ReplyQueue(Channel channel, PushFlow pushFlow) {
        this.channel = channel;
        this.pushFlow = pushFlow;
    }

    /** Whether nothing waits for a result. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Bytes of replies that wait for earlier ones. */
    long blockedBytes() {
        countGrowth();
        return blockedBytes;
    }

    /** Bytes handed to the channel since the last call. */
    long takeOutputBytes() {
        long bytes = outputBytes;
        outputBytes = 0;
        return bytes;
    }

    /** A reply that comes after all so far and whose result is still to come. */
    void add(PendingReply reply) {
        endGrowth();
        waiting.add(reply);
    }

    /** Where a reply goes that is ready and comes after all so far. */
    RespWriter immediate(RespVersion version) {
        return writerFor(immediateTarget(), version);
    }

    /** The same for a reply that is there in bytes. */
    void immediate(byte[] reply) {
        immediateTarget().writeBytes(reply);
    }

    /** Lets the replies go that nothing stands before any more. */
    void release() {
        PendingReply first = waiting.peek();
        while (first != null && first.isDone()) {
            waiting.remove();
            first.writeTo(this);
            first = waiting.peek();
        }
    }

    /** Where a {@link PendingReply} whose turn it is writes itself. */
    RespWriter writer(RespVersion version) {
        return writerFor(output(), version);
    }

    /** The same for replies that were ready at once; takes the buffer over. */
    void block(ByteBuf bytes) {
        if (waiting.isEmpty()) {
            endGrowth();
        }
        frames(bytes);
    }

    /** The same for one that is encoded already; takes the buffer over. */
    void frames(ByteBuf encoded) {
        blockedBytes -= encoded.readableBytes();
        if (encoded.readableBytes() <= COPY_LIMIT_BYTES) {
            output().writeBytes(encoded);
            encoded.release();
        } else {
            handOn();
            write(encoded);
        }
    }

    /** A reply came back encoded and takes memory until it has been written. */
    void onEncoded(ByteBuf encoded) {
        blockedBytes += encoded.readableBytes();
    }

    /**
     * Pushes go out behind the replies to all commands that were taken in before they came. So the
     * reply to an append comes before the push of its event. A poll, which may wait for long and is
     * always the last in line, they overtake. Takes the buffer over.
     */
    void push(ByteBuf bytes) {
        PendingReply poll = waiting.peekLast() instanceof PendingPoll ? waiting.pollLast() : null;
        if (waiting.isEmpty()) {
            writePush(bytes);
        } else {
            endGrowth();
            blockedBytes += bytes.readableBytes();
            waiting.add(new PushBlock(bytes, pushFlow));
        }
        if (poll != null) {
            waiting.add(poll);
        }
    }

    /** The same for some that had to wait. */
    void releasePush(ByteBuf bytes) {
        blockedBytes -= bytes.readableBytes();
        writePush(bytes);
    }

    private void writePush(ByteBuf bytes) {
        int lengthBytes = bytes.readableBytes();
        if (lengthBytes <= COPY_LIMIT_BYTES) {
            output().writeBytes(bytes);
            bytes.release();
            pushedBytes += lengthBytes;
        } else {
            handOn();
            outputBytes += lengthBytes;
            channel.write(bytes).addListener(_ -> pushFlow.onGone(lengthBytes));
        }
    }

    /** Hands everything that is ready to the network. */
    void flush() {
        handOn();
        channel.flush();
    }

    /** Gives everything back; the connection is gone. */
    void discard() {
        waiting.forEach(PendingReply::discard);
        waiting.clear();
        growing = null;
        blockedBytes = 0;
        ByteBuf unsent = output;
        if (unsent != null) {
            unsent.release();
            forgetOutput();
            pushFlow.onGone(pushedBytes);
            pushedBytes = 0;
        }
    }

    private ByteBuf immediateTarget() {
        if (waiting.isEmpty()) {
            return output();
        }
        if (waiting.peekLast() instanceof ReplyBlock(ByteBuf bytes)) {
            return bytes;
        }
        ByteBuf block = channel.alloc().buffer(FIRST_CAPACITY);
        waiting.add(new ReplyBlock(block));
        growing = block;
        growingCounted = 0;
        return block;
    }

    private void endGrowth() {
        countGrowth();
        growing = null;
    }

    private void countGrowth() {
        ByteBuf block = growing;
        if (block != null) {
            blockedBytes += block.readableBytes() - growingCounted;
            growingCounted = block.readableBytes();
        }
    }

    private ByteBuf output() {
        ByteBuf current = output;
        if (current != null && current.readableBytes() >= CHUNK_BYTES) {
            handOn();
            current = null;
        }
        if (current == null) {
            current = channel.alloc().buffer(FIRST_CAPACITY);
            output = current;
        }
        return current;
    }

    @SuppressWarnings("ReferenceEquality") // a writer is bound to one buffer, whatever is in it
    private RespWriter writerFor(ByteBuf target, RespVersion version) {
        RespWriter known = writer;
        if (known == null || writerTarget != target || known.version() != version) {
            known = new RespWriter(target, version);
            writer = known;
            writerTarget = target;
        }
        return known;
    }

    private void handOn() {
        ByteBuf ready = output;
        if (ready != null) {
            forgetOutput();
            write(ready);
        }
    }

    /** A write that fails closes the channel, which is noticed there. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void write(ByteBuf bytes) {
        outputBytes += bytes.readableBytes();
        int pushed = pushedBytes;
        if (pushed == 0) {
            channel.write(bytes, channel.voidPromise());
        } else {
            pushedBytes = 0;
            channel.write(bytes).addListener(_ -> pushFlow.onGone(pushed));
        }
    }

    private void forgetOutput() {
        output = null;
        writer = null;
        writerTarget = null;
    }
}
