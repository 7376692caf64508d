package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a look-up costs with very many segments, counted, not timed. */
class ManySegmentsTest {
    private static final int SEGMENTS = 1_000;

    /** 1,000 is 33220 in base 4, which is the default fan-out. */
    private static final int TABLES = 3 + 3 + 2 + 2;

    private static final long HOT_STREAM = 0x5DEE_CE66_D123_4567L;

    @Test
    void lookUps_askFewTablesAndSearchFewer() throws IOException {
        MemoryDevice device = new MemoryDevice();
        ManualExecutor sealing = new ManualExecutor();
        ManualExecutor merging = new ManualExecutor();
        IndexOptions options =
                new IndexOptions(sealing, merging, sealing, IndexOptions.DEFAULT_FAN_OUT, 1, 1);
        SegmentEvents none =
                (segment, _) -> {
                    throw new IOException("nothing needs a rebuild, but segment " + segment);
                };
        int maxMappings = 3 * TABLES - 1;
        try (MappingCache mappings = new MappingCache(device, maxMappings);
                BucketIndex index =
                        BucketIndex.open(device, mappings, "buckets/00000", 0, none, options)) {
            for (int n = 0; n < SEGMENTS; n++) {
                OpenIndex open = index.beginSegment(n);
                open.event(3, 2L * n, HOT_STREAM, 1, n, false, 0, n, 64);
                open.event(3, 2L * n + 1, IndexHash.mix(n + 1), 2, 0, false, 1, n, 128);
                index.seal(open, 256);
                sealing.runAll(10);
                merging.runAll(10);
            }
            assertThat(index.status().runs() + index.status().segmentTables()).isEqualTo(TABLES);
            checkCosts(index);
            checkAnswers(index);
            // Three files of each table are held, which is one too many; so nothing else is kept.
            assertThat(mappings.counters().mappings()).isEqualTo(3 * TABLES);
        }
    }

    private static void checkCosts(BucketIndex index) throws IOException {
        Random random = new Random(1);
        LookupCost cost = index.lookups().count();
        for (int i = 0; i < 1_000; i++) {
            assertThat(index.findEvent(random.nextLong(), 0, _ -> false)).isFalse();
            assertThat(index.lastStreamVersion(random.nextLong(), 0)).isEqualTo(-1);
        }
        // Nothing new is searched for, but for the filters' few errors.
        assertThat(cost.filterProbes()).isEqualTo(2 * 1_000 * TABLES);
        assertThat(cost.searches()).isLessThan(100);

        cost = index.lookups().count();
        assertThat(index.lastStreamVersion(HOT_STREAM, 1)).isEqualTo(SEGMENTS - 1);
        assertThat(index.lastSequence(3)).isEqualTo(2 * SEGMENTS - 1);
        assertThat(cost.filterProbes()).isEqualTo(2);
        assertThat(cost.searches()).isEqualTo(2);

        cost = index.lookups().count();
        assertThat(index.locateStreamVersions(HOT_STREAM, 1, 0, new long[1], 1)).isEqualTo(1);
        assertThat(cost.filterProbes()).isEqualTo(TABLES);
    }

    private static void checkAnswers(BucketIndex index) throws IOException {
        long[] locations = new long[4];
        for (int n = 0; n < SEGMENTS; n += 37) {
            int segment = n;
            int events = Math.min(4, 2 * (SEGMENTS - n));
            assertThat(index.locateSequences(3, 2L * n, locations, 4)).isEqualTo(events);
            assertThat(locations[1]).isEqualTo(FrameLocation.pack(n, 128));
            int versions = Math.min(4, SEGMENTS - n);
            assertThat(index.locateStreamVersions(HOT_STREAM, 1, n, locations, 4))
                    .isEqualTo(versions);
            for (int i = 0; i < versions; i++) {
                assertThat(locations[i]).isEqualTo(FrameLocation.pack(n + i, 64));
            }
            assertThat(index.lastStreamVersion(IndexHash.mix(n + 1), 2)).isZero();
            assertThat(index.findEvent(1, n, at -> at == FrameLocation.pack(segment, 128)))
                    .isTrue();
        }
    }
}
