package io.sierra.storage.segment;

/**
 * A frame: one entry of the log, usually the events of one transaction. Little-endian, begins at a
 * multiple of {@value #ALIGNMENT_BYTES}; the gap to the next frame is zero.
 *
 * <pre>
 * offset size field           unit, range, meaning
 *      0    4 headerChecksum  CRC-32C of the header's other bytes, seeded with store, segment and offset
 *      4    4 bodyChecksum    CRC-32C of the body, seeded likewise
 *      8    4 magic           {@value #MAGIC}, the bytes "FRME"
 *     12    4 lengthBytes     header and body, without the gap
 *     16    1 kind            {@link FrameKind}
 *     17    1 reserved        zero
 *     18    2 partitionId     u16; 0 where the kind has none
 *     20    4 eventCount      0 where the kind has none
 *     24    8 logIndex        1-based, gapless in the partition; a used one supersedes (higher term)
 *     32    8 term            of the leader that made the frame
 *     40    8 firstSequence   of the first event; the others follow
 *     48    4 chain           digest of the partition's previous log entry; 0 before the first
 *     52    4 reserved        zero
 *     56    8 durableEnd      how far this segment was known to be durable, exclusive file offset
 *     64    8 watermark       of the partition, as known when the frame was written
 *     72   16 transactionId   UUID
 *     88   16 partitionKey    UUID
 *    104      body
 * </pre>
 *
 * <p>The checksums and {@code durableEnd} belong to this copy of the frame, {@code watermark} to
 * the moment it was written; all the rest is the same on every replica and is what the digest
 * covers. A frame that stands for lost entries has other fields from 72 on: {@link LostEntries}.
 */
final class FrameLayout {
    static final int MAGIC = 0x454D5246;
    static final int ALIGNMENT_BYTES = 8;

    static final int HEADER_CHECKSUM_OFFSET = 0;
    static final int BODY_CHECKSUM_OFFSET = HEADER_CHECKSUM_OFFSET + Integer.BYTES;
    static final int MAGIC_OFFSET = BODY_CHECKSUM_OFFSET + Integer.BYTES;
    static final int LENGTH_OFFSET = MAGIC_OFFSET + Integer.BYTES;
    static final int KIND_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    static final int PARTITION_ID_OFFSET = KIND_OFFSET + Short.BYTES;
    static final int EVENT_COUNT_OFFSET = PARTITION_ID_OFFSET + Short.BYTES;
    static final int LOG_INDEX_OFFSET = EVENT_COUNT_OFFSET + Integer.BYTES;
    static final int TERM_OFFSET = LOG_INDEX_OFFSET + Long.BYTES;
    static final int FIRST_SEQUENCE_OFFSET = TERM_OFFSET + Long.BYTES;
    static final int CHAIN_OFFSET = FIRST_SEQUENCE_OFFSET + Long.BYTES;
    static final int RESERVED_OFFSET = CHAIN_OFFSET + Integer.BYTES;
    static final int DURABLE_END_OFFSET = RESERVED_OFFSET + Integer.BYTES;
    static final int WATERMARK_OFFSET = DURABLE_END_OFFSET + Long.BYTES;
    static final int TRANSACTION_ID_OFFSET = WATERMARK_OFFSET + Long.BYTES;
    static final int PARTITION_KEY_OFFSET = TRANSACTION_ID_OFFSET + 2 * Long.BYTES;
    static final int HEADER_LENGTH = PARTITION_KEY_OFFSET + 2 * Long.BYTES;

    private FrameLayout() {}

    /** The least multiple of the alignment that is not below {@code offset}. */
    static long align(long offset) {
        return (offset + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }
}
