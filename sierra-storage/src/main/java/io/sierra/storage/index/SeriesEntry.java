package io.sierra.storage.index;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The events of one stream or partition in one segment, or a piece of them: where numbers are lost,
 * another entry of the same key goes on. Little-endian; sorted by key (unsigned), then first
 * number.
 *
 * <pre>
 * offset size field         unit, range, meaning
 *      0    8 keyHigh       upper half of the key, evenly distributed
 *      8    8 keyLow        lower half
 *     16    8 firstNumber   first stream version or partition sequence in the segment
 *     24    8 lastLocation  {@link FrameLocation} of the last number; it has no posting
 *     32    8 firstPosting  number of the first number's posting, u64
 *     40    4 count         numbers from there on, 1 to 2^31 - 1
 *     44    4 flags         bit 0: the event of the first number has the stream's default partition
 *                           key, so all of the stream have; not of partitions. The others are zero
 * </pre>
 */
final class SeriesEntry {
    static final int KEY_HIGH_OFFSET = 0;
    static final int KEY_LOW_OFFSET = KEY_HIGH_OFFSET + Long.BYTES;
    static final int FIRST_NUMBER_OFFSET = KEY_LOW_OFFSET + Long.BYTES;
    static final int LAST_LOCATION_OFFSET = FIRST_NUMBER_OFFSET + Long.BYTES;
    static final int FIRST_POSTING_OFFSET = LAST_LOCATION_OFFSET + Long.BYTES;
    static final int COUNT_OFFSET = FIRST_POSTING_OFFSET + Long.BYTES;
    static final int FLAGS_OFFSET = COUNT_OFFSET + Integer.BYTES;
    static final int LENGTH = FLAGS_OFFSET + Integer.BYTES;

    /** Bit of the flags. */
    static final int DEFAULT_PARTITION_KEY = 1;

    private SeriesEntry() {}

    /** Puts the entry that a cursor stands at. */
    static void encode(ByteBuffer buffer, SeriesCursor cursor, long firstPosting)
            throws IOException {
        int count = cursor.count();
        long last = FrameLocation.ofUnits(cursor.segmentNumber(), cursor.units(count - 1));
        buffer.putLong(cursor.keyHigh()).putLong(cursor.keyLow()).putLong(cursor.firstNumber());
        buffer.putLong(last).putLong(firstPosting).putInt(count);
        buffer.putInt(cursor.hasDefaultPartitionKey() ? DEFAULT_PARTITION_KEY : 0);
    }
}
