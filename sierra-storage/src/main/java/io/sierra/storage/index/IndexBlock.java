package io.sierra.storage.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * {@value #LENGTH} bytes of an index file; the last block may be shorter. All offsets elsewhere in
 * the index count payload bytes only, as if the trailers were not there. Little-endian.
 *
 * <pre>
 *  offset size  field     unit, range, meaning
 *       0 65472 payload   in the last block less, a multiple of 192
 *   65472     4 checksum  CRC-32C over seed (u64), block number (u64), payload
 *   65476    60 reserved  zero; written as zero, not looked at
 * </pre>
 *
 * The seed is {@link IndexFileId#seed}, so a block in the wrong file or place does not verify. The
 * trailer is as long as a cache line to keep those of the filter aligned.
 */
final class IndexBlock {
    static final int LENGTH = 64 * 1024;
    static final int TRAILER_LENGTH = 64;
    static final int PAYLOAD_LENGTH = LENGTH - TRAILER_LENGTH;

    /** Entries and postings begin at multiples of this, so that none crosses a block's end. */
    static final int ALIGNMENT = 192;

    private IndexBlock() {}

    /** Length of a file with this much payload. */
    static long fileLength(long payloadLength) {
        return payloadLength + TRAILER_LENGTH * blockCount(payloadLength);
    }

    static long blockCount(long payloadLength) {
        return Math.ceilDiv(payloadLength, PAYLOAD_LENGTH);
    }

    static long aligned(long length) {
        return Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT;
    }

    /** Checksum of a block with the remaining bytes of {@code payload}, which are used up. */
    static int checksum(long seed, long blockNumber, ByteBuffer payload) {
        ByteBuffer place = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(place.putLong(seed).putLong(blockNumber).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }

    /** Puts the trailer behind the payload that ends at the position of {@code block}. */
    static void putTrailer(ByteBuffer block, long seed, long blockNumber) {
        int payloadLength = block.position();
        int checksum = checksum(seed, blockNumber, block.duplicate().flip());
        block.putInt(checksum).put(new byte[TRAILER_LENGTH - Integer.BYTES]);
        assert block.position() == payloadLength + TRAILER_LENGTH;
    }
}
