package io.sierra.server.push;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.testing.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Events for tests of what subscribers are sent. */
final class SomeEvent {
    static final String ID = "018bcfe5-687b-7abc-bb95-4123456789ab";
    static final String KEY = "7e124fe8-fe28-5398-bb95-53973100148f";
    static final String TRANSACTION = "550e8400-e29b-41d4-a716-446655440000";

    private SomeEvent() {}

    /** An event of this stream and name, without data. */
    static StoredEvent of(String streamId, String name) {
        return of(streamId, utf8(name), utf8(""), utf8(""));
    }

    static StoredEvent of(String streamId, byte[] name, byte[] metadata, byte[] payload) {
        return new StoredEvent(
                EventId.of(UUID.fromString(ID)),
                PartitionKey.of(UUID.fromString(KEY)),
                /* partitionId= */ 7,
                UUID.fromString(TRANSACTION),
                /* partitionSequence= */ 9,
                /* streamVersion= */ 3,
                /* timestampNanos= */ 1_700_000_000_123_456_789L,
                StreamId.of(streamId),
                name,
                metadata,
                payload);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
