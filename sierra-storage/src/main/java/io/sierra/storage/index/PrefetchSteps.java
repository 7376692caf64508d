package io.sierra.storage.index;

import java.io.IOException;
import java.util.List;

/** The steps of the look-ups of a {@link Prefetch} in one {@link Snapshot}. */
final class PrefetchSteps {
    private final Snapshot snapshot;
    private final Lookups lookups;
    private final Prefetch wanted;
    private final long[] location = new long[1];

    PrefetchSteps(Snapshot snapshot, Lookups lookups, Prefetch wanted) {
        this.snapshot = snapshot;
        this.lookups = lookups;
        this.wanted = wanted;
    }

    void run() throws IOException {
        TouchList places = wanted.places();
        for (int n = 0; n < wanted.count(); n++) {
            addFilters(wanted.kind(n), wanted.keyHigh(n), places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            addEntries(wanted.kind(n), wanted.keyHigh(n), places);
        }
        places.touch();
        for (int n = 0; n < wanted.count(); n++) {
            wanted.setLocation(n, locate(n));
        }
    }

    private void addFilters(IndexKind kind, long keyHigh, TouchList places) throws IOException {
        List<SealedTable> tables = snapshot.tables();
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).file(kind).addFilterLine(keyHigh, places);
        }
    }

    private void addEntries(IndexKind kind, long keyHigh, TouchList places) throws IOException {
        List<SealedTable> tables = snapshot.tables();
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).file(kind).mayContain(keyHigh)) {
                tables.get(i).search(kind).addEntries(keyHigh, places);
            }
        }
    }

    private long locate(int n) throws IOException {
        location[0] = FrameLocation.NONE;
        if (wanted.kind(n) == IndexKind.EVENT) {
            lookups.findEvent(
                    snapshot,
                    wanted.keyHigh(n),
                    found -> {
                        location[0] = found;
                        return true;
                    });
        } else {
            lookups.lastUpTo(
                    snapshot,
                    wanted.kind(n),
                    wanted.keyHigh(n),
                    wanted.keyLow(n),
                    wanted.number(n),
                    location);
        }
        return location[0];
    }
}
