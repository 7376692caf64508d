package io.sierra.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    private TableRecovery(TableStore store, int sealedSegments) {
        this.store = store;
        this.sealedSegments = sealedSegments;
    }

    /**
     * Opens tables that cover all sealed segments but the newest few, if they cannot be written.
     */
    static List<SealedTable> open(TableStore store, int sealedSegments) throws IOException {
        TableRecovery recovery = new TableRecovery(store, sealedSegments);
        try {
            recovery.openRuns();
            recovery.openSegments();
            return recovery.tables;
        } catch (IOException | RuntimeException | Error e) {
            recovery.tables.forEach(SealedTable::discard);
            throw e;
        }
    }

    /** Opens the index of a segment, rebuilt if it is missing or bad. */
    static SealedTable openOrRebuild(TableStore store, int segment) throws IOException {
        store.deleteTemporaries(segment);
        try {
            return store.openSegment(segment);
        } catch (CorruptIndexException e) {
            // Missing is what a crash before the files were written leaves, and no news.
            log.info("rebuilding the index of a segment: {}", e.getMessage());
            return store.rebuildSegment(segment);
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
        for (int segment = 0; segment < sealedSegments; segment++) {
            if (!isCovered(new SegmentRange(segment, segment))) {
                try {
                    tables.add(openOrRebuild(store, segment));
                } catch (IOException e) {
                    if (!canWait(segment)) throw e;
                    log.warn("the index of segment {} has to wait: {}", segment, e.getMessage());
                    return;
                }
            }
        }
    }

    /** A full disk must not keep the store closed: the newest few fit into memory. */
    private boolean canWait(int segment) {
        return sealedSegments - segment <= MAX_WAITING
                && tables.stream().allMatch(table -> table.segments().last() < segment);
    }
}
