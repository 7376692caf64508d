package io.sierra.server.testing;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/** An event with everything in memory, such as the {@link FakeNode} keeps. */
public record StoredEvent(
        EventId id,
        PartitionKey partitionKey,
        int partitionId,
        UUID transactionId,
        long partitionSequence,
        long streamVersion,
        long timestampNanos,
        StreamId streamId,
        byte[] name,
        byte[] metadata,
        byte[] payload)
        implements EventView {

    /** Whether a repetition of the append that wrote this event would bring {@code event}. */
    boolean hasContentOf(NewEvent event) {
        return streamId.equals(event.streamId())
                && Arrays.equals(name, event.name())
                && Arrays.equals(payload, event.payload())
                && Arrays.equals(metadata, event.metadata());
    }

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
        return streamId.lengthBytes();
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
        target.put(streamId.utf8());
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
