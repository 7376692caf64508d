package io.sierra.storage.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * First {@value #LENGTH_BYTES} bytes of a {@code data.evts} file. Little-endian, written once.
 *
 * <pre>
 * offset size field             unit, range, meaning
 *      0    4 magic             {@value #MAGIC}, the bytes "EVTS"
 *      4    2 version           {@value #VERSION}; a reader refuses any other
 *      6    2 bucketId          u16
 *      8    4 segmentNumber     u32
 *     12    4 checksum          CRC-32C of all other bytes, seeded with the numbers of bucket and segment
 *     16    8 createdAtNanos    since the Unix epoch
 *     24    8 previousDataEnd   exclusive end of the frames in the segment before; 0 in the first
 *     32   16 storeId           UUID of the store, from meta.json
 *     48    8 lossAcceptedNanos when a loss in the segment was accepted, since the Unix epoch; else 0
 *     56    8 lostNumbers       sequences or log indexes that lost frames in the segment stand for
 * </pre>
 */
public record SegmentHeader(
        SegmentId segment,
        long createdAtNanos,
        long previousDataEnd,
        long storeIdMostSignificantBits,
        long storeIdLeastSignificantBits,
        long lossAcceptedNanos,
        long lostNumbers) {
    /** Where the first frame begins. */
    public static final int LENGTH_BYTES = 64;

    static final int MAGIC = 0x53545645;
    static final int VERSION = 1;

    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = MAGIC_OFFSET + Integer.BYTES;
    private static final int BUCKET_ID_OFFSET = VERSION_OFFSET + Short.BYTES;
    private static final int SEGMENT_NUMBER_OFFSET = BUCKET_ID_OFFSET + Short.BYTES;
    private static final int CHECKSUM_OFFSET = SEGMENT_NUMBER_OFFSET + Integer.BYTES;
    private static final int CREATED_AT_OFFSET = CHECKSUM_OFFSET + Integer.BYTES;
    private static final int PREVIOUS_DATA_END_OFFSET = CREATED_AT_OFFSET + Long.BYTES;
    private static final int STORE_ID_OFFSET = PREVIOUS_DATA_END_OFFSET + Long.BYTES;
    private static final int LOSS_ACCEPTED_OFFSET = STORE_ID_OFFSET + 2 * Long.BYTES;
    private static final int LOST_NUMBERS_OFFSET = LOSS_ACCEPTED_OFFSET + Long.BYTES;

    /** The header of a segment in which nothing was ever lost. */
    public static SegmentHeader of(
            SegmentId segment, UUID storeId, long createdAtNanos, long previousDataEnd) {
        return new SegmentHeader(
                segment,
                createdAtNanos,
                previousDataEnd,
                storeId.getMostSignificantBits(),
                storeId.getLeastSignificantBits(),
                /* lossAcceptedNanos= */ 0,
                /* lostNumbers= */ 0);
    }

    /**
     * The same of a segment in which a loss is accepted now.
     *
     * @param numbers how many sequences, or log indexes if these are more, are added to those that
     *     lost frames in the segment stand for
     */
    public SegmentHeader withLossAcceptedAt(long nowNanos, long numbers) {
        return new SegmentHeader(
                segment,
                createdAtNanos,
                previousDataEnd,
                storeIdMostSignificantBits,
                storeIdLeastSignificantBits,
                nowNanos,
                lostNumbers + numbers);
    }

    /**
     * The same of a segment that gets frames of a copy, and among them lost ones.
     *
     * @param copy header of the copy
     */
    public SegmentHeader withLossesOf(SegmentHeader copy) {
        if (copy.lossAcceptedNanos == lossAcceptedNanos) {
            return this; // it tells of them already
        }
        // Not the time of this one, or a backup would take a copy without these for the same.
        long now = Math.max(lossAcceptedNanos + 1, copy.lossAcceptedNanos);
        return withLossAcceptedAt(now, copy.lostNumbers);
    }

    /** Whether a loss in the segment was accepted. */
    public boolean isOfAcceptedLoss() {
        return lossAcceptedNanos != 0;
    }

    /** The bytes of this header, ready to be written at offset 0. */
    public ByteBuffer encode() {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(MAGIC_OFFSET, MAGIC)
                .putShort(VERSION_OFFSET, (short) VERSION)
                .putShort(BUCKET_ID_OFFSET, (short) segment.bucketId())
                .putInt(SEGMENT_NUMBER_OFFSET, segment.segmentNumber())
                .putLong(CREATED_AT_OFFSET, createdAtNanos)
                .putLong(PREVIOUS_DATA_END_OFFSET, previousDataEnd)
                .putLong(STORE_ID_OFFSET, storeIdMostSignificantBits)
                .putLong(STORE_ID_OFFSET + Long.BYTES, storeIdLeastSignificantBits)
                .putLong(LOSS_ACCEPTED_OFFSET, lossAcceptedNanos)
                .putLong(LOST_NUMBERS_OFFSET, lostNumbers);
        return buffer.putInt(CHECKSUM_OFFSET, checksum(buffer, segment));
    }

    /**
     * Reads the header of the file that should be {@code segment}.
     *
     * @param buffer its first bytes, from index 0
     * @throws CorruptSegmentException if it is not, or not as written
     */
    public static SegmentHeader decode(ByteBuffer buffer, SegmentId segment, String file)
            throws CorruptSegmentException {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        check(file, MAGIC_OFFSET, "magic", MAGIC, buffer.getInt(MAGIC_OFFSET));
        check(file, VERSION_OFFSET, "format version", VERSION, buffer.getShort(VERSION_OFFSET));
        int checksum = buffer.getInt(CHECKSUM_OFFSET);
        check(file, CHECKSUM_OFFSET, "header checksum", checksum(buffer, segment), checksum);
        int bucketId = Short.toUnsignedInt(buffer.getShort(BUCKET_ID_OFFSET));
        int segmentNumber = buffer.getInt(SEGMENT_NUMBER_OFFSET);
        check(file, BUCKET_ID_OFFSET, "bucket id", segment.bucketId(), bucketId);
        check(file, SEGMENT_NUMBER_OFFSET, "segment", segment.segmentNumber(), segmentNumber);
        return new SegmentHeader(
                segment,
                buffer.getLong(CREATED_AT_OFFSET),
                buffer.getLong(PREVIOUS_DATA_END_OFFSET),
                buffer.getLong(STORE_ID_OFFSET),
                buffer.getLong(STORE_ID_OFFSET + Long.BYTES),
                buffer.getLong(LOSS_ACCEPTED_OFFSET),
                buffer.getLong(LOST_NUMBERS_OFFSET));
    }

    /**
     * Reads the header of a file of which nobody knows whose it is.
     *
     * @param buffer its first bytes, from index 0
     * @return the header, whose segment has the store's salt
     * @throws CorruptSegmentException if it is not as written
     */
    public static SegmentHeader decode(ByteBuffer buffer, String file)
            throws CorruptSegmentException {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        int bucketId = Short.toUnsignedInt(buffer.getShort(BUCKET_ID_OFFSET));
        int segmentNumber = buffer.getInt(SEGMENT_NUMBER_OFFSET);
        UUID storeId =
                new UUID(
                        buffer.getLong(STORE_ID_OFFSET),
                        buffer.getLong(STORE_ID_OFFSET + Long.BYTES));
        return decode(
                buffer, new SegmentId(bucketId, segmentNumber, SegmentId.saltOf(storeId)), file);
    }

    /** Whether the segment belongs to the store with this id. */
    public boolean isOfStore(UUID storeId) {
        return storeIdMostSignificantBits == storeId.getMostSignificantBits()
                && storeIdLeastSignificantBits == storeId.getLeastSignificantBits();
    }

    private static int checksum(ByteBuffer buffer, SegmentId segment) {
        int afterChecksum = CHECKSUM_OFFSET + Integer.BYTES;
        return new Checksum()
                .startAt(segment.withoutSalt(), 0) // whose it is, the header itself tells
                .add(buffer, 0, CHECKSUM_OFFSET)
                .add(buffer, afterChecksum, LENGTH_BYTES - afterChecksum)
                .value();
    }

    private static void check(String file, int offset, String what, int expected, int actual)
            throws CorruptSegmentException {
        if (expected != actual) {
            throw new CorruptSegmentException(
                    file, offset, what, Integer.toHexString(expected), Integer.toHexString(actual));
        }
    }
}
