package io.sierra.storage.index;

import java.nio.ByteBuffer;

/**
 * One line of the blocked bloom filter in front of an index's entries: 512 bits as 8 little-endian
 * longs, one cache line.
 *
 * <pre>
 * offset size field  unit, range, meaning
 *      0   64 bits   bit n is bit n % 64 of long n / 64
 * </pre>
 *
 * A key has one line, chosen by its hash's upper bits so that keys in ascending order have lines in
 * ascending order: a filter of any length is written front to back without holding it in memory. In
 * the line a key has {@value #BITS_PER_KEY} bits, 9 bits of a second hash each. At 16 bits of
 * filter per key about one absent key in a thousand passes.
 */
final class FilterLine {
    static final int LENGTH = 64;
    static final int BITS_PER_KEY = 7;

    private static final int KEYS_PER_LINE = 32;
    private static final int LONGS = LENGTH / Long.BYTES;
    private static final int BIT_NUMBER_BITS = 9;
    private static final int BIT_NUMBER_MASK = (1 << BIT_NUMBER_BITS) - 1;
    private static final long SECOND_HASH = 0xD6E8_FEB8_6659_FD93L;

    private final long[] bits = new long[LONGS];

    /** Lines for a number of keys, at least 1. */
    static long countFor(long keys) {
        return Math.max(1, Math.ceilDiv(keys, KEYS_PER_LINE));
    }

    /** Number of a key's line. */
    static long number(long hash, long lineCount) {
        return Math.unsignedMultiplyHigh(hash, lineCount);
    }

    void add(long hash) {
        long numbers = bitNumbers(hash);
        for (int i = 0; i < BITS_PER_KEY; i++, numbers >>>= BIT_NUMBER_BITS) {
            int number = (int) numbers & BIT_NUMBER_MASK;
            bits[number / Long.SIZE] |= 1L << number;
        }
    }

    /** Puts the line at the position of a little-endian buffer and clears it. */
    void drainTo(ByteBuffer buffer) {
        for (int i = 0; i < LONGS; i++) {
            buffer.putLong(bits[i]);
            bits[i] = 0;
        }
    }

    /** Whether a key may be among those of the line at an offset of a file's payload. */
    static boolean mayContain(IndexFile file, long lineOffset, long hash)
            throws CorruptIndexException {
        long numbers = bitNumbers(hash);
        for (int i = 0; i < BITS_PER_KEY; i++, numbers >>>= BIT_NUMBER_BITS) {
            int number = (int) numbers & BIT_NUMBER_MASK;
            long word = file.getLong(lineOffset + (long) number / Long.SIZE * Long.BYTES);
            if ((word & (1L << number)) == 0) return false;
        }
        return true;
    }

    private static long bitNumbers(long hash) {
        return IndexHash.mix(hash ^ SECOND_HASH);
    }
}
