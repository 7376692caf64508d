package io.sierra.storage.read;

import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.TouchList;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.read.DataFiles.DataFile;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes from frame to frame of one bucket and shows their events. Keeps the segment it stands in
 * mapped until it is closed or moves to another one. For one read on one thread.
 */
public final class FrameCursor implements EventView, AutoCloseable {
    private static final int TOUCHED_AT_ONCE = 16;

    /** Of a frame: its header and a short event. */
    static final int TOUCHED_BYTES = 256;

    private final DataFiles files;
    private MappingCache.@Nullable Lease lease;
    private @Nullable FrameReader frame;

    /** Nobody needs it, but without it nothing would have to be read. */
    @SuppressWarnings("unused")
    private int touched;

    /** A cursor over the frames of a bucket. It stands nowhere until {@link #moveTo}. */
    FrameCursor(DataFiles files) {
        this.files = files;
    }

    /**
     * Moves before the first event of the frame at this {@link FrameLocation}; stays where it is,
     * event included, if it stands there already.
     *
     * @throws CorruptSegmentException if the frame is not as written
     */
    public FrameReader moveTo(long location) throws IOException {
        int segmentNumber = FrameLocation.segmentNumber(location);
        long fileOffset = FrameLocation.fileOffset(location);
        FrameReader reader = frame;
        if (reader == null || reader.segment().segmentNumber() != segmentNumber) {
            reader = openSegment(segmentNumber);
        } else if (reader.fileOffset() == fileOffset) {
            return reader;
        }
        long mappedBytes = mappedBytes();
        try {
            reader.moveTo(fileOffset);
            return reader;
        } catch (CorruptSegmentException e) {
            close(); // or the next move to the same place would find it done
            return moveInGrownFile(segmentNumber, fileOffset, mappedBytes, e);
        }
    }

    /**
     * Reads the beginnings of the next frames in the segment of the first of them, so that the
     * processor waits for the memory of all of them at once and not at each {@link #moveTo}: first
     * one cache line of each, then the next one of each. To be called before each move; does
     * something at every {@value #TOUCHED_AT_ONCE}th. Without a {@link TouchList}: it would be made
     * for each scan, and all places are of one length.
     *
     * @param locations of frames that will be moved to, {@code count} of them
     * @param next of them
     */
    void touch(long[] locations, int next, int count) throws IOException {
        int end = Math.min(next + TOUCHED_AT_ONCE, count);
        if (next % TOUCHED_AT_ONCE != 0 || end - next < 2) {
            return;
        }
        int segmentNumber = FrameLocation.segmentNumber(locations[next]);
        if (frame == null || frame.segment().segmentNumber() != segmentNumber) {
            moveTo(locations[next]);
        }
        MemorySegment data = Objects.requireNonNull(lease).segment();
        int sum = 0;
        for (int line = 0; line < TOUCHED_BYTES; line += TouchList.CACHE_LINE_BYTES) {
            for (int i = next; i < end; i++) {
                long fileOffset = FrameLocation.fileOffset(locations[i]) + line;
                boolean isHere = FrameLocation.segmentNumber(locations[i]) == segmentNumber;
                if (isHere && fileOffset < data.byteSize()) {
                    sum += data.get(ValueLayout.JAVA_BYTE, fileOffset);
                }
            }
        }
        touched = sum;
    }

    /** The open segment's file grows: what is beyond the mapping may be in a newer one. */
    private FrameReader moveInGrownFile(
            int segmentNumber, long fileOffset, long mappedBefore, CorruptSegmentException failure)
            throws IOException {
        FrameReader reader = openSegment(segmentNumber);
        if (mappedBytes() == mappedBefore) {
            close();
            throw failure;
        }
        try {
            reader.moveTo(fileOffset);
            return reader;
        } catch (CorruptSegmentException e) {
            close();
            throw e;
        }
    }

    private long mappedBytes() {
        MappingCache.Lease held = lease;
        return held == null ? 0 : held.segment().byteSize();
    }

    private FrameReader openSegment(int segmentNumber) throws IOException {
        close();
        DataFile file = files.of(segmentNumber);
        MappingCache.Lease newLease = file.mapped().acquire();
        FrameReader reader =
                new FrameReader(file.segment(), file.description(), newLease.segment());
        lease = newLease;
        frame = reader;
        return reader;
    }

    /** Releases the segment. The cursor may move again. */
    @Override
    public void close() {
        MappingCache.Lease held = lease;
        if (held != null) {
            held.close();
        }
        lease = null;
        frame = null;
    }

    /** The frame that the cursor stands at. */
    public FrameReader frame() {
        FrameReader reader = frame;
        if (reader == null) {
            throw new IllegalStateException("the cursor stands nowhere");
        }
        return reader;
    }

    @Override
    public long eventIdMostSignificantBits() {
        return frame().eventIdMostSignificantBits();
    }

    @Override
    public long eventIdLeastSignificantBits() {
        return frame().eventIdLeastSignificantBits();
    }

    @Override
    public long partitionKeyMostSignificantBits() {
        return frame().partitionKeyMostSignificantBits();
    }

    @Override
    public long partitionKeyLeastSignificantBits() {
        return frame().partitionKeyLeastSignificantBits();
    }

    @Override
    public int partitionId() {
        return frame().partitionId();
    }

    @Override
    public long transactionIdMostSignificantBits() {
        return frame().transactionIdMostSignificantBits();
    }

    @Override
    public long transactionIdLeastSignificantBits() {
        return frame().transactionIdLeastSignificantBits();
    }

    @Override
    public long partitionSequence() {
        return frame().partitionSequence();
    }

    @Override
    public long streamVersion() {
        return frame().streamVersion();
    }

    @Override
    public long timestampNanos() {
        return frame().timestampNanos();
    }

    @Override
    public int streamIdLengthBytes() {
        return frame().streamIdLengthBytes();
    }

    @Override
    public int nameLengthBytes() {
        return frame().nameLengthBytes();
    }

    @Override
    public int metadataLengthBytes() {
        return frame().metadataLengthBytes();
    }

    @Override
    public int payloadLengthBytes() {
        return frame().payloadLengthBytes();
    }

    @Override
    public void copyStreamId(ByteBuffer target) {
        frame().copyStreamId(target);
    }

    @Override
    public void copyStreamId(byte[] target, int offset) {
        frame().copyStreamId(target, offset);
    }

    @Override
    public void copyName(ByteBuffer target) {
        frame().copyName(target);
    }

    @Override
    public void copyName(byte[] target, int offset) {
        frame().copyName(target, offset);
    }

    @Override
    public void copyMetadata(ByteBuffer target) {
        frame().copyMetadata(target);
    }

    @Override
    public void copyMetadata(byte[] target, int offset) {
        frame().copyMetadata(target, offset);
    }

    @Override
    public void copyPayload(ByteBuffer target) {
        frame().copyPayload(target);
    }

    @Override
    public void copyPayload(byte[] target, int offset) {
        frame().copyPayload(target, offset);
    }
}
