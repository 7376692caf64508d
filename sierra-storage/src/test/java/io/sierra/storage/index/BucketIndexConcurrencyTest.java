package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.FileDevice;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Readers on real mappings, while segments are sealed, merged and unmapped. */
class BucketIndexConcurrencyTest {
    private static final int SEGMENTS = 40;
    private static final int STREAMS = 40;
    private static final int READERS = 2;
    private static final int FAN_OUT = 3;
    private static final String BUCKET = "buckets/00000";

    @TempDir private Path directory;

    static LongStream seeds() {
        return TestSeeds.of(2);
    }

    /** Each segment has the next event of every stream, in the order of the streams. */
    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void readersAlwaysFindAllThatWasPublished(long seed) throws Exception {
        AtomicInteger published = new AtomicInteger();
        SegmentEvents frames = (segment, sink) -> emit(segment, sink);
        try (FileDevice device = FileDevice.open(directory);
                MappingCache mappings = new MappingCache(device, 3);
                IndexMaintenance maintenance = new IndexMaintenance();
                ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            IndexOptions options =
                    new IndexOptions(
                            maintenance.sealing(),
                            maintenance.merging(),
                            maintenance.rebuilding(),
                            FAN_OUT,
                            1,
                            1);
            try (BucketIndex index =
                    BucketIndex.open(device, mappings, BUCKET, 0, frames, options)) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < READERS; i++) {
                    Random random = new Random(seed * 31 + i);
                    running.add(
                            readers.submit(() -> {
                                read(index, published, random);
                                return null;
                            }));
                }
                try {
                    write(index, published);
                } finally {
                    // Lets the readers end, whatever happened.
                    published.set(SEGMENTS);
                }
                for (Future<?> reader : running) reader.get();
                assertThat(index.status().lastError()).isNull();
                assertThat(index.status().rebuilds()).isZero();
            }
        }
        reopenAndCheck(frames, new Random(seed));
    }

    private static void write(BucketIndex index, AtomicInteger published) {
        for (int segment = 0; segment < SEGMENTS; segment++) {
            OpenIndex open = index.beginSegment(segment);
            index.seal(open, emit(segment, open));
            published.set(segment + 1);
            while (index.status().pendingSeals() > 3) Thread.onSpinWait();
        }
    }

    private void reopenAndCheck(SegmentEvents frames, Random random) throws IOException {
        try (FileDevice device = FileDevice.open(directory);
                MappingCache mappings = new MappingCache(device, 3);
                IndexMaintenance maintenance = new IndexMaintenance();
                BucketIndex index =
                        BucketIndex.open(
                                device,
                                mappings,
                                BUCKET,
                                SEGMENTS,
                                frames,
                                IndexOptions.of(maintenance))) {
            for (int i = 0; i < 2_000; i++) check(index, SEGMENTS, random);
        }
    }

    private static long emit(int segment, EventSink sink) {
        for (int stream = 0; stream < STREAMS; stream++) {
            sink.event(
                    5,
                    (long) segment * STREAMS + stream,
                    IndexHash.mix(stream),
                    stream,
                    segment,
                    /* hasDefaultPartitionKey= */ false,
                    stream,
                    segment,
                    64L * (stream + 1));
        }
        return 64L * (STREAMS + 1);
    }

    private static void read(BucketIndex index, AtomicInteger published, Random random)
            throws IOException {
        for (int seen = 0; seen < SEGMENTS; ) {
            seen = published.get();
            if (seen > 0) check(index, seen, random);
        }
    }

    private static void check(BucketIndex index, int seen, Random random) throws IOException {
        int stream = random.nextInt(STREAMS);
        int segment = random.nextInt(seen);
        long expected = FrameLocation.pack(segment, 64L * (stream + 1));
        long[] locations = new long[3];

        assertThat(index.lastStreamVersion(IndexHash.mix(stream), stream))
                .isGreaterThanOrEqualTo(seen - 1);
        assertThat(index.lastSequence(5)).isGreaterThanOrEqualTo((long) seen * STREAMS - 1);
        assertThat(index.locateStreamVersions(IndexHash.mix(stream), stream, segment, locations, 3))
                .isGreaterThanOrEqualTo(Math.min(3, seen - segment));
        assertThat(locations[0]).isEqualTo(expected);
        long sequence = (long) segment * STREAMS + stream;
        assertThat(index.locateSequences(5, sequence, locations, 3))
                .isGreaterThanOrEqualTo((int) Math.min(3, (long) seen * STREAMS - sequence));
        assertThat(locations[0]).isEqualTo(expected);
        assertThat(index.findEvent(stream, segment, at -> at == expected)).isTrue();
        assertThat(index.findEvent(stream, -1 - segment, _ -> true)).isFalse();
    }
}
