package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.index.FoundEvent;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Reads of a whole store: finds the partition's bucket and asks its reader. */
public final class StoreReader implements EventReader {
    private final Partitioning partitioning;
    private final BucketReaders buckets;
    private final List<Watermark> watermarks;
    private final IntFunction<@Nullable String> damage;
    private final BooleanSupplier anyDamage;

    /** The readers of all buckets that are open. */
    @FunctionalInterface
    public interface BucketReaders {
        /**
         * The reader of a partition's bucket.
         *
         * @throws PartitionLoadingException if the bucket is not open yet
         * @throws PartitionFailedException if the bucket cannot be opened
         */
        BucketReader of(int partitionId) throws IOException;
    }

    /**
     * A reader of these buckets.
     *
     * @param watermarks by partition id
     * @param damage why a partition is out of service, or null
     * @param anyDamage whether {@code damage} may know of a partition that is
     */
    public StoreReader(
            Partitioning partitioning,
            BucketReaders buckets,
            List<Watermark> watermarks,
            IntFunction<@Nullable String> damage,
            BooleanSupplier anyDamage) {
        this.partitioning = partitioning;
        this.buckets = buckets;
        this.watermarks = List.copyOf(watermarks);
        this.damage = damage;
        this.anyDamage = anyDamage;
    }

    @Override
    public long watermark(int partitionId) {
        return watermarks.get(partitionId).end();
    }

    @Override
    public ReadAhead readAhead() {
        return new StoreReadAhead(partitioning, buckets);
    }

    @Override
    public boolean get(EventId id, EventVisitor visitor) throws IOException {
        return get(id, ReadHint.NONE, visitor);
    }

    @Override
    public boolean get(EventId id, ReadHint hint, EventVisitor visitor) throws IOException {
        int named = partitioning.partitionNamedBy(id);
        if (!hint.saysNothingIsThere()
                && get(buckets.of(named), id, hint, partitionId -> partitionId == named, visitor)) {
            return true;
        }
        IOException notServed = null;
        for (int bucketId = 0; bucketId < partitioning.bucketCount(); bucketId++) {
            if (hint.saysNothingIsThere() && bucketId == partitioning.bucketOf(named)) {
                continue;
            }
            BucketReader bucket;
            try {
                bucket = buckets.of(bucketId); // there is a partition of this id in it
            } catch (PartitionLoadingException | PartitionFailedException e) {
                notServed = e; // what is asked for may be in another one
                continue;
            }
            if (get(bucket, id, ReadHint.NONE, partitionId -> partitionId != named, visitor)) {
                return true;
            }
        }
        if (notServed != null) {
            throw notServed;
        }
        requireServiceOfAll(named);
        return false;
    }

    /** Ids may name any partition, so what was not found may be what one of them has lost. */
    private void requireServiceOfAll(int firstPartitionId) throws PartitionFailedException {
        if (!anyDamage.getAsBoolean()) {
            return;
        }
        int count = partitioning.partitionCount();
        for (int i = 0; i < count; i++) {
            int partitionId = (firstPartitionId + i) % count;
            String found = damage.apply(partitionId);
            if (found != null) {
                throw new PartitionFailedException(partitionId, found, null);
            }
        }
    }

    private boolean get(
            BucketReader bucket,
            EventId id,
            ReadHint hint,
            IntPredicate partitions,
            EventVisitor visitor)
            throws IOException {
        try (FrameCursor cursor = bucket.cursor()) {
            boolean found =
                    bucket.find(
                            id,
                            hint,
                            (partitionId, sequence) ->
                                    partitions.test(partitionId)
                                            && sequence < watermark(partitionId),
                            cursor);
            if (found) {
                visitor.onEvent(cursor);
            }
            return found;
        }
    }

    @Override
    public boolean scanStream(
            StreamId streamId,
            PartitionKey partitionKey,
            long firstVersion,
            long lastVersion,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        int partitionId = partitioning.partitionOf(partitionKey);
        return unlessDamageIsFound(
                partitionId,
                () ->
                        buckets.of(partitionId)
                                .scanStream(
                                        streamId,
                                        partitionKey,
                                        StreamKey.of(streamId, partitionId),
                                        firstVersion,
                                        lastVersion,
                                        count,
                                        watermark,
                                        visitor));
    }

    private interface Read<T> {
        T run() throws IOException;
    }

    /**
     * A read may meet a bad index, which is then made again without what is lost in the frames:
     * what follows looks like the end of the stream and is not.
     */
    private <T> T unlessDamageIsFound(int partitionId, Read<T> read) throws IOException {
        String before = damage.apply(partitionId);
        @Nullable T result = null;
        @Nullable IOException failure = null;
        try {
            result = read.run();
        } catch (IOException e) {
            failure = e;
        }
        String now = damage.apply(partitionId);
        if (before == null && now != null) {
            throw new PartitionFailedException(partitionId, now, failure);
        }
        if (failure != null) {
            throw failure;
        }
        return Objects.requireNonNull(result);
    }

    @Override
    public long streamVersion(StreamId streamId, PartitionKey partitionKey, long watermark)
            throws IOException {
        return streamVersion(streamId, partitionKey, watermark, ReadHint.NONE);
    }

    @Override
    public long streamVersion(
            StreamId streamId, PartitionKey partitionKey, long watermark, ReadHint hint)
            throws IOException {
        int partitionId = partitioning.partitionOf(partitionKey);
        return unlessDamageIsFound(
                partitionId,
                () -> lastVersion(partitionId, streamId, partitionKey, watermark, hint));
    }

    private long lastVersion(
            int partitionId,
            StreamId streamId,
            PartitionKey partitionKey,
            long watermark,
            ReadHint hint)
            throws IOException {
        BucketReader bucket = buckets.of(partitionId);
        StreamKey stream = StreamKey.of(streamId, partitionId);
        FoundEvent found = new FoundEvent();
        long last = bucket.lastVersion(stream, hint, found);
        // What is sealed was published before: if nothing has been since, it is below the
        // watermark.
        if (found.hasDefaultPartitionKey()
                && found.isSealed()
                && watermark(partitionId) == watermark) {
            return partitionKey.equals(streamId.defaultPartitionKey()) ? last : -1;
        }
        try (FrameCursor cursor = bucket.cursor()) {
            long version = bucket.moveToLast(cursor, streamId, stream, last, found);
            if (version < 0) {
                return last; // all that is known of it is that it is lost
            }
            if (!cursor.frame().hasPartitionKey(partitionKey)) {
                return -1;
            }
            if (cursor.partitionSequence() < watermark) {
                return last; // what is lost behind it was confirmed long ago
            }
            do {
                version = bucket.lastVersionUpTo(stream, version - 1, found);
                version = bucket.moveToLast(cursor, streamId, stream, version, found);
            } while (version >= 0 && cursor.partitionSequence() >= watermark);
            return version;
        }
    }

    @Override
    public boolean scanPartition(
            int partitionId,
            long firstSequence,
            long lastSequence,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        return unlessDamageIsFound(
                partitionId,
                () ->
                        buckets.of(partitionId)
                                .scanPartition(
                                        partitionId,
                                        firstSequence,
                                        lastSequence,
                                        count,
                                        watermark,
                                        visitor));
    }
}
