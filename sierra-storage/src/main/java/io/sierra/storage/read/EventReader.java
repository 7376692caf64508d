package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.io.IOException;

/**
 * Reads confirmed events. May be used from any thread and may wait for the disk, so not from an
 * event loop.
 *
 * <p>A read that needs a partition whose bucket is loading fails with a {@link
 * PartitionLoadingException}.
 *
 * <p>Every read is bounded by a watermark that its caller fixed beforehand, from {@link
 * #watermark}: events at or above it are not seen, even if they have been confirmed meanwhile. So a
 * pipelined append behind a read never shows in that read.
 */
public interface EventReader {

    /** First sequence of the partition that is not confirmed. Exclusive: 0 for an empty one. */
    long watermark(int partitionId);

    /** A way to say which reads will come next, for one thread. */
    default ReadAhead readAhead() {
        return ReadAhead.NOTHING;
    }

    /**
     * Looks an event up, first in the partition that its id names, then everywhere.
     *
     * @return whether there is one and {@code visitor} was called with it
     * @throws PartitionFailedException if there is none, but it may be lost: a partition is out of
     *     service
     * @throws PartitionLoadingException if there is none, but it may be in a bucket that is loading
     */
    boolean get(EventId id, EventVisitor visitor) throws IOException;

    /**
     * As {@link #get(EventId, EventVisitor)}.
     *
     * @param hint about this id
     */
    default boolean get(EventId id, ReadHint hint, EventVisitor visitor) throws IOException {
        return get(id, visitor);
    }

    /**
     * Visits events of a stream in ascending order of version.
     *
     * @param firstVersion inclusive
     * @param lastVersion inclusive
     * @param count most events to visit
     * @param watermark of the stream's partition
     * @return whether the stream has a further event up to {@code lastVersion}
     */
    boolean scanStream(
            StreamId streamId,
            PartitionKey partitionKey,
            long firstVersion,
            long lastVersion,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException;

    /** Version of the last event of a stream, or -1 if it has none. */
    long streamVersion(StreamId streamId, PartitionKey partitionKey, long watermark)
            throws IOException;

    /**
     * As {@link #streamVersion(StreamId, PartitionKey, long)}.
     *
     * @param watermark that was fixed before the hint was fetched
     * @param hint about this stream
     */
    default long streamVersion(
            StreamId streamId, PartitionKey partitionKey, long watermark, ReadHint hint)
            throws IOException {
        return streamVersion(streamId, partitionKey, watermark);
    }

    /**
     * Visits events of a partition in ascending order of sequence.
     *
     * @param firstSequence inclusive
     * @param lastSequence inclusive
     * @param count most events to visit
     * @return whether the partition has a further event up to {@code lastSequence}
     */
    boolean scanPartition(
            int partitionId,
            long firstSequence,
            long lastSequence,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException;
}
