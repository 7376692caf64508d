package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All indexes of one bucket: of open segments in memory, of sealed ones in files, and merged ones.
 *
 * <p>A sealed segment has three files that never change. As there are more of them, they are merged
 * into runs of 4, 16, 64, … segments, so that a look-up asks O(log segments) tables, each of which
 * has a filter. The files of a segment in a run are only there to make the run again.
 *
 * <p>Everything here can be made again from the frames, and is, when it is missing or bad. Look-ups
 * may come from any thread, take no lock and may wait for the disk.
 */
public final class BucketIndex implements AutoCloseable {
    /** More repairs for one look-up than this mean that they do not help. */
    private static final int MAX_REPAIRS = 64;

    /** Merges that may be due without any haste. */
    private static final int MAX_WAITING_FAN_OUTS = 2;

    private final Snapshots snapshots = new Snapshots();
    private final TableStore store;
    private final Lookups lookups;
    private final Repair repair;
    private final BackgroundTask sealing;
    private final BackgroundTask merging;
    private final int fanOut;

    BucketIndex(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            SegmentEvents frames,
            IndexOptions options) {
        fanOut = options.fanOut();
        lookups = new Lookups();
        String of = " of " + bucketDirectory;
        sealing = new BackgroundTask("sealing" + of, options.sealing(), options, this::sealNext);
        merging = new BackgroundTask("merging" + of, options.merging(), options, this::mergeNext);
        store =
                new TableStore(
                        device,
                        mappings,
                        bucketDirectory,
                        frames,
                        merging::isClosed,
                        this::areMergesLate);
        repair = new Repair(store, snapshots);
    }

    /**
     * Opens the indexes of a bucket, see {@link IndexRecovery#begin}. Those of segments that no run
     * covers are rebuilt here if need be, all others when a run is made again.
     *
     * @throws IOException if something is missing or bad and cannot be rebuilt
     */
    public static BucketIndex open(
            Device device,
            MappingCache mappings,
            String bucketDirectory,
            int sealedSegments,
            SegmentEvents frames,
            IndexOptions options)
            throws IOException {
        IndexRecovery recovery =
                IndexRecovery.begin(
                        device, mappings, bucketDirectory, sealedSegments, frames, options);
        try {
            return recovery.finish(/* newest= */ null, _ -> {});
        } catch (IOException | RuntimeException | Error e) {
            recovery.close();
            throw e;
        }
    }

    /**
     * Begins with what recovery has found.
     *
     * @param tables of all segments but those in memory
     * @param inMemory oldest first; all but the last one are sealed
     */
    void start(List<SealedTable> tables, List<OpenIndex> inMemory) {
        snapshots.start(tables);
        inMemory.forEach(snapshots::add);
        if (inMemory.stream().anyMatch(OpenIndex::isSealed)) {
            sealing.request();
        }
        merging.request();
    }

    /** Lets merges and rebuilds break off. Any thread. */
    void stopWriting() {
        merging.close();
    }

    /** The files of the indexes. */
    TableStore store() {
        return store;
    }

    /**
     * Starts the index of the next segment; older ones stay readable. Bucket thread only.
     *
     * @throws IllegalArgumentException if the segment is not the next one
     */
    public OpenIndex beginSegment(int segmentNumber) {
        OpenIndex index = new OpenIndex(segmentNumber);
        snapshots.add(index);
        return index;
    }

    /**
     * Says that nothing will be added any more. Returns at once; the index is written in the
     * background, after those of older segments, and stays readable. Bucket thread only.
     *
     * @param dataLengthBytes length of the segment's data
     */
    public void seal(OpenIndex index, long dataLengthBytes) {
        index.seal(dataLengthBytes);
        sealing.request();
    }

    /** Version of the last event of a stream, -1 if it has none. */
    public long lastStreamVersion(long keyHigh, long keyLow) throws IOException {
        return lookUp(snapshot -> lookups.last(snapshot, IndexKind.STREAM, keyHigh, keyLow));
    }

    /**
     * Locations of consecutive versions of a stream.
     *
     * @param locations takes them, see {@link FrameLocation}
     * @param max most locations to put there, at least 1
     * @return how many; less than {@code max} only if there is no version behind them, or it is
     *     lost
     */
    public int locateStreamVersions(
            long keyHigh, long keyLow, long firstVersion, long[] locations, int max)
            throws IOException {
        return locate(IndexKind.STREAM, keyHigh, keyLow, firstVersion, locations, max);
    }

