package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sierra.protocol.command.Command;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands the reads of one connection to the readers, only as many as the connection can be expected
 * to take the replies of: a client that does not read its replies must not fill the memory.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class ReadDispatcher {
    /** Reads of one connection that may be with the readers at once. */
    private static final int MAX_RUNNING = 32;

    /** Room for a number as a reply. */
    private static final int NUMBER_BYTES = 24;

    private final ReaderPool readers;
    private final ReadOrder order;
    private final Channel channel;

    /** Size of the next page, guessed from the last one. */
    private long expectedPageBytes;

    /** Those that are handed on together. */
    private final List<PendingRead> started = new ArrayList<>(MAX_RUNNING);

    private int running;
    private int runningPages;
    private int unfinishedEventReads;
    private @Nullable PendingRead next;

    ReadDispatcher(FrontEndOptions options, ReaderPool readers, ReadOrder order, Channel channel) {
        this.readers = readers;
        this.order = order;
        this.channel = channel;
        this.expectedPageBytes = options.pageBytes();
    }

    /** A read was parsed. */
    void onRead(PendingRead read, long watermark) {
        if (isEventRead(read)) {
            unfinishedEventReads++;
        }
        order.onRead(read, watermark);
    }

    /** Hands on what may start; whether some of it is done already. */
    boolean dispatch() {
        try {
            return start();
        } finally {
            if (!started.isEmpty()) {
                readers.submit(started);
                started.clear();
            }
        }
    }

    /** Answers, or puts into {@link #started}, what may start; whether some of it is done. */
    private boolean start() {
        boolean done = false;
        PendingRead read = next == null ? order.pollReady() : next;
        while (read != null && hasRoomFor(read)) {
            running++;
            runningPages += isPage(read) ? 1 : 0;
            if (read.command() instanceof Command.PartitionSequence) {
                answerSequence(read);
                done = true;
            } else {
                started.add(read);
            }
            read = order.pollReady();
        }
        next = read;
        return done;
    }

    /** The watermark says it all, so no reader is needed. */
    private void answerSequence(PendingRead read) {
        ByteBuf reply = channel.alloc().buffer(NUMBER_BYTES);
        ReadExecutor.writeLast(read.watermark() - 1, new RespWriter(reply, read.version()));
        read.succeed(reply);
        read.onEventLoop();
    }

    /** A reader has finished. */
    void onDone(PendingRead read, int replyBytes) {
        running--;
        if (isPage(read)) {
            runningPages--;
            expectedPageBytes = replyBytes;
        }
        if (isEventRead(read)) {
            unfinishedEventReads--;
        }
    }

    /**
     * Whether an EGET is under way. It has no watermark that would keep an append with a given id
     * behind it out of its sight.
     */
    boolean hasEventReads() {
        return unfinishedEventReads > 0;
    }

    private boolean hasRoomFor(PendingRead read) {
        if (running == MAX_RUNNING || !channel.isWritable()) {
            return false;
        }
        long expected = (runningPages + 1) * expectedPageBytes;
        return !isPage(read) || runningPages == 0 || expected <= channel.bytesBeforeUnwritable();
    }

    private static boolean isEventRead(PendingRead read) {
        return read.command() instanceof Command.GetEvent;
    }

    /** Whether its reply can be large. */
    private static boolean isPage(PendingRead read) {
        return switch (read.command()) {
            case Command.GetEvent _, Command.ScanStream _, Command.ScanPartition _ -> true;
            case Command.StreamVersion _, Command.PartitionSequence _ -> false;
        };
    }
}
