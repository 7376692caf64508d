package io.sierra.storage.bucket;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.concurrent.Counter;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.index.BackgroundTask;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.PartitionFailedException;
import io.sierra.storage.read.PartitionLoadingException;
import io.sierra.storage.read.Watermark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bucket of a store that is in use: open, or still loading.
 *
 * <p>A sealed segment without its index may have lost entries, and only reading it tells. So as
 * long as an index that look-ups use is missing nothing of the bucket is answered: there is no
 * {@link BucketStore} and no reader before they are all there and what they lack is known. The
 * other buckets serve meanwhile. A segment that a run covers needs its own index only when the run
 * has to be made again.
 *
 * <p>May be used from any thread.
 */
public final class Bucket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);
    private static final int ALL_PERCENT = 100;
    private static final long MEBIBYTE = 1 << 20;

    private final RecoveredBucket recovered;
    private final BackgroundTask loading;
    private final Loading progress;
    @Published private volatile State state;
    @Published private volatile List<String> findings;
    @Published private volatile Runnable onChange = () -> {};

    /** What can be done with a bucket. */
    public sealed interface State {
        /** Why a partition of it is not served, or null. */
        @Nullable Failure failureOf(int partitionId);

        /**
         * Reads of it.
         *
         * @param partitionId that is asked for
         * @throws IOException if it is not open
         */
        BucketReader reader(int partitionId) throws IOException;
    }

    /** It is served, except for partitions that are damaged. */
    public record Open(BucketStore store) implements State {
        @Override
        public @Nullable Failure failureOf(int partitionId) {
            String damage = store.damageOf(partitionId);
            return damage == null ? null : new Failure.PartitionFailed(partitionId, damage);
        }

        @Override
        public BucketReader reader(int partitionId) {
            return store.reader();
        }
    }

    /** Missing indexes are being rebuilt. */
    public static final class Loading implements State {
        private final int bucketId;
        private final long plannedBytes;
        private final Counter readBytes = new Counter();

        Loading(int bucketId, long plannedBytes) {
            this.bucketId = bucketId;
            this.plannedBytes = plannedBytes;
        }

        /** About how many bytes of segments have to be read; 0 if no index is missing. */
        public long plannedBytes() {
            return plannedBytes;
        }

        /** How many of them have been read. */
        public long readBytes() {
            return Math.min(readBytes.get(), plannedBytes);
        }

        /** How much is done, 0 to 99. */
        public int percent() {
            long percent = plannedBytes == 0 ? 0 : readBytes() * ALL_PERCENT / plannedBytes;
            return (int) Math.min(percent, ALL_PERCENT - 1);
        }

        /**
         * What was planned is more than there was to be read: files may be longer than their data.
         */
        private void onDone() {
            readBytes.add(plannedBytes - readBytes.get());
        }

        @Override
        public Failure failureOf(int partitionId) {
            return new Failure.PartitionLoading(bucketId, percent());
        }

        @Override
        public BucketReader reader(int partitionId) throws IOException {
            throw new PartitionLoadingException(bucketId, percent());
        }
    }

    /** Missing indexes could not be rebuilt; that is tried again from time to time. */
    public record Failed(String reason) implements State {
        @Override
        public Failure failureOf(int partitionId) {
            return new Failure.PartitionFailed(partitionId, reason);
        }

        @Override
        public BucketReader reader(int partitionId) throws IOException {
            throw new PartitionFailedException(partitionId, reason, null);
        }
    }

    Bucket(RecoveredBucket recovered, long plannedBytes, IndexOptions options) {
        this.recovered = recovered;
        this.progress = new Loading(recovered.bucketId(), plannedBytes);
        this.state = progress;
        this.findings = recovered.findings();
        this.loading =
                new BackgroundTask(
                        "loading of bucket " + recovered.bucketId(),
                        options.rebuilding(),
                        options,
                        this::tryToLoad);
    }

    /** What can be done with it now. {@link Loading} at first; {@link Open} it stays. */
    public State state() {
        return state;
    }

    /** How far it is, or was, with missing indexes. */
    public Loading progress() {
        return progress;
    }

    /** 0-based id of the bucket. */
    public int bucketId() {
        return recovered.bucketId();
    }

    /** How many segments it had when it was recovered, the open one included. */
    public int recoveredSegments() {
        return recovered.segments();
    }

    /**
     * The bucket, which is open.
     *
     * @throws IllegalStateException if it is not
     */
    public BucketStore store() {
        if (state instanceof Open(BucketStore store)) {
            return store;
        }
        throw new IllegalStateException("bucket " + bucketId() + " is not open: " + state);
    }

    /** Why a partition is out of service, or null; that it is loading is no damage. */
    public @Nullable String damageOf(int partitionId) {
        return switch (state) {
            case Open(BucketStore store) -> store.damageOf(partitionId);
            case Failed(String reason) -> reason;
            case Loading _ -> null;
        };
    }

    /** What is confirmed of a partition of this bucket; known before the bucket is open. */
    public Watermark watermark(int partitionId) {
        return Objects.requireNonNull(recovered.logs().get(partitionId)).watermark();
    }

    /** What is damaged in sealed segments. */
    public DamageNotes notes() {
        return recovered.notes();
    }

    /** What was cut or is damaged, as far as is known; empty if everything is as it should be. */
    public List<String> findings() {
        return findings;
    }

    /** Is called from now on when the bucket has become open, or has failed to. */
    public void onChange(Runnable action) {
        onChange = action;
    }

    /**
     * Makes missing indexes again and opens the buckets, here and now if all there is to be read is
     * no more than {@code maxBytes}; otherwise those that lack indexes are opened later, in the
     * background.
     *
     * @throws IOException if a segment cannot be read or an index not be written
     */
    public static void load(List<Bucket> buckets, long maxBytes) throws IOException {
        long planned = 0;
        for (Bucket bucket : buckets) {
            planned += bucket.progress.plannedBytes();
        }
        List<Bucket> later = new ArrayList<>();
        for (Bucket bucket : buckets) {
            if (planned <= maxBytes || bucket.progress.plannedBytes() == 0) {
                bucket.load();
            } else {
                later.add(bucket);
            }
        }
        later.forEach(Bucket::loadInBackground);
    }

    private void load() throws IOException {
        BucketStore store = recovered.open(progress.readBytes::add);
        findings = recovered.findings();
        progress.onDone();
        state = new Open(store); // what is damaged is known by now
    }

    private void loadInBackground() {
        LOG.info(
                "bucket {} is loading: the indexes of {} segments are rebuilt, {} MiB;"
                        + " its partitions are not served until that is done",
                bucketId(),
                recovered.missingIndexes(),
                progress.plannedBytes() / MEBIBYTE);
        loading.request();
    }

    private boolean tryToLoad() throws IOException {
        if (state instanceof Open) {
            return false; // only who was to be told has failed
        }
        long start = System.nanoTime();
        try {
            load();
        } catch (IOException | RuntimeException e) {
            onFailure(e);
            throw e;
        } catch (Error e) { // such as too little memory for what others do at the same time
            onFailure(e);
            throw new IllegalStateException(e);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        LOG.info("bucket {} has loaded in {} ms and is served", bucketId(), millis);
        onChange.run();
        return false;
    }

    private void onFailure(Throwable failure) {
        if (loading.isClosed()) {
            return; // it was made to fail
        }
        state = new Failed("its indexes cannot be rebuilt: " + failure.getMessage());
        onChange.run();
    }

    /** Ends loading, or makes everything durable; closes the files. */
    @Override
    public void close() throws IOException {
        loading.stop(); // before it is made to fail
        if (!(state instanceof Open)) {
            recovered.cancel();
        }
        loading.close();
        if (state instanceof Open(BucketStore store)) {
            store.close();
        } else {
            recovered.close();
        }
    }
}
