package io.sierra.server.cli.store;

import io.sierra.storage.segment.FrameReader;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/** Parts of frames in the types in which they are printed. */
final class FrameFields {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private FrameFields() {}

    static UUID transactionId(FrameReader frame) {
        return new UUID(
                frame.transactionIdMostSignificantBits(),
                frame.transactionIdLeastSignificantBits());
    }

    static UUID partitionKey(FrameReader frame) {
        return new UUID(
                frame.partitionKeyMostSignificantBits(), frame.partitionKeyLeastSignificantBits());
    }

    static UUID eventId(FrameReader frame) {
        return new UUID(frame.eventIdMostSignificantBits(), frame.eventIdLeastSignificantBits());
    }

    static Instant time(FrameReader frame) {
        long nanos = frame.timestampNanos();
        return Instant.ofEpochSecond(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
    }

    static byte[] name(FrameReader frame) {
        byte[] bytes = new byte[frame.nameLengthBytes()];
        frame.copyName(ByteBuffer.wrap(bytes));
        return bytes;
    }

    static byte[] metadata(FrameReader frame) {
        byte[] bytes = new byte[frame.metadataLengthBytes()];
        frame.copyMetadata(ByteBuffer.wrap(bytes));
        return bytes;
    }

    static byte[] payload(FrameReader frame) {
        byte[] bytes = new byte[frame.payloadLengthBytes()];
        frame.copyPayload(ByteBuffer.wrap(bytes));
        return bytes;
    }
}
