package io.sierra.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces index files that turned out bad. Rebuilders exclude each other; nobody else waits.
 *
 * <p>A bad run gives way to the indexes of its segments, and is merged again in the background.
 * Until then there are as many tables as segments in it.
 */
final class Repair {
    private static final Logger log = LoggerFactory.getLogger(Repair.class);

    private final TableStore store;
    private final Snapshots snapshots;

    Repair(TableStore store, Snapshots snapshots) {
        this.store = store;
        this.snapshots = snapshots;
    }

    /**
     * Makes what is bad good again, unless somebody else has done so.
     *
     * @return whether it was in use and has been replaced
     * @throws IOException if that fails, in particular if frames cannot be read
     */
    synchronized boolean repair(CorruptIndexException bad) throws IOException {
        Snapshot snapshot = snapshots.acquire();
        try {
            Optional<SealedTable> table =
                    snapshot.tables().stream().filter(t -> t.has(bad.seen())).findFirst();
            if (table.isEmpty()) return false;
            log.warn("rebuilding: {}", bad.getMessage());
            replace(table.get());
            return true;
        } finally {
            snapshot.release();
        }
    }

    /** Makes the index of these segments again, whose files are not what was written. */
    synchronized void rebuild(SegmentRange range) throws IOException {
        Snapshot snapshot = snapshots.acquire();
        try {
            Optional<SealedTable> table =
                    snapshot.tables().stream().filter(t -> t.segments().equals(range)).findFirst();
            if (table.isPresent()) replace(table.get());
            else if (range.length() == 1) rebuild(range.first()).discard();
        } finally {
            snapshot.release();
        }
    }

    private void replace(SealedTable bad) throws IOException {
        if (bad.isOfOneSegment()) {
            SealedTable rebuilt = rebuild(bad.segments().first());
            snapshots.repair(bad, List.of(rebuilt));
        } else {
            List<SealedTable> parts = openParts(bad.segments());
            // Before the parts are seen, since then they may be merged to files of the same name.
            try {
                store.deleteRun(bad.segments());
            } catch (IOException | RuntimeException | Error e) {
                parts.forEach(SealedTable::discard);
                throw e;
            }
            snapshots.repair(bad, parts);
        }
    }

    private SealedTable rebuild(int segment) throws IOException {
        return store.rebuildSegment(segment, _ -> {});
    }

    private List<SealedTable> openParts(SegmentRange range) throws IOException {
        List<SealedTable> parts = new ArrayList<>(range.length());
        try {
            for (int segment = range.first(); segment <= range.last(); segment++) {
                parts.add(TableRecovery.openOrRebuild(store, segment));
            }
            return parts;
        } catch (IOException | RuntimeException | Error e) {
            parts.forEach(SealedTable::discard);
            throw e;
        }
    }
}
