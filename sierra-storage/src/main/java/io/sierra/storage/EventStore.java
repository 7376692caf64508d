package io.sierra.storage;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.bucket.BucketFiles;
import io.sierra.storage.bucket.BucketRecovery;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.bucket.DamageNotes;
import io.sierra.storage.bucket.SegmentLengths;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventVisitor;
import io.sierra.storage.read.PartitionFailedException;
import io.sierra.storage.read.PartitionLoadingException;
import io.sierra.storage.read.StoreReader;
import io.sierra.storage.read.Watermark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A store of events in a directory, for use inside a program. Open it, append transactions, read
 * them back:
 *
 * {@snippet class="io.sierra.storage.EmbeddedExample" region="example"}
 *
 * <p>The indexes of sealed segments may be missing: somebody deleted them, or the process was
 * killed before they were written. They are then rebuilt, which takes as long as reading the
 * segments does, and {@link #open(Path, StoreOptions) open} waits for it unless {@link
 * StoreOptions#maxRebuildBytesAtOpen} says otherwise. Then the buckets concerned are {@link
 * Bucket.Loading}: appends to them are refused with {@link Failure.PartitionLoading}, reads fail
 * with a {@link PartitionLoadingException}, and both work as soon as it is done.
 *
 * <p>May be used from any thread. An append returns when it is durable and visible. Whoever owns a
 * bucket's thread, as a server does, uses {@link #bucket} instead, and then must not call {@link
 * #append}.
 */
public final class EventStore implements AutoCloseable {
    /** Term of everything that is written without a cluster. */
    public static final long ALONE_TERM = 1;

    private final Device device;
    private final Partitioning partitioning;
    private final MappingCache mappings;
    private final Background background;
    private final InstantSource clock;
    private final List<Bucket> buckets = new ArrayList<>();
    private final StoreReader reader;

    /** Whether a partition is out of service because it is damaged. Stays true. */
    private volatile boolean anyDamage;

    private EventStore(
            Device device,
            StoreOptions options,
            SegmentLengths lengths,
            Background background,
            InstantSource clock,
            long seed)
            throws IOException {
        this.device = device;
        this.clock = clock;
        this.partitioning = options.partitioning();
        MetaFile meta = MetaFile.openOrCreate(device, options);
        this.mappings = new MappingCache(device, options.maxMappings());
        this.background = background;
        try {
            recoverBuckets(meta, options, lengths, seed);
            Bucket.load(buckets, options.maxRebuildBytesAtOpen());
        } catch (IOException | RuntimeException e) {
            closeQuietly(e);
            throw e;
        }
        this.reader = newReader();
    }

    /**
     * Opens the store in a directory, or creates one.
     *
     * @throws IOException if another process has it open, if it was created with other options, or
     *     if the disk fails
     */
    public static EventStore open(Path directory, StoreOptions options) throws IOException {
        return open(FileDevice.open(directory), options);
    }

