package io.sierra.storage.index;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Looks things up in a {@link Snapshot}, newest segments first. */
final class Lookups {
    private final SegmentPostings postings;

    /** Null but in tests: what every thread counts in one place would cost more than a look-up. */
    private @Nullable Cost cost;

    /** What look-ups of one thread have cost. */
    static final class Cost {
        private long filterProbes;
        private long searches;

        /** Tables asked, by their filters. */
        long filterProbes() {
            return filterProbes;
        }

        /** Tables searched, because their filters let a key pass. */
        long searches() {
            return searches;
        }
    }

    Lookups(SegmentPostings postings) {
        this.postings = postings;
    }

    /** Last number of a series, -1 if it has none. */
    long last(Snapshot snapshot, IndexKind kind, long keyHigh, long keyLow) throws IOException {
        for (OpenIndex index : snapshot.open()) {
            long last = index.series(kind).lastNumber(keyHigh, keyLow);
            if (last >= 0) return last;
        }
        for (SealedTable table : snapshot.tables()) {
            SeriesIndexFile series = table.series(kind);
            long entry = find(series, keyHigh, keyLow, Long.MAX_VALUE);
            if (entry != SeriesIndexFile.NONE) {
                return series.firstNumber(entry) + series.count(entry) - 1;
            }
        }
        return -1;
    }

    /** Locations of consecutive numbers of a series, 0 if it ends before the first of them. */
    int locate(
            Snapshot snapshot,
            IndexKind kind,
            long keyHigh,
            long keyLow,
            long number,
            long[] locations,
            int max)
            throws IOException {
        for (OpenIndex index : snapshot.open()) {
            int segment = index.segmentNumber();
            OpenSeries series = index.series(kind);
            int found = series.locate(keyHigh, keyLow, number, segment, locations, max);
            if (found != OpenSeries.OLDER) return found;
        }
        for (SealedTable table : snapshot.tables()) {
            SeriesIndexFile series = table.series(kind);
            long entry = find(series, keyHigh, keyLow, number);
            if (entry == SeriesIndexFile.NONE) continue;
            if (table.isOfOneSegment()) return series.locate(entry, number, locations, max);
            if (number - series.firstNumber(entry) >= series.count(entry)) return 0;
            int segment = series.segmentNumber(entry);
            return postings.locate(kind, segment, keyHigh, keyLow, number, locations, max);
        }
        return 0;
    }

    /** The largest number of a series up to this one, -1 if it has none. */
    long lastUpTo(Snapshot snapshot, IndexKind kind, long keyHigh, long keyLow, long number)
            throws IOException {
        for (OpenIndex index : snapshot.open()) {
            long last = index.series(kind).lastNumberUpTo(keyHigh, keyLow, number);
            if (last >= 0) return last;
        }
        for (SealedTable table : snapshot.tables()) {
            SeriesIndexFile series = table.series(kind);
            long entry = find(series, keyHigh, keyLow, number);
            if (entry != SeriesIndexFile.NONE) {
                return Math.min(number, series.firstNumber(entry) + series.count(entry) - 1);
            }
        }
        return -1;
    }

    /** The smallest number of a series from this one on, -1 if it has none. Asks all tables. */
    long firstFrom(Snapshot snapshot, IndexKind kind, long keyHigh, long keyLow, long number)
            throws IOException {
        long first = -1;
        for (OpenIndex index : snapshot.open()) {
            long found = index.series(kind).firstNumberFrom(keyHigh, keyLow, number);
            if (found >= 0) first = found; // older ones have smaller numbers
        }
        for (SealedTable table : snapshot.tables()) {
            SeriesIndexFile series = table.series(kind);
            boolean mayBeHere = series.mayContain(keyHigh);
            countTable(mayBeHere);
            if (!mayBeHere) continue;
            long found = series.firstNumberFrom(keyHigh, keyLow, number);
            if (found >= 0) first = found;
        }
        return first;
    }

    /** Shows the locations of a hash, newest first, until one is taken. */
    boolean findEvent(Snapshot snapshot, long hash, LocationPredicate candidate)
            throws IOException {
        for (OpenIndex index : snapshot.open()) {
            if (findEvent(index, hash, candidate)) return true;
        }
        for (SealedTable table : snapshot.tables()) {
            if (findEvent(table.events(), hash, candidate)) return true;
        }
        return false;
    }

    /** Counts from here on, for a test with one thread. */
    Cost count() {
        Cost fresh = new Cost();
        cost = fresh;
        return fresh;
    }

    private static boolean findEvent(OpenIndex index, long hash, LocationPredicate candidate)
            throws IOException {
        long units = FrameLocation.UNITS_END;
        while ((units = index.events().newestBelow(hash, units)) >= 0) {
            long location = FrameLocation.ofUnits(index.segmentNumber(), (int) units);
            if (candidate.test(location)) return true;
        }
        return false;
    }

    private boolean findEvent(EventIndexFile events, long hash, LocationPredicate candidate)
            throws IOException {
        boolean mayBeHere = events.mayContain(hash);
        countTable(mayBeHere);
        if (!mayBeHere) return false;
        long location = Long.MAX_VALUE;
        while ((location = events.newestBelow(hash, location)) != FrameLocation.NONE) {
            if (candidate.test(location)) return true;
        }
        return false;
    }

    private long find(SeriesIndexFile series, long keyHigh, long keyLow, long number)
            throws IOException {
        boolean mayBeHere = series.mayContain(keyHigh);
        countTable(mayBeHere);
        return mayBeHere ? series.find(keyHigh, keyLow, number) : SeriesIndexFile.NONE;
    }

    private void countTable(boolean isSearched) {
        Cost counted = cost;
        if (counted == null) return;
        counted.filterProbes++;
        if (isSearched) counted.searches++;
    }
}
