package io.sierra.storage.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current {@link Snapshot}. Readers take it without a lock; those who replace it exclude each
 * other for as long as it takes to copy a list.
 */
final class Snapshots {
    private static final Comparator<SealedTable> NEWEST_FIRST =
            Comparator.comparingInt((SealedTable table) -> table.segments().first()).reversed();

    private volatile Snapshot current = new Snapshot(List.of(), List.of());
    private volatile boolean closed;

    /**
     * The current snapshot, which the caller must release.
     *
     * @throws IOException if the index is closed
     */
    Snapshot acquire() throws IOException {
        while (!closed) {
            Snapshot snapshot = current;
            if (snapshot.tryRetain()) return snapshot;
            Thread.onSpinWait();
        }
        throw new IOException("the index is closed");
    }

    /** Starts with the tables that were found. */
    synchronized void start(List<SealedTable> tables) {
        replace(List.of(), tables.stream().sorted(NEWEST_FIRST).toList(), tables);
    }

    /** Adds the index of the next segment. */
    synchronized void add(OpenIndex index) {
        if (index.segmentNumber() != current.segmentEnd()) {
            throw new IllegalArgumentException(
                    "segment " + index.segmentNumber() + ", expected " + current.segmentEnd());
        }
        List<OpenIndex> open = new ArrayList<>(current.open());
        open.addFirst(index);
        replace(open, current.tables(), List.of());
    }

    /** Puts a table in the place of the index in memory that it was made from. */
    synchronized void seal(OpenIndex index, SealedTable table) {
        List<OpenIndex> open = new ArrayList<>(current.open());
        open.remove(index);
        replace(open, with(table.segments(), List.of(table)), List.of(table));
    }

    /** Puts a run in the place of all tables in its range. */
    synchronized void merge(SealedTable run) {
        replace(current.open(), with(run.segments(), List.of(run)), List.of(run));
    }

    /**
     * Puts others in the place of a bad table, unless that is not in use any more.
     *
     * @param replacement new ones that cover the same segments; discarded if not needed
     */
    synchronized void repair(SealedTable bad, List<SealedTable> replacement) {
        if (!closed && current.tables().contains(bad)) {
            replace(current.open(), with(bad.segments(), replacement), replacement);
        } else {
            replacement.forEach(SealedTable::discard);
        }
    }

    /** What there is now. */
    IndexStatus status(long rebuilds, @Nullable String lastError) {
        Snapshot now = current;
        int pending = (int) now.open().stream().filter(OpenIndex::isSealed).count();
        long bytes = now.open().stream().mapToLong(OpenIndex::memoryBytes).sum();
        int runs = (int) now.tables().stream().filter(t -> !t.isOfOneSegment()).count();
        return new IndexStatus(
                pending,
                now.open().size(),
                bytes,
                now.tables().size() - runs,
                runs,
                rebuilds,
                lastError);
    }

    /** How many tables of one segment there are, which no run covers. */
    int segmentTables() {
        return (int) current.tables().stream().filter(SealedTable::isOfOneSegment).count();
    }

    /** Lets nobody in any more. */
    synchronized void close() {
        if (closed) return;
        closed = true;
        current.release();
    }

    private List<SealedTable> with(SegmentRange range, List<SealedTable> replacement) {
        List<SealedTable> next = new ArrayList<>(current.tables());
        next.removeIf(table -> range.contains(table.segments()));
        next.addAll(replacement);
        next.sort(NEWEST_FIRST);
        return next;
    }

    private void replace(List<OpenIndex> open, List<SealedTable> tables, List<SealedTable> fresh) {
        if (closed) {
            fresh.forEach(SealedTable::discard);
            return;
        }
        Snapshot previous = current;
        current = new Snapshot(open, tables);
        previous.release();
    }
}
