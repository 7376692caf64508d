package io.sierra.storage.read;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;

/**
 * What the indexes know a stream by: the 122 hash bits of its name's version 5 UUID, mixed with its
 * partition. A stream belongs to a partition, so equal names in two of them are two streams.
 * Whoever follows a key to a frame compares the name there.
 */
public record StreamKey(long high, long low) {
    private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

    /** Key of the stream with this name in this partition. */
    public static StreamKey of(StreamId streamId, int partitionId) {
        PartitionKey name = streamId.defaultPartitionKey();
        long salt = (partitionId + 1) * GOLDEN_RATIO;
        return new StreamKey(name.mostSignificantBits() ^ salt, name.leastSignificantBits() ^ salt);
    }
}
