package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The three index files of a segment or a run, mapped as long as a {@link Snapshot} has them.
 *
 * <p>Each snapshot holds one reference. Who gives the last one back unmaps.
 */
final class SealedTable {
    private final SegmentRange segments;
    private final Arena arena;
    private final EventIndexFile events;
    private final SeriesIndexFile partitions;
    private final SeriesIndexFile streams;
    private final AtomicInteger references = new AtomicInteger();

    private SealedTable(Device device, String bucketDirectory, SegmentRange segments, Arena arena)
            throws IOException {
        this.segments = segments;
        this.arena = arena;
        this.events = new EventIndexFile(map(device, bucketDirectory, IndexKind.EVENT));
        this.partitions = new SeriesIndexFile(map(device, bucketDirectory, IndexKind.PARTITION));
        this.streams = new SeriesIndexFile(map(device, bucketDirectory, IndexKind.STREAM));
    }

    /**
     * Maps the files.
     *
     * @throws CorruptIndexException if one is missing or bad
     * @throws IOException if one cannot be opened, which says nothing about it
     */
    static SealedTable open(Device device, String bucketDirectory, SegmentRange segments)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            return new SealedTable(device, bucketDirectory, segments, arena);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    SegmentRange segments() {
        return segments;
    }

    /** Whether it is of one segment and has postings. */
    boolean isOfOneSegment() {
        return segments.length() == 1;
    }

    EventIndexFile events() {
        return events;
    }

    SeriesIndexFile series(IndexKind kind) {
        return kind == IndexKind.STREAM ? streams : partitions;
    }

    /** Length of the segment's data that it was made from; 0 for a run. */
    long dataLengthBytes() {
        return events.file().header().dataLengthBytes();
    }

    /** Whether one of its files is in this state. */
    boolean has(VerifiedBlocks state) {
        return events.file().verified() == state
                || partitions.file().verified() == state
                || streams.file().verified() == state;
    }

    /** Takes a reference for a snapshot, while another one holds it or before the first one. */
    void retain() {
        references.incrementAndGet();
    }

    /** Gives a reference back. */
    void release() {
        if (references.decrementAndGet() == 0) arena.close();
    }

    /** Unmaps a table that never got into a snapshot. */
    void discard() {
        assert references.get() == 0;
        arena.close();
    }

    private IndexFile map(Device device, String bucketDirectory, IndexKind kind)
            throws IOException {
        IndexFileId id = new IndexFileId(bucketDirectory, kind, segments.first(), segments.last());
        try (DeviceFile file = device.openForReading(id.path())) {
            MemorySegment bytes = file.map(0, file.size(), arena);
            return IndexFile.open(id, bytes, new VerifiedBlocks(bytes.byteSize()));
        } catch (NoSuchFileException e) {
            throw new CorruptIndexException(id, new VerifiedBlocks(0), "is missing", e);
        }
    }
}
