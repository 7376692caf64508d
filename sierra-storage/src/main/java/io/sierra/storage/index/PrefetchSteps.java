package io.sierra.storage.index;

import java.io.IOException;
import java.util.List;

/** The steps of the look-ups of a {@link Prefetch} in one {@link Snapshot}. */
final class PrefetchSteps {
    private final Snapshot snapshot;
    private final Lookups lookups;
    private final Prefetch wanted;
    private final FoundNumber found = new FoundNumber();

    PrefetchSteps(Snapshot snapshot, Lookups lookups, Prefetch wanted) {
        this.snapshot = snapshot;
        this.lookups = lookups;
        this.wanted = wanted;
    }

    void run() throws IOException {
        TouchList places = wanted.places();
        addFilters(places);
        places.touch();
        places.hasTouched(touchOpen());
        for (int n = 0; n < wanted.count(); n++) {
            long tables = askFilters(wanted.kind(n), wanted.keyHigh(n));
            wanted.setCandidates(n, tables);
            addNextFilters(wanted.kind(n), wanted.keyHigh(n), tables, places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            addEntries(wanted.kind(n), wanted.keyHigh(n), wanted.candidates(n), places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            found.clear();
            long number = locate(n);
            wanted.setFound(n, number, found);
        }
    }

    /** These are on the heap; each look-up waits for a page, its table and a slot. */
    private long touchOpen() {
        long sum = 0;
        for (OpenIndex index : snapshot.open()) {
            for (int n = 0; n < wanted.count(); n++) {
                sum += index.touch(wanted.kind(n), wanted.keyHigh(n));
            }
        }
        return sum;
    }

    /** Table by table, since places of one file are read faster one after the other. */
    private void addFilters(TouchList places) throws IOException {
        List<SealedTable> tables = snapshot.tables();
        int end = Math.min(tables.size(), Long.SIZE);
        for (int i = 0; i < end; i++) {
            for (int n = 0; n < wanted.count(); n++) {
                IndexFile file = tables.get(i).file(wanted.kind(n));
                file.addFilterLine(file.filterLine(wanted.keyHigh(n)), places);
            }
        }
    }

    /** Which tables may have a key, as far as there are bits for them. */
    private long askFilters(IndexKind kind, long keyHigh) throws IOException {
        List<SealedTable> tables = snapshot.tables();
        int end = Math.min(tables.size(), Long.SIZE);
        long candidates = 0;
        for (int i = 0; i < end; i++) {
            if (tables.get(i).file(kind).mayContain(keyHigh)) {
                candidates |= 1L << i;
            }
        }
        return candidates;
    }

    /** The lines that tell where the entries of a key's own line end. */
    private void addNextFilters(IndexKind kind, long keyHigh, long candidates, TouchList places)
            throws IOException {
        for (long left = candidates; left != 0; left &= left - 1) {
            SealedTable table = snapshot.tables().get(Long.numberOfTrailingZeros(left));
            IndexFile file = table.file(kind);
            file.addFilterLine(file.filterLine(keyHigh) + 1, places);
        }
    }

    private void addEntries(IndexKind kind, long keyHigh, long candidates, TouchList places)
            throws IOException {
        for (long left = candidates; left != 0; left &= left - 1) {
            SealedTable table = snapshot.tables().get(Long.numberOfTrailingZeros(left));
            table.search(kind).addEntries(keyHigh, places);
        }
    }

    private long locate(int n) throws IOException {
        Candidates candidates =
                lookups.candidates(
                        snapshot, wanted.kind(n), wanted.keyHigh(n), wanted.candidates(n));
        if (wanted.kind(n) == IndexKind.EVENT) {
            lookups.findEvent(
                    snapshot,
                    wanted.keyHigh(n),
                    candidates,
                    location -> {
                        found.set(location, /* hasDefaultPartitionKey= */ false);
                        return true;
                    });
            return -1;
        }
        return lookups.lastUpTo(
                snapshot,
                wanted.kind(n),
                wanted.keyHigh(n),
                wanted.keyLow(n),
                wanted.number(n),
                found,
                candidates);
    }
}
