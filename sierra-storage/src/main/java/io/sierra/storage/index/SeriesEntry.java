package io.sierra.storage.index;

import java.nio.ByteBuffer;

/**
 * The events of one stream or partition in one segment, or a piece of them: where numbers are lost,
 * another entry of the same key goes on. Little-endian; sorted by key (unsigned), then first
 * number.
 *
 * <pre>
 * offset size field        unit, range, meaning
 *      0    8 keyHigh      upper half of the key, evenly distributed
 *      8    8 keyLow       lower half
 *     16    8 firstNumber  first stream version or partition sequence in the segment
 *     24    4 count        numbers from there on, 1 to 2^31 - 1
 *     28    4 reference    in a segment's index: number of its first posting, u32;
 *                          in a run: number of the segment
 * </pre>
 */
final class SeriesEntry {
    static final int KEY_HIGH_OFFSET = 0;
    static final int KEY_LOW_OFFSET = KEY_HIGH_OFFSET + Long.BYTES;
    static final int FIRST_NUMBER_OFFSET = KEY_LOW_OFFSET + Long.BYTES;
    static final int COUNT_OFFSET = FIRST_NUMBER_OFFSET + Long.BYTES;
    static final int REFERENCE_OFFSET = COUNT_OFFSET + Integer.BYTES;
    static final int LENGTH = REFERENCE_OFFSET + Integer.BYTES;

    private SeriesEntry() {}

    static void encode(
            ByteBuffer buffer,
            long keyHigh,
            long keyLow,
            long firstNumber,
            int count,
            int reference) {
        buffer.putLong(keyHigh).putLong(keyLow).putLong(firstNumber).putInt(count);
        buffer.putInt(reference);
    }
}
