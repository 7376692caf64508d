package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PostingsTest {

    @Test
    void chunks_followOneAnotherAndStayBelowTheirLimit() {
        int chunk = 0;
        for (int index = 0; index < 100_000; index++) {
            if (index == Postings.startOf(chunk + 1)) chunk++;
            assertThat(Postings.chunkOf(index)).isEqualTo(chunk);
        }
        assertThat(Postings.lengthOf(0)).isEqualTo(4);
        assertThat(Postings.lengthOf(4)).isEqualTo(768);
        assertThat(Postings.lengthOf(5)).isEqualTo(1024);
        assertThat(Postings.lengthOf(6)).isEqualTo(1024);
    }

    @Test
    void get_anyStateAtAnyTime_seesWhatItHadThen() {
        Postings postings = new Postings();
        int count = 70_000;
        long state = postings.start(-1);
        long early = 0;
        for (int i = 1; i < count; i++) {
            state = postings.append(state, ~i);
            if (i == 300) early = state;
            assertThat(Postings.count(state)).isEqualTo(i + 1);
        }
        for (int i = 0; i < count; i++) assertThat(postings.get(state, i)).isEqualTo(~i);
        assertThat(Postings.count(early)).isEqualTo(301);
        for (int i = 0; i <= 300; i++) assertThat(postings.get(early, i)).isEqualTo(~i);
    }

    @Test
    void append_manySeriesInTurn_keepsThemApart() {
        Postings postings = new Postings();
        long[] states = new long[1_000];
        for (int series = 0; series < states.length; series++)
            states[series] = postings.start(series);
        for (int i = 1; i < 40; i++) {
            for (int series = 0; series < states.length; series++) {
                states[series] = postings.append(states[series], series + i);
            }
        }
        for (int series = 0; series < states.length; series++) {
            for (int i = 0; i < 40; i++) {
                assertThat(postings.get(states[series], i)).isEqualTo(series + i);
            }
        }
    }

    @Test
    void memory_ofLoneEvents_isNone() {
        Postings postings = new Postings();
        for (int i = 0; i < 1_000; i++) postings.start(i);
        assertThat(postings.memoryBytes()).isZero();
    }

    @Test
    void allocate_longerThanAPage_worksBesideShortOnes() {
        IntArena arena = new IntArena();
        int small = arena.allocate(3);
        int large = arena.allocate(100_000);
        int next = arena.allocate(3);
        arena.set(large, 99_999, 7);
        arena.set(next, 0, 8);
        arena.set(small, 2, 9);
        assertThat(arena.get(large, 99_999)).isEqualTo(7);
        assertThat(arena.get(next, 0)).isEqualTo(8);
        assertThat(arena.get(small, 2)).isEqualTo(9);
        int larger = arena.allocate(200_000);
        arena.copy(large, larger, 100_000);
        assertThat(arena.get(larger, 99_999)).isEqualTo(7);
    }
}
