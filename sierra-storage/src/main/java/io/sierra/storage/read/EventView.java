package io.sierra.storage.read;

import java.nio.ByteBuffer;

/**
 * A stored event, seen in place. A view is valid only during the call that handed it out; the next
 * event reuses it. The variable parts are copied out by the caller, straight to where they go.
 */
public interface EventView {
    long eventIdMostSignificantBits();

    long eventIdLeastSignificantBits();

    long partitionKeyMostSignificantBits();

    long partitionKeyLeastSignificantBits();

    int partitionId();

    long transactionIdMostSignificantBits();

    long transactionIdLeastSignificantBits();

    /** 0-based, gapless in the partition. */
    long partitionSequence();

    /** 0-based, gapless in the stream. */
    long streamVersion();

    /** Since the Unix epoch. */
    long timestampNanos();

    int streamIdLengthBytes();

    int nameLengthBytes();

    int metadataLengthBytes();

    int payloadLengthBytes();

    /** Puts the stream id's UTF-8 into {@code target}, which must have room for it. */
    void copyStreamId(ByteBuffer target);

    /** Puts the stream id's UTF-8 into an array from {@code offset} on. */
    default void copyStreamId(byte[] target, int offset) {
        copyStreamId(ByteBuffer.wrap(target, offset, streamIdLengthBytes()).slice());
    }

    /** Puts the event name's UTF-8 into {@code target}, which must have room for it. */
    void copyName(ByteBuffer target);

    /** Puts the event name's UTF-8 into an array from {@code offset} on. */
    default void copyName(byte[] target, int offset) {
        copyName(ByteBuffer.wrap(target, offset, nameLengthBytes()).slice());
    }

    /** Puts the metadata into {@code target}, which must have room for it. */
    void copyMetadata(ByteBuffer target);

    /** Puts the metadata into an array from {@code offset} on. */
    default void copyMetadata(byte[] target, int offset) {
        copyMetadata(ByteBuffer.wrap(target, offset, metadataLengthBytes()).slice());
    }

    /** Puts the payload into {@code target}, which must have room for it. */
    void copyPayload(ByteBuffer target);

    /** Puts the payload into an array from {@code offset} on. */
    default void copyPayload(byte[] target, int offset) {
        copyPayload(ByteBuffer.wrap(target, offset, payloadLengthBytes()).slice());
    }
}
