package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.read.EventReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers beside a writer that rolls over all the time, with hardly a mapping kept. */
final class ConcurrentReadsTest {
    private static final int PARTITIONS = 2;
    private static final int STREAMS = 3;
    private static final int EVENTS = 1_500;
    private static final StoreOptions OPTIONS =
            new StoreOptions(
                    new Partitioning(PARTITIONS, 1),
                    StoreOptions.MIN_SEGMENT_BYTES,
                    0,
                    1,
                    Long.MAX_VALUE);

    private volatile boolean writing = true;

    @ParameterizedTest(name = "-Dsierra.seed={0}, disk in memory")
    @ValueSource(longs = {1, 2})
    void readersSeeAllBelowTheWatermarkAndNothingElse(long seed) throws Exception {
        run(new MemoryDevice(), seed);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}, real disk")
    @ValueSource(longs = {3})
    void readersOfFilesSeeAllBelowTheWatermarkAndNothingElse(long seed, @TempDir Path directory)
            throws Exception {
        run(FileDevice.open(directory), seed);
    }

    private void run(Device device, long seed) throws Exception {
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            List<Future<?>> threads = new ArrayList<>();
            try (ExecutorService executor = Executors.newCachedThreadPool()) {
                for (int reader = 0; reader < 3; reader++) {
                    RandomGenerator random = random(seed + 100 + reader);
                    threads.add(
                            executor.submit(() -> {
                                readAll(store, random);
                                return null;
                            }));
                }
                try {
                    write(store.bucket(0), random(seed));
                } finally {
                    writing = false;
                }
            }
            for (Future<?> thread : threads) {
                thread.get();
            }
            assertThat(store.bucket(0).status().segments()).isGreaterThan(5);
            assertThat(store.reader().watermark(0)).isEqualTo(EVENTS);
        }
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** Event n of a partition is version n / STREAMS of stream n mod STREAMS, with id n. */
    private static NewEvent event(int partitionId, long sequence) {
        return NewEvents.event(
                "stream-" + sequence % STREAMS,
                NewEvents.id(partitionId << 20 | sequence),
                "%d/%d/%s".formatted(partitionId, sequence, "x".repeat((int) (sequence % 1_000))));
    }

    private static void write(BucketStore bucket, RandomGenerator random) throws IOException {
        long[] next = new long[PARTITIONS];
        while (next[0] < EVENTS || next[1] < EVENTS) {
            for (int appends = random.nextInt(1, 10); appends > 0; appends--) {
                int partitionId = random.nextInt(PARTITIONS);
                List<NewEvent> events = new ArrayList<>();
                long end = Math.min(next[partitionId] + random.nextInt(1, 4), EVENTS);
                for (long sequence = next[partitionId]; sequence < end; sequence++) {
                    events.add(event(partitionId, sequence));
                }
                if (!events.isEmpty() && append(bucket, partitionId, events)) {
                    next[partitionId] = end;
                }
            }
            bucket.write();
            bucket.sync();
            bucket.drainStaged(bucket::confirm);
            bucket.endBatch();
        }
    }

    /** False if indexes have to be written first. */
    private static boolean append(BucketStore bucket, int partitionId, List<NewEvent> events) {
        AppendResult result = bucket.stage(key(partitionId), events, 1, 0);
        if (result instanceof AppendResult.Refused(Failure failure)) {
            assertThat(failure).isInstanceOf(Failure.MailboxFull.class);
            return false;
        }
        return true;
    }

    private void readAll(EventStore store, RandomGenerator random) throws IOException {
        long[] seen = new long[PARTITIONS];
        boolean last;
        do {
            last = !writing;
            int partitionId = random.nextInt(PARTITIONS);
            long watermark = store.reader().watermark(partitionId);
            assertThat(watermark).isGreaterThanOrEqualTo(seen[partitionId]);
            seen[partitionId] = watermark;
            switch (random.nextInt(3)) {
                case 0 -> scanPartition(store.reader(), partitionId, watermark, random);
                case 1 -> scanStream(store.reader(), partitionId, watermark, random);
                default -> get(store.reader(), partitionId, watermark, random);
            }
        } while (!last);
    }

    private static void scanPartition(
            EventReader reader, int partitionId, long watermark, RandomGenerator random)
            throws IOException {
        long first = random.nextLong(watermark + 1);
        List<StoredEvent> found = new ArrayList<>();
        boolean more =
                reader.scanPartition(
                        partitionId,
                        first,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        watermark,
                        event -> found.add(StoredEvent.of(event)));
        assertThat(more).isFalse();
        assertThat(found).hasSize((int) (watermark - first));
        for (StoredEvent event : found) {
            check(event, partitionId, first++);
        }
    }

    private static void scanStream(
            EventReader reader, int partitionId, long watermark, RandomGenerator random)
            throws IOException {
        int stream = random.nextInt(STREAMS);
        StreamId streamId = StreamId.of("stream-" + stream);
        long versions = (watermark - stream + STREAMS - 1) / STREAMS;
        long first = random.nextLong(Math.max(versions, 0) + 1);
        List<StoredEvent> found = new ArrayList<>();
        boolean more =
                reader.scanStream(
                        streamId,
                        key(partitionId),
                        first,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        watermark,
                        event -> found.add(StoredEvent.of(event)));
        assertThat(more).isFalse();
        assertThat(found)
                .as("versions below %d", watermark)
                .hasSize((int) Math.max(0, versions - first));
        for (StoredEvent event : found) {
            check(event, partitionId, first++ * STREAMS + stream);
        }
        assertThat(reader.streamVersion(streamId, key(partitionId), watermark))
                .isEqualTo(versions - 1);
    }

    private static void get(
            EventReader reader, int partitionId, long watermark, RandomGenerator random)
            throws IOException {
        long sequence = random.nextLong(watermark + 2);
        List<StoredEvent> found = new ArrayList<>();
        boolean exists =
                reader.get(
                        NewEvents.id(partitionId << 20 | sequence),
                        event -> found.add(StoredEvent.of(event)));
        if (sequence < watermark) {
            assertThat(exists).isTrue();
        }
        for (StoredEvent event : found) {
            check(event, partitionId, sequence);
            assertThat(reader.watermark(partitionId)).isGreaterThan(sequence);
        }
    }

    private static void check(StoredEvent event, int partitionId, long sequence) {
        assertThat(event.partitionSequence()).isEqualTo(sequence);
        assertThat(event.partitionId()).isEqualTo(partitionId);
        assertThat(event.streamVersion()).isEqualTo(sequence / STREAMS);
        assertThat(event.hasContentOf(event(partitionId, sequence))).isTrue();
    }
}
