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
 * @param segmentSizeBytes size that a segment's file may grow to
 * @param lengths how long a segment is when a next one is prepared, and when it is sealed at close
 * @param background allocates room ahead of the writer
 */
public record BucketFiles(
        Device device,
        MappingCache mappings,
        UUID storeId,
        long segmentSizeBytes,
        SegmentLengths lengths,
        Executor background,
        InstantSource clock) {

    /** A segment of this store. */
    SegmentId segment(int bucketId, int segmentNumber) {
        return new SegmentId(bucketId, segmentNumber, SegmentId.saltOf(storeId));
    }

    /**
     * Reads the header, and not from the mapping: all of a file that was only given its size is a
     * hole, see {@link SegmentScan}.
     *
     * @throws CorruptSegmentException if it is not as written
     */
    SegmentHeader headerOf(SegmentId segment, DeviceFile file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
        file.read(head, 0);
        return SegmentHeader.decode(head, segment, device.describe(segment.dataFile()));
    }

    /**
     * Creates a segment that holds a header and a checkpoint, both durable, name included. A file
     * that a crash or an error left behind in the middle of this is replaced.
     *
     * @param previousDataEnd end of the frames in the segment before; 0 if there is none
     * @param spare what the file is made of, if it is ready
     */
    SegmentWriter create(
            SegmentId segment,
            long previousDataEnd,
            Collection<Checkpoint.Position> positions,
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
            allocator = allocator(path, allocatedEnd);
            if (!allocator.allocate(end)) {
                throw new IOException(
                        "%s: no room for a new segment: %s"
                                .formatted(device.describe(path), allocator.shortage()));
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
            return new SegmentWriter(segment, file, allocator, end, segmentSizeBytes, batch);
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
        return new SpareSegment(device, bucketId, segmentSizeBytes, background);
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
            return new SegmentWriter(
                    segment, file, allocator(path, end), end, segmentSizeBytes, batch);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private SegmentAllocator allocator(String path, long allocatedEnd) throws IOException {
        return new SegmentAllocator(
                device, mappings, path, allocatedEnd, segmentSizeBytes, background);
    }

    /** Cuts what an ended segment has allocated and not used. */
    void giveBackRoom(SegmentId segment, long dataEnd) throws IOException {
        try (DeviceFile file = device.open(segment.dataFile())) {
            file.setSize(dataEnd);
        }
        mappings.invalidate(segment.dataFile());
    }

    private SegmentHeader header(SegmentId segment, long previousDataEnd) {
        return SegmentHeader.of(
                segment, storeId, clock.millis() * BucketStore.NANOS_PER_MILLI, previousDataEnd);
    }
}
