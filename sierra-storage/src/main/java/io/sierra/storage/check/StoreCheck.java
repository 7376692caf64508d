package io.sierra.storage.check;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.FileDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Checks a whole store, several buckets at a time. A server may have it open and go on. */
public final class StoreCheck {
    /** Heap that the index of one segment may take while it is compared. */
    private static final long BYTES_PER_THREAD = 192L << 20;

    private final StoreFiles files;
    private final CheckListener listener;

    /** A check that tells what it finds. */
    public StoreCheck(StoreFiles files, CheckListener listener) {
        this.files = files;
        this.listener = listener;
    }

    /** Buckets that this process checks at a time, by its processors and its heap. */
    public static int threads() {
        Runtime runtime = Runtime.getRuntime();
        return Math.clamp(runtime.maxMemory() / BYTES_PER_THREAD, 1, runtime.availableProcessors());
    }

    /** Bytes of data that a check has to read, as far as is known. */
    public static long plannedBytes(StoreFiles files) throws IOException {
        long bytes = 0;
        for (int bucket = 0; bucket < files.partitioning().bucketCount(); bucket++) {
            for (SegmentFile segment : files.segments(bucket)) {
                bytes += segment.dataEnd() < 0 ? segment.lengthBytes() : segment.dataEnd();
            }
        }
        return bytes;
    }

    /** Checks everything: frames, logs, indexes against frames, versions and ids. */
    public CheckCounts verify(int threads) throws IOException {
        Path directory = Files.createTempDirectory("sierradb-verify");
        try (Device scratch = FileDevice.open(directory)) {
            return run(threads, (bucketId, running) -> verifyBucket(bucketId, scratch, running));
        } finally {
            delete(directory);
        }
    }

    private CheckCounts verifyBucket(int bucketId, Device scratch, boolean running)
            throws IOException {
        try (IndexComparison indexes =
                new IndexComparison(files, bucketId, scratch, running, listener)) {
            return new BucketCheck(files, bucketId, indexes, running, listener).run();
        }
    }

    /**
     * Reads the sealed segments from the disk, one bucket after the other: every frame and the
     * logs, and the checksums of the indexes.
     */
    public CheckCounts scrub() throws IOException {
        CheckCounts counts = CheckCounts.NONE;
        for (int bucket = 0; bucket < files.partitioning().bucketCount(); bucket++) {
            counts = counts.plus(scrub(bucket));
        }
        return counts;
    }

    /** The same of one bucket. */
    public CheckCounts scrub(int bucketId) throws IOException {
        return new BucketCheck(files, bucketId, null, files.holder().isPresent(), listener).run();
    }

    private interface OneBucket {
        CheckCounts check(int bucketId, boolean running) throws IOException;
    }

    private CheckCounts run(int threads, OneBucket check) throws IOException {
        boolean running = files.holder().isPresent();
        CheckCounts counts = CheckCounts.NONE;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<CheckCounts>> buckets = new ArrayList<>();
            for (int bucket = 0; bucket < files.partitioning().bucketCount(); bucket++) {
                int bucketId = bucket;
                buckets.add(executor.submit(() -> check.check(bucketId, running)));
            }
            for (Future<CheckCounts> bucket : buckets) {
                counts = counts.plus(resultOf(bucket));
            }
        }
        return counts;
    }

    private static CheckCounts resultOf(Future<CheckCounts> bucket) throws IOException {
        try {
            return bucket.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
