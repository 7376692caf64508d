package io.sierra.storage.index;

import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.segment.LostEntries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The index of a segment that is not sealed yet, in memory.
 *
 * <p>One writer at a time adds confirmed events, any number of readers look up without a lock. An
 * event is found by its sequence last, so whoever sees a sequence finds the event by all three
 * ways.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
public final class OpenIndex implements EventSink {
    private static final int STREAM_PAGE_BITS = 10;
    private static final long NOT_SEALED = -1;

    private final int segmentNumber;
    private final OpenEvents events = new OpenEvents();
    private final Postings postings = new Postings();
    private final OpenSeries streams = new OpenSeries(STREAM_PAGE_BITS, postings);
    private final OpenSeries partitions = new OpenSeries(0, postings);

    /** Where partitions go on that have lost events in this segment. */
    private final Map<Integer, Long> lossEnds = new HashMap<>();

    @Published private volatile int eventCount;
    @Published private volatile long memoryBytes;
    @Published private volatile long sealedLengthBytes = NOT_SEALED;

    /** An index without events. */
    public OpenIndex(int segmentNumber) {
        this.segmentNumber = segmentNumber;
    }

    /**
     * Adds a confirmed event.
     *
     * @param partitionSequence follows that of the partition's last event here, if there is one
     * @param streamVersion follows that of the stream's last event here, if there is one
     * @param frameFileOffset in bytes, a multiple of 8
     * @throws IllegalArgumentException if there is a gap or the offset is impossible
     */
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
        int units = FrameLocation.units(frameFileOffset);
        streams.add(
                streamKeyHigh,
                streamKeyLow,
                streamVersion,
                hasDefaultPartitionKey,
                units,
                hasLostEvents(partitionId));
        events.add(IndexHash.ofEvent(eventIdHigh, eventIdLow), units);
        partitions.add(
                IndexHash.ofPartition(partitionId),
                partitionId,
                partitionSequence,
                /* hasDefaultPartitionKey= */ false,
                units,
                isBehindLoss(partitionId, partitionSequence));
        eventCount = eventCount() + 1;
        publishMemory();
    }

    /** Whether streams of a partition may go on with a gap here. */
    boolean hasLostEvents(int partitionId) {
        return !lossEnds.isEmpty() && lossEnds.containsKey(partitionId);
    }

    /** Whether a partition goes on with this sequence behind lost ones. */
    boolean isBehindLoss(int partitionId, long partitionSequence) {
        Long end = lossEnds.isEmpty() ? null : lossEnds.get(partitionId);
        return end != null && end == partitionSequence;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The first lost sequence, and each version that is known to be lost, leads to the frame
     * that tells so.
     */
    @Override
    public void lost(
            int partitionId,
            long firstSequence,
            long endSequence,
            List<LostEntries.Versions> versions,
            long frameFileOffset) {
        if (endSequence == firstSequence) {
            return;
        }
        int units = FrameLocation.units(frameFileOffset);
        for (LostEntries.Versions lost : versions) {
            for (int i = 0; i < lost.count(); i++) {
                long version = lost.firstVersion() + i;
                streams.add(
                        lost.keyHigh(),
                        lost.keyLow(),
                        version,
                        /* hasDefaultPartitionKey= */ false,
                        units,
                        /* mayBeBehindGap= */ true);
            }
        }
        partitions.add(
                IndexHash.ofPartition(partitionId),
                partitionId,
                firstSequence,
                /* hasDefaultPartitionKey= */ false,
                units,
                isBehindLoss(partitionId, firstSequence));
        lossEnds.put(partitionId, endSequence);
        publishMemory();
    }

    /** Adds an event to all but the partition: there is a gap before it. */
    void addBehindGap(
            long streamKeyHigh,
            long streamKeyLow,
            long streamVersion,
            boolean hasDefaultPartitionKey,
            long eventIdHigh,
            long eventIdLow,
            long frameFileOffset) {
        int units = FrameLocation.units(frameFileOffset);
        streams.add(
                streamKeyHigh,
                streamKeyLow,
                streamVersion,
                hasDefaultPartitionKey,
                units,
                /* mayBeBehindGap= */ true);
        events.add(IndexHash.ofEvent(eventIdHigh, eventIdLow), units);
        eventCount = eventCount() + 1;
        publishMemory();
    }

    private void publishMemory() {
        memoryBytes =
                events.memoryBytes()
                        + streams.memoryBytes()
                        + partitions.memoryBytes()
                        + postings.memoryBytes();
    }

    /** The segment that this is the index of. */
    public int segmentNumber() {
        return segmentNumber;
    }

    /** Events added so far. From any thread. */
    public int eventCount() {
        return eventCount;
    }

    /** Approximate size on the heap. From any thread. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** Says that nothing will be added any more. */
    void seal(long dataLengthBytes) {
        if (dataLengthBytes < 0) throw new IllegalArgumentException("length " + dataLengthBytes);
        sealedLengthBytes = dataLengthBytes;
    }

    /** Whether nothing will be added any more, and all that was is seen. */
    boolean isSealed() {
        return sealedLengthBytes != NOT_SEALED;
    }

    /** Length of the segment's data, once it is sealed. */
    long sealedLengthBytes() {
        return sealedLengthBytes;
    }

    OpenEvents events() {
        return events;
    }

    OpenSeries streams() {
        return streams;
    }

    OpenSeries partitions() {
        return partitions;
    }

    OpenSeries series(IndexKind kind) {
        return kind == IndexKind.STREAM ? streams : partitions;
    }

    /** Reads where a look-up will begin. */
    long touch(IndexKind kind, long keyHigh) {
        return kind == IndexKind.EVENT ? events.touch(keyHigh) : series(kind).touch(keyHigh);
    }
}
