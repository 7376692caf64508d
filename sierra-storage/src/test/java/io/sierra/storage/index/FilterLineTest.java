package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilterLineTest {

    @Test
    void number_growsWithTheHash_andUsesAllLines() {
        assertThat(FilterLine.number(0, 10)).isZero();
        assertThat(FilterLine.number(-1, 10)).isEqualTo(9);
        assertThat(FilterLine.number(Long.MIN_VALUE, 10)).isEqualTo(5);
        assertThat(FilterLine.countFor(0)).isEqualTo(1);
        assertThat(FilterLine.countFor(29)).isEqualTo(2);
    }

    @Test
    void mayContain_absentKeys_rarely() throws IOException {
        Random random = new Random(1);
        MemoryDevice device = new MemoryDevice();
        OpenIndex index = new OpenIndex(0);
        for (int i = 0; i < 20_000; i++) {
            index.event(0, i, random.nextLong(), i, 0, false, random.nextLong(), i, 8L * i);
        }
        SegmentEvents frames = (_, _) -> 0;
        TableStore store =
                new TableStore(device, new MappingCache(device, 10), "b", frames, () -> false);
        SealedTable table = store.writeSegment(index, 0);
        try {
            int passed = 0;
            for (int i = 0; i < 100_000; i++) {
                if (table.file(IndexKind.EVENT).mayContain(random.nextLong())) passed++;
                if (table.file(IndexKind.STREAM).mayContain(random.nextLong())) passed++;
            }
            assertThat(passed).isLessThan(400);
        } finally {
            table.discard();
        }
    }
}
