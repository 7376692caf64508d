package io.sierra.storage.index;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks things up in a {@link Snapshot}, newest segments first. */
final class Lookups {
    /** Null but in tests: what every thread counts in one place would cost more than a look-up. */
    private @Nullable LookupCost cost;

    /** Last number of a series, -1 if it has none. */
    long last(Snapshot snapshot, IndexKind kind, long keyHigh, long keyLow) throws IOException {
        for (OpenIndex index : snapshot.open()) {
            long last = index.series(kind).lastNumber(keyHigh, keyLow);
            if (last >= 0) return last;
        }
        Candidates candidates = candidates(snapshot, kind, keyHigh);
        while (candidates.next()) {
            SeriesIndexFile series = candidates.table().series(kind);
            long last = series.lastNumber(keyHigh, keyLow);
            if (last >= 0) return last;
        }
        return -1;
    }

    /**
     * Locations of consecutive numbers of a series: of {@code first} and those that follow without
     * a gap, {@code max} of them at most.
     *
     * @return how many
     */
    int locate(
            Snapshot snapshot,
            IndexKind kind,
            long keyHigh,
            long keyLow,
            long first,
            long[] locations,
            int max)
            throws IOException {
        Arrays.fill(locations, 0, max, FrameLocation.NONE);
        long end = first + max;
        for (OpenIndex index : snapshot.open()) {
            OpenSeries series = index.series(kind);
            end = series.locate(keyHigh, keyLow, first, end, index.segmentNumber(), locations);
            if (end <= first) return countLocated(locations, max);
        }
        Candidates candidates = candidates(snapshot, kind, keyHigh);
        while (candidates.next()) {
            SeriesIndexFile series = candidates.table().series(kind);
            end = series.locate(keyHigh, keyLow, first, end, locations);
            if (end <= first) return countLocated(locations, max);
        }
        return countLocated(locations, max);
    }

    private static int countLocated(long[] locations, int max) {
        int count = 0;
        while (count < max && locations[count] != FrameLocation.NONE) count++;
        return count;
    }

    /**
     * The largest number of a series up to this one, -1 if it has none.
     *
     * @param found takes what is known of it
     */
    long lastUpTo(
            Snapshot snapshot,
            IndexKind kind,
            long keyHigh,
            long keyLow,
            long number,
            FoundEvent found)
            throws IOException {
        Candidates candidates = candidates(snapshot, kind, keyHigh);
        return lastUpTo(snapshot, kind, keyHigh, keyLow, number, found, candidates);
    }

    /** The same, with the tables that may have the key given. */
    long lastUpTo(
            Snapshot snapshot,
            IndexKind kind,
            long keyHigh,
            long keyLow,
            long number,
            FoundEvent found,
            Candidates candidates)
            throws IOException {
        for (OpenIndex index : snapshot.open()) {
            OpenSeries series = index.series(kind);
            long last =
                    series.lastNumberUpTo(keyHigh, keyLow, number, index.segmentNumber(), found);
            if (last >= 0) return last;
        }
        while (candidates.next()) {
            SeriesIndexFile series = candidates.table().series(kind);
            long last = series.lastNumberUpTo(keyHigh, keyLow, number, found);
            if (last >= 0) return last;
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
        Candidates candidates = candidates(snapshot, kind, keyHigh);
        while (candidates.next()) {
            SeriesIndexFile series = candidates.table().series(kind);
            long found = series.firstNumberFrom(keyHigh, keyLow, number);
            if (found >= 0) first = found;
        }
        return first;
    }

    /** Shows the locations of a hash, newest first, until one is taken. */
    boolean findEvent(Snapshot snapshot, long hash, LocationPredicate candidate)
            throws IOException {
        Candidates candidates = candidates(snapshot, IndexKind.EVENT, hash);
        return findEvent(snapshot, hash, candidates, candidate);
    }

    /** The same, with the tables that may have the hash given. */
    boolean findEvent(
            Snapshot snapshot, long hash, Candidates candidates, LocationPredicate candidate)
            throws IOException {
        for (OpenIndex index : snapshot.open()) {
            if (findEvent(index, hash, candidate)) return true;
        }
        while (candidates.next()) {
            if (findEvent(candidates.table().events(), hash, candidate)) return true;
        }
        return false;
    }

    /** Counts from here on, for a test with one thread. */
    LookupCost count() {
        LookupCost fresh = new LookupCost();
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

    private static boolean findEvent(EventIndexFile events, long hash, LocationPredicate candidate)
            throws IOException {
        long location = Long.MAX_VALUE;
        while ((location = events.newestBelow(hash, location)) != FrameLocation.NONE) {
            if (candidate.test(location)) return true;
        }
        return false;
    }

    private Candidates candidates(Snapshot snapshot, IndexKind kind, long hash) {
        return new Candidates(snapshot.tables(), kind, hash, cost);
    }

    /** Those of which some have been asked, see {@link Candidates#startWith}. */
    Candidates candidates(
            Snapshot snapshot, IndexKind kind, long hash, int asked, long candidates) {
        Candidates all = candidates(snapshot, kind, hash);
        all.startWith(asked, candidates);
        return all;
    }
}