    /**
     * How many buckets the store in a directory has; empty if there is no store.
     *
     * @throws IOException if the store cannot be read
     */
    public static OptionalInt bucketCount(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return OptionalInt.empty();
        }
        try (Device device = FileDevice.open(directory)) {
            return MetaFile.bucketCount(device);
        }
    }

    /** Opens the store on a device and closes the device with it, also if this fails. */
    public static EventStore open(Device device, StoreOptions options) throws IOException {
        return open(
                device,
                options,
                SegmentLengths.DEFAULT,
                Background.threads(),
                InstantSource.system(),
                new SecureRandom().nextLong());
    }

    /**
     * Opens the store with a given clock and seed of the ids that it makes.
     *
     * @param lengths how long a segment is when a next one is prepared, and when it is sealed at
     *     close
     * @param background is closed with the store, also if this fails
     */
    static EventStore open(
            Device device,
            StoreOptions options,
            SegmentLengths lengths,
            Background background,
            InstantSource clock,
            long seed)
            throws IOException {
        try {
            device.lock();
            return new EventStore(device, options, lengths, background, clock, seed);
        } catch (IOException | RuntimeException e) {
            background.close();
            device.close();
            throw e;
        }
    }

    private void recoverBuckets(
            MetaFile meta, StoreOptions options, SegmentLengths lengths, long seed)
            throws IOException {
        BucketFiles files =
                new BucketFiles(
                        device,
                        mappings,
                        meta.storeId(),
                        options.segmentSizeBytes(),
                        lengths,
                        background.allocation(),
                        clock);
        int count = partitioning.bucketCount();
        for (int bucketId = 0; bucketId < count; bucketId++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed + bucketId);
            buckets.add(
                    BucketRecovery.recover(
                            bucketId,
                            partitioning,
                            files,
                            background.indexes(),
                            options.cacheBytes() / count,
                            random,
                            () -> anyDamage = true));
        }
    }

    private StoreReader newReader() {
        List<Watermark> watermarks = new ArrayList<>();
        for (int id = 0; id < partitioning.partitionCount(); id++) {
            watermarks.add(bucketOf(id).watermark(id));
        }
        return new StoreReader(
                partitioning,
                id -> bucketOf(id).state().reader(id),
                watermarks,
                id -> bucketOf(id).damageOf(id),
                () -> anyDamage);
    }

    /** How many partitions and buckets there are. */
    public Partitioning partitioning() {
        return partitioning;
    }

    /** The directory, for people. */
    public String directory() {
        return device.describe("");
    }

    /**
     * Appends a transaction: all events or none, in the partition of the key.
     *
     * @param events at least one
     * @return where the events stand, or why nothing was written
     */
    public AppendResult append(PartitionKey partitionKey, List<NewEvent> events) {
        int partitionId = partitioning.partitionOf(partitionKey);
        return switch (bucketOf(partitionId).state()) {
            case Bucket.Open(BucketStore bucket) ->
                    append(bucket, partitionId, partitionKey, events);
            case Bucket.Loading loading -> new AppendResult.Refused(loading.failureOf(partitionId));
            case Bucket.Failed failed -> new AppendResult.Refused(failed.failureOf(partitionId));
        };
    }

    private AppendResult append(
            BucketStore bucket, int partitionId, PartitionKey partitionKey, List<NewEvent> events) {
        synchronized (bucket) {
            AppendResult result = bucket.stage(partitionKey, events, ALONE_TERM, clock.millis());
            try {
                bucket.write();
                bucket.sync();
            } catch (IOException e) {
                return bucket.writeFailed();
            }
            bucket.drainStaged(bucket::confirm);
            bucket.endBatch();
            bucket.watermark(partitionId).handOver(); // to the thread that gets the lock next
            return bucket.failure() == null ? result : bucket.writeFailed();
        }
    }

    /** Appends one event under the stream's default partition key. */
    public AppendResult append(NewEvent event) {
        return append(event.streamId().defaultPartitionKey(), List.of(event));
    }

    /**
     * Looks an event up; true if there is one and {@code visitor} was called with it.
     *
     * @throws IOException if it was not found, and it may be one that a partition has lost
     */
    public boolean get(EventId id, EventVisitor visitor) throws IOException {
        return reader.get(id, visitor);
    }

    /**
     * Visits the events of a stream under its default partition key.
     *
     * @param firstVersion inclusive
     * @param lastVersion inclusive
     * @param count most events to visit
     * @return whether there are more up to {@code lastVersion}
     */
    public boolean scanStream(
            StreamId streamId,
            long firstVersion,
            long lastVersion,
            long count,
            EventVisitor visitor)
            throws IOException {
        PartitionKey key = streamId.defaultPartitionKey();
        int partitionId = partitioning.partitionOf(key);
        requireService(partitionId);
        long watermark = reader.watermark(partitionId);
        return reader.scanStream(
                streamId, key, firstVersion, lastVersion, count, watermark, visitor);
    }

    /** Version of the last event of a stream under its default partition key, or -1. */
    public long streamVersion(StreamId streamId) throws IOException {
        PartitionKey key = streamId.defaultPartitionKey();
        int partitionId = partitioning.partitionOf(key);
        requireService(partitionId);
        return reader.streamVersion(streamId, key, reader.watermark(partitionId));
    }

    /**
     * Visits the events of a partition.
     *
     * @param firstSequence inclusive
     * @param lastSequence inclusive
     * @param count most events to visit
     * @return whether there are more up to {@code lastSequence}
     */
    public boolean scanPartition(
            int partitionId,
            long firstSequence,
            long lastSequence,
            long count,
            EventVisitor visitor)
            throws IOException {
        requireService(partitionId);
        return reader.scanPartition(
                partitionId,
                firstSequence,
                lastSequence,
                count,
                reader.watermark(partitionId),
                visitor);
    }

    /** What a damaged partition has left is not to be taken for all of it. */
    private void requireService(int partitionId) throws IOException {
        String damage = bucketOf(partitionId).damageOf(partitionId);
        if (damage != null) {
            throw new PartitionFailedException(partitionId, damage, null);
        }
    }

    /**
     * All reads, with keys and watermarks given by the caller, who also asks for damage: of a
     * partition that is out of service they see what is before the damage.
     */
    public EventReader reader() {
        return reader;
    }

    /** Why a partition is not served, or null. */
    public @Nullable Failure failureOf(int partitionId) {
        return bucketOf(partitionId).state().failureOf(partitionId);
    }

    /**
     * The bucket with this id, for the thread that owns it.
     *
     * @throws IllegalStateException if it is not open
     */
    public BucketStore bucket(int bucketId) {
        return buckets.get(bucketId).store();
    }

    /** All buckets by their ids, open or not. */
    public List<Bucket> buckets() {
        return Collections.unmodifiableList(buckets);
    }

    /** What opening found in a bucket; empty if everything was as it should be. */
    public List<String> recoveryFindings(int bucketId) {
        return buckets.get(bucketId).findings();
    }

    /**
     * Takes a partition out of service for good: entries of it in a sealed segment are lost. May be
     * called from any thread.
     *
     * @throws IOException if that could not be written down for the next start
     */
    public void reportDamage(int partitionId, String damage) throws IOException {
        Bucket bucket = bucketOf(partitionId);
        bucket.store().failPartition(partitionId, damage);
        DamageNotes notes = bucket.notes();
        notes.add(partitionId, damage);
        notes.save();
    }

    /** How the mapped files are doing. */
    public MappingCache.Counters mappings() {
        return mappings.counters();
    }

    /** Makes everything durable and closes the files. Nothing may be appended or read meanwhile. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Bucket bucket : buckets) {
            try {
                bucket.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        background.close();
        mappings.close();
        device.close();
        if (failure != null) {
            throw failure;
        }
    }

    private void closeQuietly(Exception cause) {
        try {
            close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private Bucket bucketOf(int partitionId) {
        return buckets.get(partitioning.bucketOf(partitionId));
    }
}
