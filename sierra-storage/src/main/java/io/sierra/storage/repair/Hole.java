package io.sierra.storage.repair;

import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of a segment that are given up, and the entries that frames in there will stand for. */
final class Hole {
    /** The shortest event: one byte of stream id, and nothing else. */
    static final long SHORTEST_EVENT_BYTES = 45;

    final SegmentId segment;
    final long start;

    /** Exclusive; {@link ByteRange#UNKNOWN_END} if it may be chosen. */
    final long end;

    /** What the header of the only frame in it tells, or null. */
    final @Nullable LostFrame header;

    /** What frames here will stand for. */
    final List<PlacedLoss> losses = new ArrayList<>();

    /** Bytes that frames may have had here. */
    private final long longestBytes;

    /** What lost frames stand for that may have been here. */
    private final long lostNumbers;

    /**
     * A hole.
     *
     * @param longestBytes that may have been here
     * @param lostNumbers that frames in the segment stand for since an earlier repair: a frame of
     *     these needs no room for what it stands for
     */
    Hole(
            SegmentId segment,
            long start,
            long end,
            @Nullable LostFrame header,
            long longestBytes,
            long lostNumbers) {
        this.segment = segment;
        this.start = start;
        this.end = end;
        this.header = header;
        this.longestBytes = Math.max(longestBytes, FrameEncoder.lengthOfEmpty());
        this.lostNumbers = lostNumbers;
    }

    /** {@link FrameLocation} of its first byte. */
    long location() {
        return FrameLocation.pack(segment.segmentNumber(), start);
    }

    /** Whether the segment's checkpoint was in it. */
    boolean hasCheckpoint() {
        return start == SegmentHeader.LENGTH_BYTES;
    }

    boolean hasChosenEnd() {
        return end == ByteRange.UNKNOWN_END;
    }

    boolean contains(long fileOffset) {
        return start <= fileOffset && fileOffset < end;
    }

    /** Whether entries of a partition may have been here. */
    boolean mayHold(int partitionId) {
        return header == null || header.partitionId() == partitionId;
    }

    /**
     * Bytes that are left behind the frames that will be here; negative if they have no room.
     *
     * @param positions in the checkpoint, if the segment's was here
     */
    long leftBytes(int positions) {
        if (hasChosenEnd()) {
            return Long.MAX_VALUE;
        }
        long used = hasCheckpoint() ? FrameEncoder.lengthOfCheckpoint(positions) : 0;
        for (PlacedLoss loss : losses) {
            used += loss.lengthBytes();
        }
        return end - start - used;
    }

    /** Most entries of one partition that may have been here. */
    long mostEntries() {
        return longestBytes / FrameEncoder.lengthOfEmpty() + lostNumbers;
    }

    /** Most events of one partition that may have been here. */
    long mostEvents() {
        return (longestBytes - FrameEncoder.lengthOfEmpty()) / SHORTEST_EVENT_BYTES + lostNumbers;
    }
}
