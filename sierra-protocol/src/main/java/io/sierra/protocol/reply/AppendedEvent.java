package io.sierra.protocol.reply;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;

/**
 * Where an appended event stands.
 *
 * @param streamVersion 0-based, gapless in the stream
 * @param timestampMillis since the Unix epoch
 */
public record AppendedEvent(
        EventId id, StreamId streamId, long streamVersion, long timestampMillis) {}
