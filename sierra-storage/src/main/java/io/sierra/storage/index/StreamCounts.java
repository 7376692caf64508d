package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Counts the events of each stream of a bucket, from its index files, without opening the bucket. A
 * server may have it open: files that it deletes meanwhile are read to their end.
 *
 * <p>Streams come sorted by their keys, from all files at once, so memory does not grow with their
 * number.
 */
public final class StreamCounts implements AutoCloseable {
    private static final Comparator<SegmentRange> LARGEST_FIRST =
            Comparator.comparingInt(SegmentRange::length)
                    .reversed()
                    .thenComparingInt(SegmentRange::first);

    /** Mappings kept for the next use; all tables are held to the end. */
    private static final int IDLE_MAPPINGS = 16;

    private final Device device;
    private final MappingCache mappings;
    private final String bucketDirectory;
    private final int sealedSegments;
    private final List<SealedTable> tables = new ArrayList<>();
    private final List<Integer> withoutIndex = new ArrayList<>();
    private final OpenIndex open;

    /** Takes streams. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * One stream.
         *
         * @param events how many it has
         * @param lastSegment with the last of them
         * @param lastVersion of the last of them
         */
        void onStream(long keyHigh, long keyLow, long events, int lastSegment, long lastVersion);
    }

    /**
     * Opens the index files of a bucket.
     *
     * @param bucketDirectory on the device
     * @param sealedSegments segments 0 to this, exclusive, are sealed
     */
    public StreamCounts(Device device, String bucketDirectory, int sealedSegments)
            throws IOException {
        this.device = device;
        this.mappings = new MappingCache(device, IDLE_MAPPINGS);
        this.bucketDirectory = bucketDirectory;
        this.sealedSegments = sealedSegments;
        this.open = new OpenIndex(sealedSegments);
        try {
            openRuns();
            openSegments();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Takes the events of the open segment, which has no index file. */
    public EventSink openSegment() {
        return open;
    }

    /** Sealed segments that have no index yet, or a bad one: their events are not counted. */
    public List<Integer> withoutIndex() {
        return List.copyOf(withoutIndex);
    }

    /** How many files of merged indexes are used, three for each run. */
    public int runs() {
        return (int) tables.stream().filter(table -> !table.isOfOneSegment()).count();
    }

    /** Visits all streams. */
    public void forEach(Visitor visitor) throws IOException {
        List<SeriesCursor> cursors = new ArrayList<>();
        tables.forEach(table -> cursors.add(table.series(IndexKind.STREAM).cursor()));
        cursors.add(open.streams().cursor(sealedSegments));
        MergedSeries all = new MergedSeries(cursors);
        boolean more = all.next();
        while (more) {
            long keyHigh = all.keyHigh();
            long keyLow = all.keyLow();
            long events = 0;
            long lastVersion;
            int lastSegment;
            do {
                events += all.count();
                lastVersion = all.firstNumber() + all.count() - 1;
                lastSegment = all.segmentNumber();
                more = all.next();
            } while (more && all.keyHigh() == keyHigh && all.keyLow() == keyLow);
            visitor.onStream(keyHigh, keyLow, events, lastSegment, lastVersion);
        }
    }

    /** File offset of the frame with an event of a stream, if an index of the segment tells it. */
    public Optional<Long> frameOffset(long keyHigh, long keyLow, int segment, long version)
            throws IOException {
        long[] location = new long[1];
        location[0] = FrameLocation.NONE;
        if (segment == sealedSegments) {
            open.streams().locate(keyHigh, keyLow, version, version + 1, segment, location);
        } else {
            locate(keyHigh, keyLow, segment, version, location);
        }
        return location[0] == FrameLocation.NONE
                ? Optional.empty()
                : Optional.of(FrameLocation.fileOffset(location[0]));
    }

    private void locate(long keyHigh, long keyLow, int segment, long version, long[] location)
            throws IOException {
        try {
            SealedTable table =
                    SealedTable.open(mappings, bucketDirectory, new SegmentRange(segment, segment));
            try {
                SeriesIndexFile streams = table.series(IndexKind.STREAM);
                streams.locate(keyHigh, keyLow, version, version + 1, location);
            } finally {
                table.discard();
            }
        } catch (CorruptIndexException _) {
            // as if it were not there
        }
    }

    private void openRuns() throws IOException {
        List<SegmentRange> runs = new ArrayList<>();
        for (String name : device.list(IndexPaths.runs(bucketDirectory))) {
            IndexPaths.parseRunName(name).ifPresent(runs::add);
        }
        runs.sort(LARGEST_FIRST);
        for (SegmentRange run : runs) {
            if (run.last() < sealedSegments && !isCovered(run)) {
                tryOpen(run);
            }
        }
    }

    private void openSegments() throws IOException {
        for (int segment = 0; segment < sealedSegments; segment++) {
            SegmentRange range = new SegmentRange(segment, segment);
            if (!isCovered(range) && !tryOpen(range)) {
                withoutIndex.add(segment);
            }
        }
    }

    private boolean tryOpen(SegmentRange range) throws IOException {
        try {
            tables.add(SealedTable.open(mappings, bucketDirectory, range));
            return true;
        } catch (CorruptIndexException _) {
            return false; // not finished yet, or being replaced by a larger one
        }
    }

    private boolean isCovered(SegmentRange range) {
        return tables.stream().anyMatch(table -> table.segments().overlaps(range));
    }

    @Override
    public void close() {
        tables.forEach(SealedTable::discard);
        tables.clear();
        mappings.close();
    }
}
