package io.sierra.bench;

import io.sierra.storage.index.BucketIndex;
import io.sierra.storage.index.IndexMaintenance;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.index.IndexStatus;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The indexes of a bucket with many events, in the directory for temporary files. */
final class FilledIndex implements AutoCloseable {
    private static final int EVENTS_PER_SEGMENT = 10_000;
    private static final int STREAMS = 1_000;
    private static final int MAX_MAPPINGS = 1_024;
    private static final long POLL_NANOS = 1_000_000;

    private final SplittableRandom random = new SplittableRandom(1);
    private final IndexMaintenance maintenance = new IndexMaintenance();
    private final Path directory;
    private final FileDevice device;
    private final MappingCache mappings;
    private final BucketIndex index;
    private final long events;

    /** Returns when all segments are sealed and merged. */
    FilledIndex(int segments) throws IOException {
        events = (long) segments * EVENTS_PER_SEGMENT;
        directory = Files.createTempDirectory("index-benchmark");
        device = FileDevice.open(directory);
        mappings = new MappingCache(device, MAX_MAPPINGS);
        IndexOptions options = IndexOptions.of(maintenance);
        index = BucketIndex.open(device, mappings, "buckets/00000", 0, (_, _) -> 0, options);
        for (int segment = 0; segment < segments; segment++) fill(segment);
        while (isMerging(index.status())) LockSupport.parkNanos(POLL_NANOS);
    }

    boolean findEvent() throws IOException {
        long number = random.nextLong(events);
        return index.findEvent(idHigh(number), idLow(number), _ -> true);
    }

    boolean findMissingEvent() throws IOException {
        return index.findEvent(random.nextLong(), random.nextLong(), _ -> true);
    }

    long lastStreamVersion() throws IOException {
        return index.lastStreamVersion(idHigh(random.nextInt(STREAMS)), 0);
    }

    @Override
    public void close() throws IOException {
        index.close();
        maintenance.close();
        mappings.close();
        device.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    private void fill(int segment) {
        OpenIndex open = index.beginSegment(segment);
        for (int i = 0; i < EVENTS_PER_SEGMENT; i++) {
            add(open, (long) segment * EVENTS_PER_SEGMENT + i, (long) i * Long.BYTES);
        }
        index.seal(open, (long) EVENTS_PER_SEGMENT * Long.BYTES);
        while (index.status().pendingSeals() > 0) LockSupport.parkNanos(POLL_NANOS);
    }

    private static void add(OpenIndex open, long number, long frameFileOffset) {
        open.event(
                /* partitionId= */ 0,
                /* partitionSequence= */ number,
                /* streamKeyHigh= */ idHigh(number % STREAMS),
                /* streamKeyLow= */ 0,
                /* streamVersion= */ number / STREAMS,
                /* hasDefaultPartitionKey= */ true,
                idHigh(number),
                idLow(number),
                frameFileOffset);
    }

    private static boolean isMerging(IndexStatus status) {
        return status.segmentTables() >= IndexOptions.DEFAULT_FAN_OUT;
    }

    private static long idHigh(long number) {
        return new SplittableRandom(number).nextLong();
    }

    private static long idLow(long number) {
        return ~number;
    }
}
