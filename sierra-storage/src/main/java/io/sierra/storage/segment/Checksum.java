package io.sierra.storage.segment;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli) over parts of buffers, seeded with the place where the bytes belong. Not for
 * use by several threads.
 */
final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer seed =
            ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Starts a checksum for bytes of this segment at this offset. */
    Checksum startAt(SegmentId segment, long fileOffset) {
        crc.reset();
        seed.clear().putLong(segment.checksumSeed()).putLong(fileOffset).flip();
        crc.update(seed);
        return this;
    }

    /** Starts a checksum that is the same wherever the bytes are. */
    Checksum startAnywhere() {
        crc.reset();
        return this;
    }

    /** Adds bytes of {@code buffer}, whose position and limit it leaves as they are. */
    Checksum add(ByteBuffer buffer, int offset, int lengthBytes) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(offset + lengthBytes).position(offset);
        crc.update(buffer);
        buffer.limit(limit).position(position);
        return this;
    }

    /** Adds bytes of a mapped file. */
    Checksum add(MemorySegment segment, long offset, long lengthBytes) {
        crc.update(segment.asSlice(offset, lengthBytes).asByteBuffer());
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }
}
