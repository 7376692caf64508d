package io.sierra.protocol.id;

import java.util.UUID;

/** UUID that decides the partition of a stream. Any version and variant is legal. */
public record PartitionKey(long mostSignificantBits, long leastSignificantBits) {

    /** The key with the bits of {@code uuid}. */
    public static PartitionKey of(UUID uuid) {
        return new PartitionKey(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /** The hash that, modulo the partition count, gives the partition; 0 to 65535. */
    public int hash() {
        return PartitionHash.of(leastSignificantBits);
    }

    /** This key as a UUID. */
    public UUID toUuid() {
        return new UUID(mostSignificantBits, leastSignificantBits);
    }

    @Override
    public String toString() {
        return toUuid().toString();
    }
}
