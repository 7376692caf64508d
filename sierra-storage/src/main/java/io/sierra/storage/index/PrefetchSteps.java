package io.sierra.storage.index;

import java.io.IOException;
import java.util.List;

/** The steps of the look-ups of a {@link Prefetch} in one {@link Snapshot}. */
final class PrefetchSteps {
    private final Snapshot snapshot;
    private final Lookups lookups;
    private final Prefetch wanted;
    private final FoundEvent found = new FoundEvent();

    PrefetchSteps(Snapshot snapshot, Lookups lookups, Prefetch wanted) {
        this.snapshot = snapshot;
        this.lookups = lookups;
        this.wanted = wanted;
    }

    void run() throws IOException {
        TouchList places = wanted.places();
        addFilters(places);
        places.touch();
        places.addTouched(touchOpen());
        for (int n = 0; n < wanted.count(); n++) {
            askFilters(n);
            addNextFilters(n, places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            addEntries(n, places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            found.clear();
            long number = locate(n);
            wanted.setFound(n, number, found);
        }
    }

    /** These are on the heap; each look-up waits for a table's reference, the table and a slot. */
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
                file.addFilterLine(file.filterLineNumber(wanted.keyHigh(n)), places);
            }
        }
    }

    /** Asks the tables, as far as there are bits for them, and as far as a look-up has to. */
    private void askFilters(int n) throws IOException {
        List<SealedTable> tables = snapshot.tables();
        IndexKind kind = wanted.kind(n);
        long keyHigh = wanted.keyHigh(n);
        int end = Math.min(tables.size(), Long.SIZE);
        boolean onlyFirst = wanted.isOfEnd(n);
        long candidates = 0;
        int asked = 0;
        while (asked < end && !(onlyFirst && candidates != 0)) {
            if (tables.get(asked).file(kind).mayContain(keyHigh)) {
                candidates |= 1L << asked;
            }
            asked++;
        }
        wanted.setCandidates(n, asked, candidates);
    }

    /**
     * The lines that tell where the entries of a key's own line end. Look-up by look-up: few tables
     * are left of each.
     */
    private void addNextFilters(int n, TouchList places) throws IOException {
        for (long left = wanted.candidates(n); left != 0; left &= left - 1) {
            IndexFile file = firstOf(left).file(wanted.kind(n));
            file.addFilterLine(file.filterLineNumber(wanted.keyHigh(n)) + 1, places);
        }
    }

    private void addEntries(int n, TouchList places) throws IOException {
        for (long left = wanted.candidates(n); left != 0; left &= left - 1) {
            firstOf(left).search(wanted.kind(n)).addEntries(wanted.keyHigh(n), places);
        }
    }

    private SealedTable firstOf(long candidates) {
        return snapshot.tables().get(Long.numberOfTrailingZeros(candidates));
    }

    private long locate(int n) throws IOException {
        Candidates candidates =
                lookups.candidates(
                        snapshot,
                        wanted.kind(n),
                        wanted.keyHigh(n),
                        wanted.asked(n),
                        wanted.candidates(n));
        if (wanted.kind(n) == IndexKind.EVENT) {
            lookups.findEvent(
                    snapshot,
                    wanted.keyHigh(n),
                    candidates,
                    location -> {
                        found.set(
                                location,
                                /* hasDefaultPartitionKey= */ false,
                                /* isSealed= */ false);
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
