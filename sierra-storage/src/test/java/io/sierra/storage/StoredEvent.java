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
        return equals(
                of(
                        event,
                        id,
                        partitionKey,
                        partitionId,
                        partitionSequence,
                        streamVersion,
                        timestampNanos));
    }

    /** What a writer gave, at the place that it must have got. */
    static StoredEvent of(
            NewEvent event,
            EventId id,
            PartitionKey partitionKey,
            int partitionId,
            long partitionSequence,
            long streamVersion,
            long timestampNanos) {
        return new StoredEvent(
                id,
                partitionKey,
                partitionId,
                partitionSequence,
                event.streamId().toString(),
                streamVersion,
                timestampNanos,
                text(event.name()),
                text(event.metadata()),
                digest(event.payload()));
    }

    /** Who and where it is, without what it says. */
    StoredEvent withoutContent() {
        return new StoredEvent(
                id,
                partitionKey,
                partitionId,
                partitionSequence,
                streamId,
                streamVersion,
                timestampNanos,
                "",
                "",
                "");
    }

    /** The same event with another id. */
    StoredEvent withId(EventId otherId) {
        return new StoredEvent(
                otherId,
                partitionKey,
                partitionId,
                partitionSequence,
                streamId,
                streamVersion,
                timestampNanos,
                name,
                metadata,
                payload);
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
