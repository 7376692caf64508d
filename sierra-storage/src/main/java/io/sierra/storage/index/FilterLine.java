package io.sierra.storage.index;

import java.nio.ByteBuffer;

/**
 * One line of the filter in front of an index's entries: a part of a blocked bloom filter, and
 * where its entries begin. 64 bytes, one cache line, little-endian.
 *
 * <pre>
 * offset size field       unit, range, meaning
 *      0   56 bits        bit n, 0 to 447, is bit n % 64 of long n / 64
 *     56    8 firstEntry  number of the first entry of this line or a later one
 * </pre>
 *
 * A key has one line, chosen by its hash's upper bits so that keys in ascending order have lines in
 * ascending order: a filter of any length is written front to back without holding it in memory,
 * and a key that passes is searched for among the {@value #KEYS_PER_LINE} or so entries of its
 * line. In the line a key has {@value #BITS_PER_KEY} bits, 9 bits of a second hash each, of which
 * 7/8 are the number of the bit. At 16 bits of filter per key about one absent key in a thousand
 * passes.
 */
final class FilterLine {
    static final int LENGTH = 64;
    static final int BITS_PER_KEY = 7;

    private static final int KEYS_PER_LINE = 28;
    private static final int LONGS = LENGTH / Long.BYTES - 1;
    private static final int BIT_COUNT = LONGS * Long.SIZE;
    private static final int FIRST_ENTRY_OFFSET = LONGS * Long.BYTES;
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

    /**
     * Which of its line's entries, from 0 on, a key is if they are spread evenly.
     *
     * @param entries that the line has
     */
    static long expectedEntry(long hash, long lineCount, long entries) {
        long partOfLine = hash * lineCount; // in 2^-64
        return Math.unsignedMultiplyHigh(partOfLine, entries);
    }

    void add(long hash) {
        long numbers = bitNumbers(hash);
        for (int i = 0; i < BITS_PER_KEY; i++, numbers >>>= BIT_NUMBER_BITS) {
            int number = bitNumber(numbers);
            bits[number / Long.SIZE] |= 1L << number;
        }
    }

    /** Puts the line at the position of a little-endian buffer and clears it. */
    void drainTo(ByteBuffer buffer, long firstEntry) {
        for (int i = 0; i < LONGS; i++) {
            buffer.putLong(bits[i]);
            bits[i] = 0;
        }
        buffer.putLong(firstEntry);
    }

    /** Number of the first entry of the line at a {@link IndexFile#position}, or a later one. */
    static long firstEntry(IndexFile file, long linePosition) {
        return file.longAt(linePosition + FIRST_ENTRY_OFFSET);
    }

    /** Whether a key may be among those of the line at a {@link IndexFile#position}. */
    static boolean mayContain(IndexFile file, long linePosition, long hash) {
        long numbers = bitNumbers(hash);
        for (int i = 0; i < BITS_PER_KEY; i++, numbers >>>= BIT_NUMBER_BITS) {
            int number = bitNumber(numbers);
            long word = file.longAt(linePosition + (long) number / Long.SIZE * Long.BYTES);
            if ((word & (1L << number)) == 0) return false;
        }
        return true;
    }

    /** The first of a key's bits in the line at a {@link IndexFile#position}, 0 or 1. */
    static long firstBit(IndexFile file, long linePosition, long hash) {
        int number = bitNumber(bitNumbers(hash));
        long word = file.longAt(linePosition + (long) number / Long.SIZE * Long.BYTES);
        return (word >>> number) & 1;
    }

    private static int bitNumber(long numbers) {
        return (((int) numbers & BIT_NUMBER_MASK) * BIT_COUNT) >>> BIT_NUMBER_BITS;
    }

    private static long bitNumbers(long hash) {
        return IndexHash.mix(hash ^ SECOND_HASH);
    }
}
