package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.read.StoreReader.BucketReaders;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sorts reads by bucket, and remembers which is which. */
final class StoreReadAhead implements ReadAhead {
    /** A reader that has more at once gains nothing from knowing them all. */
    private static final int MAX_READS = 32;

    private final Partitioning partitioning;
    private final BucketReaders buckets;
    private final @Nullable Prefetch[] byBucket;

    /** By the order in which they were announced: bucket, and place in its prefetch. */
    private final int[] bucketIds = new int[MAX_READS];

    private final int[] places = new int[MAX_READS];
    private int count;
    private boolean fetched;

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
        int partitionId = partitioning.partitionOf(partitionKey);
        StreamKey stream = StreamKey.of(streamId, partitionId);
        of(partitionId).addStreamEnd(stream.high(), stream.low());
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
        if (fetched) {
            forget();
        }
        int bucketId = partitioning.bucketOf(partitionId);
        Prefetch prefetch = byBucket[bucketId];
        if (prefetch == null) {
            prefetch = new Prefetch(MAX_READS);
            byBucket[bucketId] = prefetch;
        }
        if (count < MAX_READS) {
            bucketIds[count] = bucketId;
            places[count] = prefetch.count();
            count++;
        }
        return prefetch;
    }

    private void forget() {
        for (Prefetch prefetch : byBucket) {
            if (prefetch != null) {
                prefetch.clear();
            }
        }
        count = 0;
        fetched = false;
    }

    @Override
    public void fetch() {
        if (fetched) {
            return;
        }
        fetched = true;
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
            return; // the bucket is not open, and the read itself says so
        }
    }

    @Override
    public ReadHint hint(int n) {
        Prefetch prefetch = n < count ? byBucket[bucketIds[n]] : null;
        return prefetch == null ? ReadHint.NONE : ReadHint.of(prefetch, places[n]);
    }
}