    /** Sequence of the last event of a partition, -1 if it has none. */
    public long lastSequence(int partitionId) throws IOException {
        long keyHigh = IndexHash.ofPartition(partitionId);
        return lookUp(
                snapshot -> lookups.last(snapshot, IndexKind.PARTITION, keyHigh, partitionId));
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
     * The largest version of a stream up to this one, -1 if it has none: numbers may be lost.
     *
     * @param found takes what is known of it
     */
    public long lastStreamVersionUpTo(long keyHigh, long keyLow, long version, FoundEvent found)
            throws IOException {
        return lastUpTo(IndexKind.STREAM, keyHigh, keyLow, version, found);
    }

    /** The smallest version of a stream from this one on, -1 if it has none. */
    public long firstStreamVersionFrom(long keyHigh, long keyLow, long version) throws IOException {
        return lookUp(snapshot ->
                lookups.firstFrom(snapshot, IndexKind.STREAM, keyHigh, keyLow, version));
    }

    /**
     * The largest sequence of a partition up to this one, -1 if it has none. Of lost sequences the
     * first is in the index, and leads to the frame that tells where they end.
     *
     * @param found takes what is known of it
     */
    public long lastSequenceUpTo(int partitionId, long sequence, FoundEvent found)
            throws IOException {
        long keyHigh = IndexHash.ofPartition(partitionId);
        return lastUpTo(IndexKind.PARTITION, keyHigh, partitionId, sequence, found);
    }

    /**
     * Shows where an event may be, newest location first, until {@code candidate} takes one. A
     * location may be wrong or shown again, and an id may occur once in each partition, so the
     * caller looks there.
     *
     * @return whether {@code candidate} took one
     */
    public boolean findEvent(long idHigh, long idLow, LocationPredicate candidate)
            throws IOException {
        long hash = IndexHash.ofEvent(idHigh, idLow);
        return lookUp(snapshot -> lookups.findEvent(snapshot, hash, candidate) ? 1 : 0) != 0;
    }

    /**
     * Brings what look-ups need into the processor's caches and finds where they lead to. What is
     * bad is left to the look-ups.
     *
     * @throws IOException if the index is closed or cannot be read
     */
    public void prefetch(Prefetch wanted) throws IOException {
        Snapshot snapshot = snapshots.acquire();
        try {
            new PrefetchSteps(snapshot, lookups, wanted).run();
        } catch (CorruptIndexException _) {
            return; // the look-up itself repairs it
        } finally {
            wanted.places().clear();
            snapshot.release();
        }
    }

    /** Why the index of a sealed segment could not be written, null if the last one could. */
    public @Nullable String sealingError() {
        return sealing.lastError();
    }

    /**
     * Makes the index of one sealed segment, or the run of these, again from the frames. For
     * whoever has read the files and knows that they are bad; look-ups notice by themselves, but
     * they read no index of a segment that a run covers.
     *
     * @param lastSegment inclusive
     */
    public void rebuild(int firstSegment, int lastSegment) throws IOException {
        repair.rebuild(new SegmentRange(firstSegment, lastSegment));
        merging.request();
    }

    /** How it is doing. */
    public IndexStatus status() {
        String error = sealing.lastError() != null ? sealing.lastError() : merging.lastError();
        return snapshots.status(store.rebuilds(), error);
    }

    /**
     * Writes the indexes of sealed segments that have none yet, ends background work and gives the
     * files back when the last look-up has ended.
     */
    @Override
    public void close() {
        // The next start would have to read the segments that have no index; a merge breaks off.
        sealing.finish();
        merging.close();
        snapshots.close();
    }

    /** What look-ups have cost, for tests. */
    Lookups lookups() {
        return lookups;
    }

    private int locate(
            IndexKind kind, long keyHigh, long keyLow, long number, long[] locations, int max)
            throws IOException {
        int count = (int) Math.min(max, Long.MAX_VALUE - number);
        if (count < 1 || number < 0) return 0;
        return (int)
                lookUp(snapshot ->
                        lookups.locate(snapshot, kind, keyHigh, keyLow, number, locations, count));
    }

    private long lastUpTo(IndexKind kind, long keyHigh, long keyLow, long number, FoundEvent found)
            throws IOException {
        if (number < 0) return -1;
        return lookUp(snapshot -> lookups.lastUpTo(snapshot, kind, keyHigh, keyLow, number, found));
    }

    private interface Lookup {
        long in(Snapshot snapshot) throws IOException;
    }

    private long lookUp(Lookup lookup) throws IOException {
        for (int repairs = 0; ; repairs++) {
            Snapshot snapshot = snapshots.acquire();
            try {
                return lookup.in(snapshot);
            } catch (CorruptIndexException e) {
                if (repairs == MAX_REPAIRS) throw e;
                if (repair.repair(e)) merging.request();
            } finally {
                snapshot.release();
            }
        }
    }

    /** Writes the index of the oldest segment in memory, if that has been sealed. */
    private boolean sealNext() throws IOException {
        Snapshot snapshot = snapshots.acquire();
        List<OpenIndex> open = snapshot.open();
        snapshot.release();
        if (open.isEmpty() || !open.getLast().isSealed()) return false;
        OpenIndex oldest = open.getLast();
        snapshots.seal(oldest, store.writeSegment(oldest, oldest.sealedLengthBytes()));
        merging.request();
        return true;
    }

    /** Whether more tables wait to be merged than look-ups should have to ask. */
    boolean areMergesLate() {
        return snapshots.segmentTables() > MAX_WAITING_FAN_OUTS * fanOut;
    }

    /** Merges the tables that are due, and deletes the runs among them once that is durable. */
    private boolean mergeNext() throws IOException {
        Snapshot snapshot = snapshots.acquire();
        try {
            List<SealedTable> tables = snapshot.tables();
            List<SegmentRange> ranges =
                    tables.reversed().stream().map(SealedTable::segments).toList();
            var due = MergePlan.next(ranges, fanOut);
            if (due.isEmpty()) return false;
            List<SealedTable> inputs =
                    tables.stream().filter(t -> due.get().contains(t.segments())).toList();
            merge(due.get(), inputs);
        } catch (CorruptIndexException e) {
            // If it is no input that is bad, trying again at once would not help.
            if (!repair.repair(e)) throw e;
        } finally {
            snapshot.release();
        }
        return true;
    }

    private void merge(SegmentRange range, List<SealedTable> inputs) throws IOException {
        snapshots.merge(store.writeRun(range, inputs));
        for (SealedTable input : inputs) {
            if (!input.isOfOneSegment()) store.deleteRun(input.segments());
        }
    }
}
