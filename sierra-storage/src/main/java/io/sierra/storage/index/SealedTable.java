package io.sierra.storage.index;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The three index files of a segment or a run, leased as long as a {@link Snapshot} has them.
 *
 * <p>Each snapshot holds one reference. Who gives the last one back ends the leases.
 */
final class SealedTable {
    private final SegmentRange segments;
    private final List<Lease> leases = new ArrayList<>();
    private final EventIndexFile events;
    private final SeriesIndexFile partitions;
    private final SeriesIndexFile streams;
    private final AtomicInteger references = new AtomicInteger();

    private SealedTable(MappingCache mappings, String bucketDirectory, SegmentRange segments)
            throws IOException {
        this.segments = segments;
        try {
            this.events = new EventIndexFile(lease(mappings, bucketDirectory, IndexKind.EVENT));
            this.partitions =
                    new SeriesIndexFile(lease(mappings, bucketDirectory, IndexKind.PARTITION));
            this.streams = new SeriesIndexFile(lease(mappings, bucketDirectory, IndexKind.STREAM));
        } catch (IOException | RuntimeException | Error e) {
            returnLeases();
            throw e;
        }
    }

    /**
     * Leases the files.
     *
     * @throws CorruptIndexException if one is missing or bad
     * @throws IOException if one cannot be opened, which says nothing about it
     */
    static SealedTable open(MappingCache mappings, String bucketDirectory, SegmentRange segments)
            throws IOException {
        return new SealedTable(mappings, bucketDirectory, segments);
    }

    SegmentRange segments() {
        return segments;
    }

    /** Whether it is of one segment, and not a run. */
    boolean isOfOneSegment() {
        return segments.length() == 1;
    }

    EventIndexFile events() {
        return events;
    }

    IndexFile file(IndexKind kind) {
        return kind == IndexKind.EVENT ? events.file() : series(kind).file();
    }

    SeriesIndexFile series(IndexKind kind) {
        return kind == IndexKind.STREAM ? streams : partitions;
    }

    EntrySearch search(IndexKind kind) {
        return kind == IndexKind.EVENT ? events.search() : series(kind).search();
    }

    /** Length of the segment's data that it was made from; 0 for a run. */
    long dataLengthBytes() {
        return events.file().header().dataLengthBytes();
    }

    /** Whether one of its files is in this state. */
    boolean has(VerifiedBlocks state) {
        return events.file().state() == state
                || partitions.file().state() == state
                || streams.file().state() == state;
    }

    /** Takes a reference for a snapshot, while another one holds it or before the first one. */
    void retain() {
        references.incrementAndGet();
    }

    /** Gives a reference back. */
    void release() {
        if (references.decrementAndGet() == 0) returnLeases();
    }

    /** Gives the files of a table back that never got into a snapshot. */
    void discard() {
        assert references.get() == 0;
        returnLeases();
    }

    private void returnLeases() {
        leases.forEach(Lease::close);
    }

    private IndexFile lease(MappingCache mappings, String bucketDirectory, IndexKind kind)
            throws IOException {
        IndexFileId id = new IndexFileId(bucketDirectory, kind, segments.first(), segments.last());
        Lease lease = id.lease(mappings);
        leases.add(lease);
        return IndexFile.open(id, lease.segment(), new VerifiedBlocks(lease.segment().byteSize()));
    }
}
