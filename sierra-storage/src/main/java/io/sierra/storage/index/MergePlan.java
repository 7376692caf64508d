package io.sierra.storage.index;

import java.util.List;
import java.util.Optional;

/**
 * Which tables to merge next. Runs cover fanOut, fanOut², … segments and start at multiples of
 * that, so two of them are apart or one is inside the other, and n segments need O(log n) tables.
 */
final class MergePlan {
    private MergePlan() {}

    /**
     * The smallest range, of these the oldest, that more than one table covers.
     *
     * @param tables in ascending order, from segment 0 without a gap
     */
    static Optional<SegmentRange> next(List<SegmentRange> tables, int fanOut) {
        long end = tables.isEmpty() ? 0 : tables.getLast().last() + 1L;
        for (long length = fanOut; length <= end; length *= fanOut) {
            for (long first = 0; first + length <= end; first += length) {
                SegmentRange range = new SegmentRange((int) first, (int) (first + length - 1));
                if (isInSeveralTables(range, tables)) return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    private static boolean isInSeveralTables(SegmentRange range, List<SegmentRange> tables) {
        int inside = 0;
        for (SegmentRange table : tables) {
            if (range.contains(table)) inside++;
            else if (range.overlaps(table)) return false;
        }
        return inside > 1;
    }
}
