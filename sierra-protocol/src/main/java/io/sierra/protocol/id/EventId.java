package io.sierra.protocol.id;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** UUID of an event. Clients may choose any; ids that we generate carry the partition's hash. */
public record EventId(long mostSignificantBits, long leastSignificantBits) {
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long RANDOM_LOW_MASK = (1L << 46) - 1;
    private static final long RANDOM_HIGH_MASK = 0xFFFL;

    /** The id with the bits of {@code uuid}. */
    public static EventId of(UUID uuid) {
        return new EventId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /**
     * A new id in the layout of RFC 9562 version 7: 48 bits of milliseconds, 12 random bits, and
     * after the variant the 16 bits of {@code partitionHash} and 46 random bits.
     *
     * @param unixMillis 0 to 2^48 - 1
     * @param partitionHash 0 to 65535
     */
    public static EventId generate(long unixMillis, int partitionHash, RandomGenerator random) {
        long high = (unixMillis << 16) | VERSION_7 | (random.nextLong() >>> 52 & RANDOM_HIGH_MASK);
        long low = VARIANT | (random.nextLong() & RANDOM_LOW_MASK);
        return new EventId(high, PartitionHash.with(low, partitionHash));
    }

    /** The partition hash that this id carries, if the server generated it; 0 to 65535. */
    public int hash() {
        return PartitionHash.of(leastSignificantBits);
    }

    /** This id as a UUID. */
    public UUID toUuid() {
        return new UUID(mostSignificantBits, leastSignificantBits);
    }

    @Override
    public String toString() {
        return toUuid().toString();
    }
}
