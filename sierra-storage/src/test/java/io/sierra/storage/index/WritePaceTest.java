package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WritePaceTest {
    private static final int FAN_OUT = 2;
    private static final int MAX_TASKS = 100;

    @Test
    void merge_restsAsTheDiskDoes_butNotLong_norWhenItIsLate() {
        assertThat(WritePace.LEISURELY.restNanos(1_000, false)).isEqualTo(2_000);
        assertThat(WritePace.LEISURELY.restNanos(1_000_000_000, false)).isEqualTo(4_000_000);
        assertThat(WritePace.LEISURELY.restNanos(1_000_000, true)).isZero();
        assertThat(WritePace.PROMPT.restNanos(1_000_000, false)).isZero();
    }

    @Test
    void mergesAreLate_whileManySegmentsWait() throws IOException {
        try (IndexWorld world =
                IndexWorld.open(new MemoryDevice(), new IndexModel(new Random(1), 5), FAN_OUT)) {
            for (int sealed = 1; sealed <= 6; sealed++) {
                world.addEvents(3);
                world.rollOver();
                world.sealing.runAll(MAX_TASKS);
                assertThat(world.index.areMergesLate()).isEqualTo(sealed > 2 * FAN_OUT);
            }
            world.merging.runAll(MAX_TASKS);
            assertThat(world.index.areMergesLate()).isFalse();
        }
    }
}
