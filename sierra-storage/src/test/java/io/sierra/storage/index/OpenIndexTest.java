package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
}
