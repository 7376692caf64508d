package io.sierra.storage.index;

import io.sierra.storage.segment.LostEntries;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** A replay of a segment that tells how far it is, and can be broken off. */
final class WatchedReplay implements EventSink {
    private final EventSink sink;
    private final LongConsumer readBytes;
    private final BooleanSupplier cancelled;
    private long readEnd;

    private WatchedReplay(EventSink sink, LongConsumer readBytes, BooleanSupplier cancelled) {
        this.sink = sink;
        this.readBytes = readBytes;
        this.cancelled = cancelled;
    }

    private static final class CancelledException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CancelledException() {
            super(null, null, false, false);
        }
    }

    /**
     * Shows a segment's events to {@code sink}.
     *
     * @param readBytes is told how many bytes have been read since it was told last
     * @return length of the segment's data in bytes
     * @throws IOException if it cannot be read, or was broken off
     */
    static long run(
            SegmentEvents frames,
            int segment,
            EventSink sink,
            LongConsumer readBytes,
            BooleanSupplier cancelled)
            throws IOException {
        WatchedReplay watched = new WatchedReplay(sink, readBytes, cancelled);
        try {
            watched.requireGoingOn();
            long length = frames.replay(segment, watched);
            watched.readTo(length);
            return length;
        } catch (CancelledException e) {
            throw new IOException("segment " + segment + " was not read to its end", e);
        }
    }

    @Override
    public void event(
            int partitionId,
            long partitionSequence,
            long streamKeyHigh,
            long streamKeyLow,
            long streamVersion,
            boolean hasDefaultPartitionKey,
            long eventIdHigh,
            long eventIdLow,
            long frameFileOffset) {
        requireGoingOn();
        readTo(frameFileOffset);
        sink.event(
                partitionId,
                partitionSequence,
                streamKeyHigh,
                streamKeyLow,
                streamVersion,
                hasDefaultPartitionKey,
                eventIdHigh,
                eventIdLow,
                frameFileOffset);
    }

    @Override
    public void lost(
            int partitionId,
            long firstSequence,
            long endSequence,
            List<LostEntries.Versions> versions,
            long frameFileOffset) {
        requireGoingOn();
        readTo(frameFileOffset);
        sink.lost(partitionId, firstSequence, endSequence, versions, frameFileOffset);
    }

    private void requireGoingOn() {
        if (cancelled.getAsBoolean()) {
            throw new CancelledException();
        }
    }

    private void readTo(long end) {
        if (end > readEnd) {
            readBytes.accept(end - readEnd);
            readEnd = end;
        }
    }
}
