package io.sierra.storage.segment;

/**
 * An event in the body of a frame; events follow each other without a gap. Little-endian.
 *
 * <pre>
 * offset size field            unit, range, meaning
 *      0   16 eventId          UUID
 *     16    8 streamVersion    0-based
 *     24    8 timestampNanos   since the Unix epoch
 *     32    4 payloadLength    bytes
 *     36    4 metadataLength   bytes
 *     40    1 streamIdLength   bytes, 1 to 64
 *     41    1 nameLength       bytes, 0 to 255
 *     42    2 reserved         zero
 *     44      stream id, name, metadata, payload
 * </pre>
 */
final class EventLayout {
    static final int EVENT_ID_OFFSET = 0;
    static final int STREAM_VERSION_OFFSET = EVENT_ID_OFFSET + 2 * Long.BYTES;
    static final int TIMESTAMP_OFFSET = STREAM_VERSION_OFFSET + Long.BYTES;
    static final int PAYLOAD_LENGTH_OFFSET = TIMESTAMP_OFFSET + Long.BYTES;
    static final int METADATA_LENGTH_OFFSET = PAYLOAD_LENGTH_OFFSET + Integer.BYTES;
    static final int STREAM_ID_LENGTH_OFFSET = METADATA_LENGTH_OFFSET + Integer.BYTES;
    static final int NAME_LENGTH_OFFSET = STREAM_ID_LENGTH_OFFSET + 1;
    static final int RESERVED_OFFSET = NAME_LENGTH_OFFSET + 1;
    static final int FIXED_LENGTH = RESERVED_OFFSET + Short.BYTES;

    private EventLayout() {}
}
