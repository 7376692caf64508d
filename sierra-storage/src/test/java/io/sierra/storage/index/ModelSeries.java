package io.sierra.storage.index;

import static java.util.Objects.requireNonNull;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Numbers and locations of a series, some of which may be missing. */
final class ModelSeries {
    private final NavigableMap<Long, Long> locations = new TreeMap<>();
    private long end;

    void add(long location) {
        locations.put(end++, location);
    }

    /** Leaves out the next numbers. */
    void skip(int count) {
        end += count;
    }

    /** The number that comes next. */
    long end() {
        return end;
    }

    long location(long number) {
        return requireNonNull(locations.get(number));
    }

    /** The last number that is there, or -1. */
    long last() {
        return lastUpTo(Long.MAX_VALUE);
    }

    /** The largest number up to this one that is there, or -1. */
    long lastUpTo(long number) {
        return orNone(locations.floorKey(number));
    }

    /** The smallest number from this one on that is there, or -1. */
    long firstFrom(long number) {
        return orNone(locations.ceilingKey(number));
    }

    /** How many numbers from this one on are there without a gap, at most {@code max}. */
    int countFrom(long number, int max) {
        int count = 0;
        while (count < max && locations.containsKey(number + count)) count++;
        return count;
    }

    private static long orNone(@Nullable Long number) {
        return number == null ? -1 : number;
    }
}
