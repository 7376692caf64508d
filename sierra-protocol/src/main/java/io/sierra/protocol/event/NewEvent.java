package io.sierra.protocol.event;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import org.jspecify.annotations.Nullable;

/**
 * An event as its writer gives it.
 *
 * @param name UTF-8, 0 to 255 bytes
 * @param id null: the server generates one
 * @param timestampMillis since the Unix epoch, or {@link #NOW}
 * @param payload empty if there is none
 * @param metadata empty if there is none
 */
public record NewEvent(
        StreamId streamId,
        byte[] name,
        @Nullable EventId id,
        ExpectedVersion expectedVersion,
        long timestampMillis,
        byte[] payload,
        byte[] metadata) {
    /** The server's clock at the time of the append. */
    public static final long NOW = -1;

    /** Longest event name in bytes. */
    public static final int MAX_NAME_LENGTH_BYTES = 255;
}
