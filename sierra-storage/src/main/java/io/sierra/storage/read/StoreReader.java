package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import java.io.IOException;
import java.util.List;
import java.util.function.IntPredicate;

/** Reads of a whole store: finds the partition's bucket and asks its reader. */
public final class StoreReader implements EventReader {
    private final Partitioning partitioning;
    private final List<BucketReader> buckets;
    private final List<Watermark> watermarks;

    /**
     * A reader of these buckets.
     *
     * @param buckets by bucket id
     * @param watermarks by partition id
     */
    public StoreReader(
            Partitioning partitioning, List<BucketReader> buckets, List<Watermark> watermarks) {
        this.partitioning = partitioning;
        this.buckets = List.copyOf(buckets);
        this.watermarks = List.copyOf(watermarks);
    }

    @Override
    public long watermark(int partitionId) {
        return watermarks.get(partitionId).end();
    }

    @Override
    public boolean get(EventId id, EventVisitor visitor) throws IOException {
        int named = partitioning.partitionNamedBy(id);
        if (get(bucketOf(named), id, partitionId -> partitionId == named, visitor)) {
            return true;
        }
        for (BucketReader bucket : buckets) {
            if (get(bucket, id, partitionId -> partitionId != named, visitor)) {
                return true;
            }
        }
        return false;
    }

    private boolean get(
            BucketReader bucket, EventId id, IntPredicate partitions, EventVisitor visitor)
            throws IOException {
        try (FrameCursor cursor = bucket.cursor()) {
            boolean found =
                    bucket.find(
                            id,
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
        return bucketOf(partitionId)
                .scanStream(
                        streamId,
                        partitionKey,
                        StreamKey.of(streamId, partitionId),
                        firstVersion,
                        lastVersion,
                        count,
                        watermark,
                        visitor);
    }

    @Override
    public long streamVersion(StreamId streamId, PartitionKey partitionKey, long watermark)
            throws IOException {
        int partitionId = partitioning.partitionOf(partitionKey);
        BucketReader bucket = bucketOf(partitionId);
        StreamKey stream = StreamKey.of(streamId, partitionId);
        try (FrameCursor cursor = bucket.cursor()) {
            for (long version = bucket.lastStreamVersion(stream); version >= 0; version--) {
                if (!bucket.moveTo(cursor, streamId, stream, version)
                        || cursor.partitionKeyMostSignificantBits()
                                != partitionKey.mostSignificantBits()
                        || cursor.partitionKeyLeastSignificantBits()
                                != partitionKey.leastSignificantBits()) {
                    return -1;
                }
                if (cursor.partitionSequence() < watermark) {
                    return version;
                }
            }
        }
        return -1;
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
        return bucketOf(partitionId)
                .scanPartition(partitionId, firstSequence, lastSequence, count, watermark, visitor);
    }

    private BucketReader bucketOf(int partitionId) {
        return buckets.get(partitioning.bucketOf(partitionId));
    }
}
