package io.sierra.storage;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** What can be read of an event, as a value; the payload as a digest. */
public record StoredEvent(
        EventId id,
        PartitionKey partitionKey,
        int partitionId,
        long partitionSequence,
        String streamId,
        long streamVersion,
        long timestampNanos,
        String name,
        String metadata,
        String payload) {

    /** The event that a view shows. */
    public static StoredEvent of(EventView view) {
        ByteBuffer streamId = ByteBuffer.allocate(view.streamIdLengthBytes());
        view.copyStreamId(streamId);
        ByteBuffer name = ByteBuffer.allocate(view.nameLengthBytes());
        view.copyName(name);
        ByteBuffer metadata = ByteBuffer.allocate(view.metadataLengthBytes());
        view.copyMetadata(metadata);
        ByteBuffer payload = ByteBuffer.allocate(view.payloadLengthBytes());
        view.copyPayload(payload);
        return new StoredEvent(
                new EventId(view.eventIdMostSignificantBits(), view.eventIdLeastSignificantBits()),
                new PartitionKey(
                        view.partitionKeyMostSignificantBits(),
                        view.partitionKeyLeastSignificantBits()),
                view.partitionId(),
                view.partitionSequence(),
                text(streamId.array()),
                view.streamVersion(),
                view.timestampNanos(),
                text(name.array()),
                text(metadata.array()),
                digest(payload.array()));
    }

    /** Whether it has what the writer gave, its id aside. */
    boolean hasContentOf(NewEvent event) {
        return streamId.equals(event.streamId().toString())
                && name.equals(text(event.name()))
                && metadata.equals(text(event.metadata()))
                && payload.equals(digest(event.payload()));
    }

    /** A payload in few characters. */
    static String digest(byte[] payload) {
        return payload.length <= 32
                ? text(payload)
                : payload.length + " bytes " + HexFormat.of().toHexDigits(Arrays.hashCode(payload));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
