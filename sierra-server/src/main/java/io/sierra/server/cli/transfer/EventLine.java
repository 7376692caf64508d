package io.sierra.server.cli.transfer;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event in a file of JSON lines.
 *
 * @param partitionKey null for the stream's own
 * @param eventId null if the file names none
 * @param timestampMillis since the Unix epoch; null to let the server decide
 * @param payload as stored, may be empty
 * @param metadata as stored, may be empty
 */
record EventLine(
        String stream,
        String name,
        @Nullable UUID eventId,
        @Nullable UUID partitionKey,
        @Nullable Long timestampMillis,
        byte[] payload,
        byte[] metadata) {}
