package io.sierra.server.connection;

import io.sierra.protocol.reply.AppendResult.Appended;
import io.sierra.storage.concurrent.OwnedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a read of a connection may start and what it sees, so that the connection sees its
 * own effects and nothing of what it asked for later, though everything is in flight at once.
 *
 * <p>A read sees what was confirmed when it was parsed, for none of the later appends had been
 * handed on then, and on top of that what the connection's earlier appends wrote. It starts when
 * the last of those is finished. Appends behind it need not wait: they only have higher sequences.
 */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class ReadOrder {
    private final ArrayDeque<PendingAppend> appends = new ArrayDeque<>();
    private final ArrayDeque<PendingRead> waiting = new ArrayDeque<>();
    private final ArrayDeque<PendingRead> ready = new ArrayDeque<>();

    /** By partition the end of what finished appends wrote; kept only while reads wait. */
    private final Map<Integer, Long> ends = new HashMap<>();

    /** Number of the last append; they count from 1. */
    private long issued;

    /** All appends up to this number are finished. */
    private long settled;

    /** An append was handed to its bucket. */
    void onAppend(PendingAppend append) {
        issued++;
        appends.add(append);
    }

    /**
     * A read was parsed.
     *
     * @param watermark of its partition at this moment
     */
    void onRead(PendingRead read, long watermark) {
        read.raiseWatermark(watermark);
        if (appends.isEmpty()) {
            ready.add(read);
        } else {
            read.waitForAppend(issued);
            waiting.add(read);
        }
    }

    /** Whether an append is under way. */
    boolean hasAppends() {
        return !appends.isEmpty();
    }

    /** Some append is finished. */
    void onAppendDone() {
        PendingAppend first = appends.peek();
        while (first != null && first.isDone()) {
            appends.remove();
            settled++;
            letReadsGo(first);
            first = appends.peek();
        }
    }

    /** A read that may start now; null if there is none. */
    @Nullable PendingRead pollReady() {
        return ready.poll();
    }

    private void letReadsGo(PendingAppend finished) {
        if (waiting.isEmpty()) {
            return;
        }
        if (finished.result() instanceof Appended appended) {
            long end = appended.firstPartitionSequence() + appended.events().size();
            ends.merge(appended.partitionId(), end, Math::max);
        }
        PendingRead read = waiting.peek();
        while (read != null && read.afterAppend() <= settled) {
            waiting.remove();
            read.raiseWatermark(ends.getOrDefault(read.partitionId(), 0L));
            ready.add(read);
            read = waiting.peek();
        }
        if (waiting.isEmpty()) {
            ends.clear();
        }
    }
}
