package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Readers look up what a writer adds at the same time. Every answer names itself in its offset. */
class OpenIndexConcurrencyTest {
    private static final int SEGMENT = 3;
    private static final int EVENTS = 60_000;
    private static final int READERS = 3;
    private static final int PARTITIONS = 4;
    private static final int VERSION_BITS = 12;

    static LongStream seeds() {
        return TestSeeds.of(4);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void readersSeeWholeEntriesOnlyAndAllThatWasPublished(long seed) throws Exception {
        Plan plan = Plan.of(new Random(seed));
        OpenIndex index = new OpenIndex(SEGMENT);
        AtomicInteger published = new AtomicInteger();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(seed * 31 + i);
                running.add(readers.submit(() -> read(plan, index, published, random)));
            }
            try {
                for (int event = 0; event < EVENTS; event++) {
                    plan.add(index, event);
                    published.set(event + 1);
                }
            } finally {
                // Lets the readers end, whatever happened.
                published.set(EVENTS);
            }
            for (Future<?> reader : running) reader.get();
        }
        assertThat(index.eventCount()).isEqualTo(EVENTS);
    }

    private static void read(Plan plan, OpenIndex index, AtomicInteger published, Random random) {
        for (int seen = 0; seen < EVENTS; ) {
            seen = published.get();
            // Mostly what is just being added, or will be soon.
            int event =
                    random.nextInt(4) == 0 ? random.nextInt(EVENTS) : seen + random.nextInt(9) - 4;
            if (event >= 0 && event < EVENTS) plan.check(index, event, event < seen);
        }
    }

    /** Which stream each event belongs to, and which version it has. */
    private record Plan(int[] streams, int[] versions) {

        static Plan of(Random random) {
            int[] streams = new int[EVENTS];
            int[] versions = new int[EVENTS];
            int[] next = new int[EVENTS];
            int newest = 0;
            for (int event = 0; event < EVENTS; event++) {
                boolean isNew = random.nextInt(3) > 0;
                int stream = isNew ? newest++ : random.nextInt(Math.min(newest + 1, 50));
                streams[event] = stream;
                versions[event] = next[stream]++;
            }
            return new Plan(streams, versions);
        }

        private static long keyHigh(int stream) {
            return IndexHash.mix(stream + 1);
        }

        /** Names the stream and version of its event. */
        private long offset(int event) {
            long units = (long) streams[event] << VERSION_BITS | versions[event];
            return units * FrameLocation.ALIGNMENT_BYTES;
        }

        void add(OpenIndex index, int event) {
            int stream = streams[event];
            index.event(
                    event % PARTITIONS,
                    event / PARTITIONS,
                    keyHigh(stream),
                    stream,
                    versions[event],
                    /* hasDefaultPartitionKey= */ stream % 2 == 0,
                    stream,
                    versions[event],
                    offset(event));
        }

        void check(OpenIndex index, int event, boolean isPublished) {
            int stream = streams[event];
            int version = versions[event];
            long expected = FrameLocation.pack(SEGMENT, offset(event));
            long last = index.streams().lastNumber(keyHigh(stream), stream);
            if (isPublished) same(Math.max(last, version), last);

            long[] location = new long[1];
            locate(index.streams(), keyHigh(stream), stream, version, location);
            if (isPublished || location[0] != FrameLocation.NONE) same(expected, location[0]);

            int partition = event % PARTITIONS;
            long keyHigh = IndexHash.ofPartition(partition);
            locate(index.partitions(), keyHigh, partition, event / PARTITIONS, location);
            if (isPublished || location[0] != FrameLocation.NONE) same(expected, location[0]);

            long hash = IndexHash.ofEvent(stream, version);
            long units = index.events().newestBelow(hash, FrameLocation.UNITS_END);
            if (isPublished || units >= 0) same(offset(event) / 8, units);
        }

        private static void locate(
                OpenSeries series, long keyHigh, long keyLow, long number, long[] location) {
            location[0] = FrameLocation.NONE;
            series.locate(keyHigh, keyLow, number, number + 1, SEGMENT, location);
        }

        private static void same(long expected, long actual) {
            if (expected != actual) assertThat(actual).isEqualTo(expected);
        }
    }
}
