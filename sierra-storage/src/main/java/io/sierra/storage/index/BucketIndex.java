package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** All indexes of one bucket: of its open segments, of sealed ones, and merged ones. */
public final class BucketIndex implements AutoCloseable {
    private volatile List<OpenIndex> open = List.of();
    private final AtomicInteger pendingSeals = new AtomicInteger();

    private BucketIndex() {}

    /**
     * Opens the indexes of a bucket.
     *
     * @param bucketDirectory on the device, holds {@code segments/} and {@code runs/}
     * @param sealedSegments segments 0 to this, exclusive, have been sealed: their data is complete
     * @param frames to rebuild what is missing or bad
     */
    public static BucketIndex open(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            int sealedSegments,
            SegmentEvents frames,
            IndexOptions options)
            throws IOException {
        BucketIndex index = new BucketIndex();
        for (int segment = 0; segment < sealedSegments; segment++) {
            var _ = frames.replay(segment, index.beginSegment(segment)::add);
        }
        return index;
    }

    /** Starts the index of the next segment; older ones stay readable. Bucket thread only. */
    public OpenIndex beginSegment(int segmentNumber) {
        OpenIndex index = new OpenIndex(segmentNumber);
        List<OpenIndex> newestFirst = new ArrayList<>(open);
        newestFirst.addFirst(index);
        open = List.copyOf(newestFirst);
        return index;
    }

    /**
     * Says that nothing will be added any more. Returns at once; the index is written in the
     * background and stays readable. Bucket thread only.
     *
     * @param dataLengthBytes length of the segment's data
     */
    public void seal(OpenIndex index, long dataLengthBytes) {
        pendingSeals.incrementAndGet();
    }

    /** Version of the last event of a stream, -1 if it has none. */
    public long lastStreamVersion(long keyHigh, long keyLow) throws IOException {
        return last(IndexKind.STREAM, keyHigh, keyLow);
    }

    /**
     * Locations of consecutive versions of a stream.
     *
     * @param locations takes them, see {@link FrameLocation}
     * @param max most locations to put there, at least 1
     * @return how many, as one look-up gives them; 0 only if there is no {@code firstVersion}
     */
    public int locateStreamVersions(
            long keyHigh, long keyLow, long firstVersion, long[] locations, int max)
            throws IOException {
        return locate(IndexKind.STREAM, keyHigh, keyLow, firstVersion, locations, max);
    }

    /** Sequence of the last event of a partition, -1 if it has none. */
    public long lastSequence(int partitionId) throws IOException {
        return last(IndexKind.PARTITION, IndexHash.ofPartition(partitionId), partitionId);
    }

    /**
     * Locations of consecutive sequences of a partition, as {@link #locateStreamVersions} of
     * versions.
     */
    public int locateSequences(int partitionId, long firstSequence, long[] locations, int max)
            throws IOException {
        long keyHigh = IndexHash.ofPartition(partitionId);
        return locate(IndexKind.PARTITION, keyHigh, partitionId, firstSequence, locations, max);
    }

    /**
     * Shows where an event may be, newest location first, until {@code candidate} takes one. A
     * location may be wrong, and an id may occur once in each partition, so the caller looks there.
     *
     * @return whether {@code candidate} took one
     */
    public boolean findEvent(long idHigh, long idLow, LocationPredicate candidate)
            throws IOException {
        long hash = IndexHash.ofEvent(idHigh, idLow);
        for (OpenIndex index : open) {
            long units = FrameLocation.UNITS_END;
            while ((units = index.events().newestBelow(hash, units)) >= 0) {
                if (candidate.test(FrameLocation.ofUnits(index.segmentNumber(), (int) units))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How it is doing. */
    public IndexStatus status() {
        List<OpenIndex> now = open;
        long bytes = now.stream().mapToLong(OpenIndex::memoryBytes).sum();
        return new IndexStatus(pendingSeals.get(), now.size(), bytes, 0, 0, 0, null);
    }

    @Override
    public void close() {
        open = List.of();
    }

    private long last(IndexKind kind, long keyHigh, long keyLow) throws IOException {
        for (OpenIndex index : open) {
            long last = index.series(kind).lastNumber(keyHigh, keyLow);
            if (last >= 0) return last;
        }
        return -1;
    }

    private int locate(
            IndexKind kind, long keyHigh, long keyLow, long number, long[] locations, int max)
            throws IOException {
        for (OpenIndex index : open) {
            int found =
                    index.series(kind)
                            .locate(keyHigh, keyLow, number, index.segmentNumber(), locations, max);
            if (found != OpenSeries.OLDER) return found;
        }
        return 0;
    }
}
