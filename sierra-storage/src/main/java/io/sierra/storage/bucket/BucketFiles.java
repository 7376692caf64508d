package io.sierra.storage.bucket;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.InstantSource;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Where a bucket's segments are and how a new one is made.
 *
 * @param storeId from meta.json; a segment of another store is refused
 * @param segmentSizeBytes size that a segment's file may grow to for one large transaction; usually
 *     it ends at {@link #usualSegmentBytes}
 * @param spareAfterBytes bytes added to a segment before a file for the next one is prepared
 * @param background allocates room ahead of the writer
 */
public record BucketFiles(
        Device device,
        MappingCache mappings,
        UUID storeId,
        long segmentSizeBytes,
        long spareAfterBytes,
        Executor background,
        InstantSource clock) {

    /** Usual value of {@link #spareAfterBytes}: small stores stay small. */
    public static final long SPARE_AFTER_BYTES = 8L << 20;

    /**
     * Size of a segment that is not made for one large transaction. What a start has to read, and
     * what the index of the open segment takes in memory, is bounded by it.
     */
    private static final long USUAL_SEGMENT_BYTES = 32L << 20;

    /** Size that a segment usually has. */
    long usualSegmentBytes() {
        return Math.min(USUAL_SEGMENT_BYTES, segmentSizeBytes);
    }

    /** A segment of this store. */
    SegmentId segment(int bucketId, int segmentNumber) {
        return new SegmentId(bucketId, segmentNumber, SegmentId.saltOf(storeId));
    }

    /**
     * Creates a segment that holds a header and a checkpoint, both durable, name included. A file
     * that a crash or an error left behind in the middle of this is replaced.
     *
     * @param previousDataEnd end of the frames in the segment before; 0 if there is none
     * @param firstFrameBytes what the segment must have room for at least
     * @param spare what the file is made of, if it is ready
     */
    SegmentWriter create(
            SegmentId segment,
            long previousDataEnd,
            Collection<Checkpoint.Position> positions,
            long firstFrameBytes,
            SpareSegment spare,
            ByteBuffer batch)
            throws IOException {
        String path = segment.dataFile();
        device.createDirectories(segment.directory());
        device.delete(path);
        mappings.invalidate(path);
        long allocatedEnd = spare.giveTo(path);
        DeviceFile file = allocatedEnd > 0 ? device.open(path) : device.create(path);
        SegmentAllocator allocator = null;
        try {
            int checkpointLength = (int) FrameEncoder.lengthOfCheckpoint(positions.size());
            long end = SegmentHeader.LENGTH_BYTES + (long) checkpointLength;
            long capacity = capacity(end + firstFrameBytes + FrameEncoder.lengthOfEmpty());
            allocator = allocator(path, allocatedEnd, capacity);
            if (!allocator.allocate(end)) {
                throw new IOException(device.describe(path) + ": no room for a new segment");
            }
            ByteBuffer head = ByteBuffer.allocate((int) end).order(ByteOrder.LITTLE_ENDIAN);
            head.put(header(segment, previousDataEnd).encode());
            new FrameEncoder()
                    .encodeCheckpoint(
                            head,
                            new FrameStamp(segment, SegmentHeader.LENGTH_BYTES, 0, 0),
                            positions);
            file.write(head.flip(), 0);
            file.sync();
            if (allocatedEnd > 0) {
                device.syncDirectory(SegmentId.bucketDirectory(segment.bucketId()));
            }
            device.syncDirectory(segment.directory());
            return new SegmentWriter(segment, file, allocator, end, capacity, batch);
        } catch (IOException e) {
            if (allocator != null) {
                allocator.close();
            }
            file.close();
            throw e;
        }
    }

    /** Makes a file for the next segment of a bucket in the background. */
    SpareSegment spare(int bucketId) {
        return new SpareSegment(device, bucketId, usualSegmentBytes(), background);
    }

    /** Whether {@link #create} would find room. */
    boolean hasRoomForSegment() throws IOException {
        return SegmentAllocator.hasRoom(
                device, Math.min(segmentSizeBytes, SegmentAllocator.STEP_BYTES));
    }

    /** Goes on writing an existing segment at {@code end}, from where on its file is zero. */
    SegmentWriter resume(SegmentId segment, long end, ByteBuffer batch) throws IOException {
        String path = segment.dataFile();
        DeviceFile file = device.open(path);
        try {
            long capacity = capacity(file.size()); // of a file that is larger, all is used
            return new SegmentWriter(
                    segment, file, allocator(path, end, capacity), end, capacity, batch);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private long capacity(long lengthBytes) {
        return Math.clamp(lengthBytes, usualSegmentBytes(), segmentSizeBytes);
    }

    private SegmentAllocator allocator(String path, long allocatedEnd, long capacity)
            throws IOException {
        return new SegmentAllocator(device, mappings, path, allocatedEnd, capacity, background);
    }

    private SegmentHeader header(SegmentId segment, long previousDataEnd) {
        return new SegmentHeader(
                segment,
                clock.millis() * BucketStore.NANOS_PER_MILLI,
                previousDataEnd,
                storeId.getMostSignificantBits(),
                storeId.getLeastSignificantBits());
    }
}
