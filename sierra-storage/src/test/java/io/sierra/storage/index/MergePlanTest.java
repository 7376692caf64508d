package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergePlanTest {

    @Test
    void next_fewerThanFanOut_isNothing() {
        assertThat(MergePlan.next(List.of(), 8)).isEmpty();
        assertThat(MergePlan.next(singles(0, 6), 8)).isEmpty();
    }

    @Test
    void next_smallestRangeFirst_thenOldest() {
        List<SegmentRange> tables = new ArrayList<>(singles(0, 7));
        assertThat(MergePlan.next(tables, 4)).contains(new SegmentRange(0, 3));
        tables.subList(0, 4).clear();
        tables.addFirst(new SegmentRange(0, 3));
        assertThat(MergePlan.next(tables, 4)).contains(new SegmentRange(4, 7));
    }

    @Test
    void next_lostRun_isMadeAgainFromWhatThereIs() {
        List<SegmentRange> tables = new ArrayList<>(singles(0, 1));
        tables.add(new SegmentRange(2, 3));
        assertThat(MergePlan.next(tables, 2)).contains(new SegmentRange(0, 1));
        tables.subList(0, 2).clear();
        tables.addFirst(new SegmentRange(0, 1));
        assertThat(MergePlan.next(tables, 2)).contains(new SegmentRange(0, 3));
    }

    @Test
    void next_runOfAnotherFanOut_isLeftUntilARangeContainsIt() {
        List<SegmentRange> tables = new ArrayList<>(List.of(new SegmentRange(0, 2)));
        tables.addAll(singles(3, 3));
        assertThat(MergePlan.next(tables, 2)).contains(new SegmentRange(0, 3));
    }

    @Test
    void next_appliedAsSegmentsCome_leavesLogarithmicallyManyTables() {
        List<SegmentRange> tables = new ArrayList<>();
        for (int segment = 0; segment < 1_000; segment++) {
            tables.add(new SegmentRange(segment, segment));
            for (var due = MergePlan.next(tables, 8);
                    due.isPresent();
                    due = MergePlan.next(tables, 8)) {
                apply(tables, due);
            }
            assertThat(tables).hasSizeLessThanOrEqualTo(7 * 4);
        }
        assertThat(tables.getFirst()).isEqualTo(new SegmentRange(0, 511));
    }

    private static void apply(List<SegmentRange> tables, Optional<SegmentRange> due) {
        SegmentRange range = due.orElseThrow();
        tables.removeIf(range::contains);
        tables.add(range);
        tables.sort((a, b) -> Integer.compare(a.first(), b.first()));
    }

    private static List<SegmentRange> singles(int first, int last) {
        List<SegmentRange> singles = new ArrayList<>();
        for (int segment = first; segment <= last; segment++) {
            singles.add(new SegmentRange(segment, segment));
        }
        return singles;
    }
}
