package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.ToLongFunction;

/**
 * Writes, opens and deletes the index files of one bucket. Two threads never write the same files:
 * new segments belong to the sealing task, runs to the merging task, and {@link Repair} has a lock.
 */
final class TableStore {
    private final Device device;
    private final MappingCache mappings;
    private final String bucketDirectory;
    private final SegmentEvents frames;
    private final IndexWriting writing;
    private final BooleanSupplier cancelled;
    private final AtomicLong rebuilds = new AtomicLong();

    TableStore(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            SegmentEvents frames,
            BooleanSupplier cancelled) {
        this(device, mappings, bucketDirectory, frames, cancelled, /* isLate= */ () -> false);
    }

    /**
     * Files that are written.
     *
     * @param cancelled whether no more is to be written
     * @param isLate whether runs are to be written without rests
     */
    TableStore(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            SegmentEvents frames,
            BooleanSupplier cancelled,
            BooleanSupplier isLate) {
        this.device = device;
        this.mappings = mappings;
        this.bucketDirectory = bucketDirectory;
        this.frames = frames;
        this.cancelled = cancelled;
        this.writing = new IndexWriting(device, cancelled, isLate);
    }

    /** Opens what there is. */
    SealedTable open(SegmentRange range) throws IOException {
        return SealedTable.open(mappings, bucketDirectory, range);
    }

    /** Opens what was written just now, perhaps in the place of files that are mapped. */
    private SealedTable openNew(SegmentRange range) throws IOException {
        forgetMappings(range);
        return open(range);
    }

    private void forgetMappings(SegmentRange range) {
        for (IndexKind kind : IndexKind.values()) {
            mappings.invalidate(fileOf(range, kind).path());
        }
    }

    /** Opens the index of a segment if it was made from the data that there is now. */
    SealedTable openSegment(int segment) throws IOException {
        SealedTable table = open(new SegmentRange(segment, segment));
        long expected = frames.dataLengthBytes(segment);
        if (expected == SegmentEvents.UNKNOWN_LENGTH || expected == table.dataLengthBytes()) {
            return table;
        }
        IndexFile file = table.events().file();
        table.discard();
        throw file.corrupt(
                "made from " + table.dataLengthBytes() + " bytes of data, expected " + expected);
    }

    /** Shows the events of a segment, unless it is cancelled, and returns its data's length. */
    long replay(int segment, EventSink sink, LongConsumer readBytes) throws IOException {
        return WatchedReplay.run(frames, segment, sink, readBytes, cancelled);
    }

    /** Whether nothing is to be written any more. */
    boolean isCancelled() {
        return cancelled.getAsBoolean();
    }

    /** Makes the index of a segment again, from the frames. */
    SealedTable rebuildSegment(int segment, LongConsumer readBytes) throws IOException {
        OpenIndex index = new OpenIndex(segment);
        long dataLengthBytes = replay(segment, index, readBytes);
        SealedTable table = writeSegment(index, dataLengthBytes);
        rebuilds.incrementAndGet();
        return table;
    }

    /** Writes the index of a sealed segment. */
    SealedTable writeSegment(OpenIndex index, long dataLengthBytes) throws IOException {
        frames.noteDamage();
        int segment = index.segmentNumber();
        SegmentRange range = new SegmentRange(segment, segment);
        device.createDirectories(directory(range));
        writing.writeEvents(
                header(range, IndexKind.EVENT, dataLengthBytes, index.eventCount(), 0),
                () -> index.events().cursor(segment));
        for (IndexKind kind : List.of(IndexKind.PARTITION, IndexKind.STREAM)) {
            OpenSeries series = index.series(kind);
            writing.writeSeries(
                    header(range, kind, dataLengthBytes, series.count(), series.postingCount()),
                    () -> series.cursor(segment));
        }
        device.syncDirectory(directory(range));
        return openNew(range);
    }

    /** Merges tables that cover a range into a run. */
    SealedTable writeRun(SegmentRange range, List<SealedTable> inputs) throws IOException {
        device.createDirectories(directory(range));
        writing.writeEvents(
                header(range, IndexKind.EVENT, 0, eventCount(inputs), 0),
                () ->
                        new MergedEvents(
                                inputs.stream().map(t -> t.events().copyingCursor()).toList()));
        for (IndexKind kind : List.of(IndexKind.PARTITION, IndexKind.STREAM)) {
            writing.writeSeries(
                    header(range, kind, 0, seriesCount(inputs, kind), postingCount(inputs, kind)),
                    () ->
                            new MergedSeries(
                                    inputs.stream()
                                            .map(t -> t.series(kind).copyingCursor())
                                            .toList()));
        }
        device.syncDirectory(directory(range));
        return openNew(range);
    }

    /** Deletes the files of a run, or what there is of it. May be done again. */
    void deleteRun(SegmentRange range) throws IOException {
        String directory = directory(range);
        if (device.exists(directory)) {
            for (String name : device.list(directory)) device.delete(directory + "/" + name);
            device.syncDirectory(directory); // or some might be back after a crash
            device.delete(directory);
        }
        device.syncDirectory(IndexPaths.runs(bucketDirectory));
        forgetMappings(range); // as long as a file is mapped, the disk does not get its room back
    }

    /** Deletes files of a segment's index that were never finished. */
    void deleteTemporaries(int segment) throws IOException {
        for (IndexKind kind : IndexKind.values()) {
            device.delete(new IndexFileId(bucketDirectory, kind, segment, segment).temporaryPath());
        }
    }

    /** Runs that have a directory, whole or not. */
    List<SegmentRange> listRuns() throws IOException {
        return device.list(IndexPaths.runs(bucketDirectory)).stream()
                .flatMap(name -> IndexPaths.parseRunName(name).stream())
                .toList();
    }

    /** Segments whose index was made again. */
    long rebuilds() {
        return rebuilds.get();
    }

    private String directory(SegmentRange range) {
        return IndexPaths.directory(bucketDirectory, range.first(), range.last());
    }

    private IndexFileHeader header(
            SegmentRange range,
            IndexKind kind,
            long dataLengthBytes,
            long entryCount,
            long postingCount) {
        IndexFileId id = fileOf(range, kind);
        return IndexFileHeader.of(id, dataLengthBytes, entryCount, postingCount);
    }

    private IndexFileId fileOf(SegmentRange range, IndexKind kind) {
        return new IndexFileId(bucketDirectory, kind, range.first(), range.last());
    }

    private static long eventCount(List<SealedTable> tables) {
        return sum(tables, table -> table.events().file().header().entryCount());
    }

    private static long seriesCount(List<SealedTable> tables, IndexKind kind) {
        return sum(tables, table -> table.series(kind).file().header().entryCount());
    }

    private static long postingCount(List<SealedTable> tables, IndexKind kind) {
        return sum(tables, table -> table.series(kind).file().header().postingCount());
    }

    private static long sum(List<SealedTable> tables, ToLongFunction<SealedTable> count) {
        return tables.stream().mapToLong(count).sum();
    }
}
