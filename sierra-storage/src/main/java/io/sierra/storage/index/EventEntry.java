package io.sierra.storage.index;

import java.nio.ByteBuffer;

/**
 * One event in an event index. Little-endian; sorted by hash (unsigned), then location.
 *
 * <pre>
 * offset size field     unit, range, meaning
 *      0    8 hash      {@link IndexHash#ofEvent} of its id
 *      8    8 location  {@link FrameLocation} of its frame
 * </pre>
 */
final class EventEntry {
    static final int HASH_OFFSET = 0;
    static final int LOCATION_OFFSET = HASH_OFFSET + Long.BYTES;
    static final int LENGTH = LOCATION_OFFSET + Long.BYTES;

    private EventEntry() {}

    static void encode(ByteBuffer buffer, long hash, long location) {
        buffer.putLong(hash).putLong(location);
    }
}
