package io.sierra.storage.index;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the tables to start with, whatever an earlier process left behind.
 *
 * <pre>
 * run                                   decision
 * whole, largest of its segments        use
 * inside a run that is used             delete: it was merged
 * not whole, bad                        delete: smaller runs or segments take its place, and it is merged again
 * beyond the sealed segments            delete: it cannot be of this data
 *
 * segment that no run covers            decision
 * index whole and of the segment's data use
 * index missing or bad                  rebuild from the frames
 * </pre>
 */
final class TableRecovery {
    private static final Logger log = LoggerFactory.getLogger(TableRecovery.class);
    private static final Comparator<SegmentRange> LARGEST_FIRST =
            Comparator.comparingInt(SegmentRange::length)
                    .reversed()
                    .thenComparingInt(SegmentRange::first);

    /** Sealed segments whose indexes may be in memory at the start. */
    private static final int MAX_WAITING = 8;

    private final TableStore store;
    private final int sealedSegments;
    private final List<SealedTable> tables = new ArrayList<>();

    /** Segments whose indexes have to be made again, in ascending order. */
    private final Deque<Integer> missing = new ArrayDeque<>();

    /** The first of the newest few segments that are to be in memory only. */
    private int firstWaiting;

    private TableRecovery(TableStore store, int sealedSegments) {
        this.store = store;
        this.sealedSegments = sealedSegments;
        this.firstWaiting = sealedSegments;
    }

    /** Opens what there is. The rest is {@link #missing}, or must {@link #waiting wait}. */
    static TableRecovery begin(TableStore store, int sealedSegments) throws IOException {
        TableRecovery recovery = new TableRecovery(store, sealedSegments);
        try {
            recovery.openRuns();
            recovery.openSegments();
            return recovery;
        } catch (IOException | RuntimeException | Error e) {
            recovery.discard();
            throw e;
        }
    }

    /** Segments whose indexes have to be made again. */
    List<Integer> missing() {
        return List.copyOf(missing);
    }

    /** Segments whose indexes cannot be written, and are in memory until they can. */
    List<Integer> waiting() {
        return IntStream.range(firstWaiting, sealedSegments).boxed().toList();
    }

    /** Hands over what has been opened or made again: all but the {@link #waiting} segments. */
    List<SealedTable> handOver() {
        List<SealedTable> all = List.copyOf(tables);
        tables.clear();
        return all;
    }

    /**
     * Makes the first of the missing indexes again; false if there is none. After a failure the
     * same may be tried again.
     *
     * @param readBytes is told how many bytes have been read since it was told last; less than 0 if
     *     so many have to be read again
     */
    boolean rebuildNext(LongConsumer readBytes) throws IOException {
        Integer segment = missing.peek();
        if (segment == null) {
            return false;
        }
        ReadCount read = new ReadCount(readBytes);
        boolean isMade = false;
        try {
            tables.add(store.rebuildSegment(segment, read));
            isMade = true;
        } catch (IOException e) {
            if (store.isCancelled() || !canWait(segment)) {
                throw e;
            }
            letWait(segment, e);
        } finally {
            if (!isMade) {
                read.takeBack();
            }
        }
        missing.poll();
        return true;
    }

    /** Gives all tables back. */
    void discard() {
        tables.forEach(SealedTable::discard);
        tables.clear();
    }

    /** Opens the index of a segment, rebuilt if it is missing or bad. */
    static SealedTable openOrRebuild(TableStore store, int segment) throws IOException {
        store.deleteTemporaries(segment);
        try {
            return store.openSegment(segment);
        } catch (CorruptIndexException e) {
            noteMissing(e);
            return store.rebuildSegment(segment, _ -> {});
        }
    }

    private void openRuns() throws IOException {
        for (SegmentRange run : store.listRuns().stream().sorted(LARGEST_FIRST).toList()) {
            if (run.last() >= sealedSegments || isCovered(run) || !openRun(run)) {
                store.deleteRun(run);
            }
        }
    }

    private boolean openRun(SegmentRange run) throws IOException {
        try {
            tables.add(store.open(run));
            return true;
        } catch (CorruptIndexException e) {
            log.info("a run of indexes is not whole and will be merged again: {}", e.getMessage());
            return false;
        }
    }

    private boolean isCovered(SegmentRange run) {
        return tables.stream().anyMatch(table -> table.segments().overlaps(run));
    }

    private void openSegments() throws IOException {
        for (int segment = 0; segment < firstWaiting; segment++) {
            if (!isCovered(new SegmentRange(segment, segment))) {
                try {
                    store.deleteTemporaries(segment);
                    tables.add(store.openSegment(segment));
                } catch (CorruptIndexException e) {
                    noteMissing(e);
                    missing.add(segment);
                } catch (IOException e) {
                    if (!canWait(segment)) throw e;
                    letWait(segment, e);
                }
            }
        }
    }

    /** Missing is what a crash before the files were written leaves, and no news. */
    private static void noteMissing(CorruptIndexException e) {
        log.info("the index of a segment has to be rebuilt: {}", e.getMessage());
    }

    /** A full disk must not keep the store closed: the newest few fit into memory. */
    private boolean canWait(int segment) {
        return sealedSegments - segment <= MAX_WAITING
                && tables.stream()
                        .allMatch(table ->
                                table.isOfOneSegment() || table.segments().last() < segment);
    }

    /** Indexes in memory are newer than all in files, so those behind it are in memory, too. */
    private void letWait(int firstSegment, IOException reason) {
        log.warn("the index of segment {} has to wait: {}", firstSegment, reason.getMessage());
        firstWaiting = firstSegment;
        missing.removeIf(segment -> segment > firstSegment);
        List<SealedTable> newer =
                tables.stream().filter(t -> t.segments().first() > firstSegment).toList();
        newer.forEach(SealedTable::discard);
        tables.removeAll(newer);
    }
}
