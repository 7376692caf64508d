package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.segment.LostEntries.Versions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenIndexTest {
    private final OpenIndex index = new OpenIndex(5);

    @Test
    void add_gapInAStream_isRefused() {
        index.event(1, 0, 10, 11, 4, false, 0, 1, 8);
        assertThatThrownBy(() -> index.event(1, 1, 10, 11, 6, false, 0, 2, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("number 6 in a series, expected 5");
    }

    @Test
    void add_gapInAPartition_isRefused() {
        index.event(1, 7, 10, 11, 0, false, 0, 1, 8);
        assertThatThrownBy(() -> index.event(1, 7, 10, 12, 0, false, 0, 2, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("number 7 in a series, expected 8");
    }

    @Test
    void add_impossibleOffset_isRefused() {
        for (long offset : new long[] {-8, 4, FrameLocation.FILE_OFFSET_END}) {
            assertThatThrownBy(() -> index.event(1, 0, 10, 11, 0, false, 0, 1, offset))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        index.event(1, 0, 10, 11, 0, false, 0, 1, FrameLocation.FILE_OFFSET_END - 8);
        long[] location = new long[1];
        assertThat(index.streams().locate(10, 11, 0, 1, 5, location)).isZero();
        assertThat(FrameLocation.fileOffset(location[0]))
                .isEqualTo(FrameLocation.FILE_OFFSET_END - 8);
    }

    @Test
    void locate_givesWhatIsInTheRange_andWhereTheSeriesBegins() {
        index.event(1, 7, 10, 11, 4, false, 0, 1, 8);
        index.event(1, 8, 10, 11, 5, false, 0, 2, 16);
        OpenSeries streams = index.streams();
        assertThat(located(streams, 11, 2, 4)).containsExactly(4, 0, 0);
        assertThat(located(streams, 11, 2, 6)).containsExactly(4, 0, 0, at(8), at(16));
        assertThat(located(streams, 11, 5, 7)).containsExactly(4, at(16), 0);
        assertThat(located(streams, 11, 6, 8)).containsExactly(4, 0, 0);
        assertThat(located(streams, 12, 4, 6)).containsExactly(6, 0, 0);
    }

    /** What locate returns, then what it has found. */
    private static long[] located(OpenSeries streams, long keyLow, long first, long end) {
        long[] locations = new long[(int) (end - first)];
        long begin = streams.locate(10, keyLow, first, end, 5, locations);
        return LongStream.concat(LongStream.of(begin), LongStream.of(locations)).toArray();
    }

    private static long at(long fileOffset) {
        return FrameLocation.pack(5, fileOffset);
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
            index.event(i % 7, i / 7, key, ~key, version, false, i, i, 8L * i);
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
            index.event(0, i, random.nextLong(), i, 0, false, random.nextLong(), i, 8L * i);
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
        index.event(1, 0, 10, 11, 0, false, 0, 1, 8);
        index.event(2, 0, 20, 21, 0, false, 0, 2, 16);
        index.lost(1, 1, 4, List.of(new Versions(10, 11, 1, 2)), 24);

        assertThatThrownBy(() -> index.event(1, 5, 30, 31, 0, false, 0, 3, 32))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.event(2, 1, 20, 21, 2, false, 0, 3, 32))
                .isInstanceOf(IllegalArgumentException.class);
        index.event(1, 4, 12, 13, 7, false, 0, 4, 40);
        assertThat(index.streams().lastNumber(10, 11)).isEqualTo(2);
        assertThat(index.partitions().lastNumber(IndexHash.ofPartition(1), 1)).isEqualTo(4);
        assertThat(located(index.streams(), 11, 1, 4)).containsExactly(0, at(24), at(24), 0);
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
            boolean beginsPiece = numbers.isEmpty() || number != next;
            boolean flag = beginsPiece ? flagOfPiece(number) : random.nextBoolean();
            series.add(key, ~key, number, flag, i, /* mayBeBehindGap= */ true);
            numbers.put(number, i);
        }
        long pieces = 0;
        for (Map.Entry<Long, NavigableMap<Long, Integer>> one : expected.entrySet()) {
            pieces += assertPieces(series, one.getKey(), one.getValue());
        }
        assertThat(series.count()).isEqualTo(pieces);
        assertThat(series.postingCount()).isEqualTo(2_999 - pieces);
    }

    /** Of the other numbers of a piece it is not kept. */
    private static boolean flagOfPiece(long firstNumber) {
        return firstNumber % 2 == 0;
    }

    private static long firstOfPiece(NavigableMap<Long, Integer> numbers, long number) {
        long first = number;
        while (numbers.containsKey(first - 1)) {
            first--;
        }
        return first;
    }

    private static long assertPieces(
            OpenSeries series, long key, NavigableMap<Long, Integer> numbers) {
        FoundEvent found = new FoundEvent();
        long pieces = 0;
        for (long number = 0; number <= numbers.lastKey() + 2; number++) {
            assertThat(series.lastNumberUpTo(key, ~key, number, 0, found))
                    .isEqualTo(orNone(numbers.floorKey(number)));
            if (numbers.floorKey(number) != null) {
                int units = numbers.floorEntry(number).getValue();
                assertThat(FrameLocation.fileOffset(found.location())).isEqualTo(8L * units);
                long first = firstOfPiece(numbers, numbers.floorKey(number));
                assertThat(found.hasDefaultPartitionKey()).isEqualTo(flagOfPiece(first));
            }
            assertThat(series.firstNumberFrom(key, ~key, number))
                    .isEqualTo(orNone(numbers.ceilingKey(number)));
            if (numbers.containsKey(number) && !numbers.containsKey(number - 1)) pieces++;
            assertRange(series, key, numbers, number);
        }
        assertThat(series.lastNumber(key, ~key)).isEqualTo(numbers.lastKey());
        return pieces;
    }

    private static void assertRange(
            OpenSeries series, long key, NavigableMap<Long, Integer> numbers, long first) {
        long[] locations = new long[5];
        Arrays.fill(locations, FrameLocation.NONE);
        series.locate(key, ~key, first, first + locations.length, 0, locations);
        for (int i = 0; i < locations.length; i++) {
            Integer units = numbers.get(first + i);
            long expected = units == null ? FrameLocation.NONE : FrameLocation.ofUnits(0, units);
            assertThat(locations[i]).isEqualTo(expected);
        }
    }

    private static long orNone(@Nullable Long number) {
        return number == null ? -1 : number;
    }
}
