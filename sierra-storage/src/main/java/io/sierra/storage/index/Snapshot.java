package io.sierra.storage.index;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The indexes that a reader looks into: an immutable list that is replaced as a whole.
 *
 * <p>It counts its readers, and one for being the current one. With the last of them it gives its
 * tables back, so no table is unmapped under a reader.
 *
 * @see Snapshots
 */
final class Snapshot {
    private final List<OpenIndex> open;
    private final List<SealedTable> tables;
    private final AtomicInteger references = new AtomicInteger(1);

    /**
     * Creates the next current snapshot.
     *
     * @param open newest first, all newer than the tables
     * @param tables newest first, without a gap or overlap
     */
    Snapshot(List<OpenIndex> open, List<SealedTable> tables) {
        this.open = List.copyOf(open);
        this.tables = List.copyOf(tables);
        this.tables.forEach(SealedTable::retain);
    }

    List<OpenIndex> open() {
        return open;
    }

    List<SealedTable> tables() {
        return tables;
    }

    /** Exclusive end of the segments that it has. */
    int segmentEnd() {
        if (!open.isEmpty()) return open.getFirst().segmentNumber() + 1;
        return tables.isEmpty() ? 0 : tables.getFirst().segments().last() + 1;
    }

    /** Takes a reference, unless the last one is gone. */
    boolean tryRetain() {
        int count = references.get();
        while (count > 0) {
            int seen = references.compareAndExchange(count, count + 1);
            if (seen == count) return true;
            count = seen;
        }
        return false;
    }

    void release() {
        if (references.decrementAndGet() == 0) tables.forEach(SealedTable::release);
    }
}
