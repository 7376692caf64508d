package io.sierra.server.resp;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.util.UUID;

/** An event with everything in memory. */
record FixedEvent(
        EventId id,
        PartitionKey partitionKey,
        UUID transactionId,
        int partitionId,
        long partitionSequence,
        long streamVersion,
        long timestampNanos,
        byte[] streamId,
        byte[] name,
        byte[] metadata,
        byte[] payload)
        implements EventView {

    @Override
    public long eventIdMostSignificantBits() {
        return id.mostSignificantBits();
    }

    @Override
    public long eventIdLeastSignificantBits() {
        return id.leastSignificantBits();
    }

    @Override
    public long partitionKeyMostSignificantBits() {
        return partitionKey.mostSignificantBits();
    }

    @Override
    public long partitionKeyLeastSignificantBits() {
        return partitionKey.leastSignificantBits();
    }

    @Override
    public long transactionIdMostSignificantBits() {
        return transactionId.getMostSignificantBits();
    }

    @Override
    public long transactionIdLeastSignificantBits() {
        return transactionId.getLeastSignificantBits();
    }

    @Override
    public int streamIdLengthBytes() {
        return streamId.length;
    }

    @Override
    public int nameLengthBytes() {
        return name.length;
    }

    @Override
    public int metadataLengthBytes() {
        return metadata.length;
    }

    @Override
    public int payloadLengthBytes() {
        return payload.length;
    }

    @Override
    public void copyStreamId(ByteBuffer target) {
        target.put(streamId);
    }

    @Override
    public void copyName(ByteBuffer target) {
        target.put(name);
    }

    @Override
    public void copyMetadata(ByteBuffer target) {
        target.put(metadata);
    }

    @Override
    public void copyPayload(ByteBuffer target) {
        target.put(payload);
    }
}
