package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.segment.LostEntries.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenIndexTest {
    private final OpenIndex index = new OpenIndex(5);

    @Test
    void add_gapInAStream_isRefused() {
        index.event(1, 0, 10, 11, 4, 0, 1, 8);
        assertThatThrownBy(() -> index.event(1, 1, 10, 11, 6, 0, 2, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("number 6 in a series, expected 5");
    }

    @Test
    void add_gapInAPartition_isRefused() {
        index.event(1, 7, 10, 11, 0, 0, 1, 8);
        assertThatThrownBy(() -> index.event(1, 7, 10, 12, 0, 0, 2, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("number 7 in a series, expected 8");
    }

    @Test
    void add_impossibleOffset_isRefused() {
        for (long offset : new long[] {-8, 4, FrameLocation.FILE_OFFSET_END}) {
            assertThatThrownBy(() -> index.event(1, 0, 10, 11, 0, 0, 1, offset))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        index.event(1, 0, 10, 11, 0, 0, 1, FrameLocation.FILE_OFFSET_END - 8);
        long[] location = new long[1];
        int found = index.streams().locate(10, 11, 0, 5, location, 1);
        assertThat(found).isEqualTo(1);
        assertThat(FrameLocation.fileOffset(location[0]))
                .isEqualTo(FrameLocation.FILE_OFFSET_END - 8);
    }

    @Test
    void locate_beforeTheFirstNumber_isOlder_andAfterTheLastNothing() {
        index.event(1, 7, 10, 11, 4, 0, 1, 8);
        OpenSeries streams = index.streams();
        assertThat(streams.locate(10, 11, 3, 5, new long[1], 1)).isEqualTo(OpenSeries.OLDER);
        assertThat(streams.locate(10, 11, 4, 5, new long[1], 1)).isEqualTo(1);
        assertThat(streams.locate(10, 11, 5, 5, new long[1], 1)).isZero();
        assertThat(streams.locate(10, 12, 4, 5, new long[1], 1)).isEqualTo(OpenSeries.OLDER);
    }

    @Test
    void cursors_areSorted_andHaveAll() {
        Random random = new Random(1);
        Map<Long, Integer> counts = new HashMap<>();
        List<Long> hashes = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            // Half of the keys lie at either end, where tables wrap around.
            long key = random.nextInt(3_000) * (random.nextBoolean() ? 1L : -1L);
            int version = counts.merge(key, 1, Integer::sum) - 1;
            index.event(i % 7, i / 7, key, ~key, version, i, i, 8L * i);
            hashes.add(IndexHash.ofEvent(i, i));
        }
        hashes.sort(Long::compareUnsigned);
        EventCursor events = index.events().cursor(5);
        for (long hash : hashes) {
            assertThat(next(events)).isTrue();
            assertThat(events.hash()).isEqualTo(hash);
        }
        assertThat(next(events)).isFalse();

        OpenSeriesCursor streams = index.streams().cursor(5);
        for (long key : counts.keySet().stream().sorted(Long::compareUnsigned).toList()) {
            assertThat(streams.next()).isTrue();
            assertThat(streams.keyHigh()).isEqualTo(key);
            assertThat(streams.keyLow()).isEqualTo(~key);
            assertThat(streams.count()).isEqualTo(counts.get(key));
        }
        assertThat(streams.next()).isFalse();
        assertThat(index.eventCount()).isEqualTo(30_000);
    }

    @Test
    void memory_staysSmallPerEventAndStream() {
        Random random = new Random(1);
        int events = 200_000;
        for (int i = 0; i < events; i++) {
            index.event(0, i, random.nextLong(), i, 0, random.nextLong(), i, 8L * i);
        }
        assertThat(index.memoryBytes() / events).isLessThan(110);
    }

    private static boolean next(EventCursor cursor) {
        try {
            return cursor.next();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void gapThatNoLossExplains_isRefused() {
        index.event(1, 0, 10, 11, 0, 0, 1, 8);
        index.event(2, 0, 20, 21, 0, 0, 2, 16);
        index.lost(1, 1, 4, List.of(new Versions(10, 11, 1, 2)), 24);

        assertThatThrownBy(() -> index.event(1, 5, 30, 31, 0, 0, 3, 32))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.event(2, 1, 20, 21, 2, 0, 3, 32))
                .isInstanceOf(IllegalArgumentException.class);
        index.event(1, 4, 12, 13, 7, 0, 4, 40);
        assertThat(index.streams().lastNumber(10, 11)).isEqualTo(2);
        assertThat(index.partitions().lastNumber(IndexHash.ofPartition(1), 1)).isEqualTo(4);
        long[] location = new long[4];
        assertThat(index.streams().locate(10, 11, 1, 5, location, 4)).isEqualTo(2);
        assertThat(FrameLocation.fileOffset(location[1])).isEqualTo(24);
    }

    /** As after many losses: each series is in pieces, which are found however the table grows. */
    @Test
    void pieces_areFoundByTheirNumbers() {
        Random random = new Random(7);
        OpenSeries series = new OpenSeries(2, new Postings());
        Map<Long, NavigableMap<Long, Integer>> expected = new HashMap<>();
        for (int i = 1; i < 3_000; i++) {
            long key = IndexHash.mix(1 + random.nextInt(60));
            NavigableMap<Long, Integer> numbers =
                    expected.computeIfAbsent(key, _ -> new TreeMap<>());
            long next = numbers.isEmpty() ? 0 : numbers.lastKey() + 1;
            long number = random.nextInt(4) == 0 ? next + random.nextInt(5) : next;
            series.add(key, ~key, number, i, true);
            numbers.put(number, i);
        }
        long pieces = 0;
        for (Map.Entry<Long, NavigableMap<Long, Integer>> one : expected.entrySet()) {
            pieces += assertPieces(series, one.getKey(), one.getValue());
        }
        assertThat(series.count()).isEqualTo(pieces);
        assertThat(series.postingCount()).isEqualTo(2_999);
    }

    private static long assertPieces(
            OpenSeries series, long key, NavigableMap<Long, Integer> numbers) {
        long[] location = new long[1];
        long pieces = 0;
        for (long number = 0; number <= numbers.lastKey() + 2; number++) {
            assertThat(series.lastNumberUpTo(key, ~key, number))
                    .isEqualTo(orNone(numbers.floorKey(number)));
            assertThat(series.firstNumberFrom(key, ~key, number))
                    .isEqualTo(orNone(numbers.ceilingKey(number)));
            int found = series.locate(key, ~key, number, 0, location, 1);
            Integer units = numbers.get(number);
            assertThat(found > 0).isEqualTo(units != null);
            if (units != null) {
                assertThat(FrameLocation.fileOffset(location[0])).isEqualTo(8L * units);
                pieces += numbers.containsKey(number - 1) ? 0 : 1;
            }
        }
        assertThat(series.lastNumber(key, ~key)).isEqualTo(numbers.lastKey());
        return pieces;
    }

    private static long orNone(@Nullable Long number) {
        return number == null ? -1 : number;
    }
}
