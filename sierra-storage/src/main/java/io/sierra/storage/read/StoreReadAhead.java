package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.read.StoreReader.BucketReaders;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sorts reads by bucket. */
final class StoreReadAhead implements ReadAhead {
    /** For each bucket; a reader that has more at once gains nothing from knowing them all. */
    private static final int MAX_READS = 32;

    private final Partitioning partitioning;
    private final BucketReaders buckets;
    private final @Nullable Prefetch[] byBucket;

    StoreReadAhead(Partitioning partitioning, BucketReaders buckets) {
        this.partitioning = partitioning;
        this.buckets = buckets;
        this.byBucket = new @Nullable Prefetch[partitioning.bucketCount()];
    }

    @Override
    public void get(EventId id) {
        of(partitioning.partitionNamedBy(id))
                .addEvent(id.mostSignificantBits(), id.leastSignificantBits());
    }

    @Override
    public void streamVersion(StreamId streamId, PartitionKey partitionKey) {
        scanStream(streamId, partitionKey, Long.MAX_VALUE);
    }

    @Override
    public void scanStream(StreamId streamId, PartitionKey partitionKey, long firstVersion) {
        int partitionId = partitioning.partitionOf(partitionKey);
        StreamKey stream = StreamKey.of(streamId, partitionId);
        of(partitionId).addStream(stream.high(), stream.low(), firstVersion);
    }

    @Override
    public void scanPartition(int partitionId, long firstSequence) {
        of(partitionId).addPartition(partitionId, firstSequence);
    }

    private Prefetch of(int partitionId) {
        int bucketId = partitioning.bucketOf(partitionId);
        Prefetch prefetch = byBucket[bucketId];
        if (prefetch == null) {
            prefetch = new Prefetch(MAX_READS);
            byBucket[bucketId] = prefetch;
        }
        return prefetch;
    }

    @Override
    public void fetch() {
        for (int bucketId = 0; bucketId < byBucket.length; bucketId++) {
            Prefetch wanted = byBucket[bucketId];
            if (wanted != null && wanted.count() > 0) {
                fetch(bucketId, wanted);
            }
        }
    }

    private void fetch(int bucketId, Prefetch wanted) {
        try {
            buckets.of(/* partitionId= */ bucketId).prefetch(wanted);
        } catch (IOException _) {
            wanted.clear(); // the bucket is not open, and the read itself says so
        }
    }
}
