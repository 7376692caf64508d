package io.sierra.protocol.id;

/**
 * The 16 bits of a UUID that name a partition: bits 61 to 46 of its 128, the ones right after the
 * two variant bits of RFC 9562. They are the same in a partition key and in the ids that the server
 * generates for its events, whatever the UUID's version.
 */
final class PartitionHash {
    private static final int SHIFT = 46;
    private static final long MASK = 0xFFFFL << SHIFT;

    private PartitionHash() {}

    /** Hash of the UUID with these low 64 bits, 0 to 65535. */
    static int of(long leastSignificantBits) {
        return (int) ((leastSignificantBits & MASK) >>> SHIFT);
    }

    /** The low 64 bits with their hash replaced. */
    static long with(long leastSignificantBits, int hash) {
        return (leastSignificantBits & ~MASK) | ((long) hash << SHIFT);
    }
}
