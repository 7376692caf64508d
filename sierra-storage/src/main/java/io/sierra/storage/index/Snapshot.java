package io.sierra.storage.index;

import io.sierra.storage.concurrent.RefCounted;
import java.util.List;

/**
 * The indexes that a reader looks into: an immutable list that is replaced as a whole.
 *
 * <p>It counts its readers, and one for being the current one. With the last of them it gives its
 * tables back, so no table is unmapped under a reader.
 *
 * @see Snapshots
 */
final class Snapshot extends RefCounted {
    private final List<OpenIndex> open;
    private final List<SealedTable> tables;

    /**
     * Creates the next current snapshot.
     *
     * @param open newest first, all newer than the tables
     * @param tables newest first, without a gap or overlap
     */
    Snapshot(List<OpenIndex> open, List<SealedTable> tables) {
        super(1);
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

    /** Gives a reference back. */
    void release() {
        if (releaseReference()) tables.forEach(SealedTable::release);
    }
}
