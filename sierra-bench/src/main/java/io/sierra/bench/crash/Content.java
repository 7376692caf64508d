package io.sierra.bench.crash;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * What an event holds, made of nothing but its id: whoever reads an event knows what it must be,
 * and nobody has to keep it.
 */
final class Content {
    private static final int SMALL_BYTES = 300;
    private static final int LARGE_BYTES = 16 << 10;

    /** Low bits of an id that say how long its payload is. */
    private static final int CLASS_MASK = 0xF;

    private static final int FIRST_LARGE_CLASS = 14;

    private Content() {}

    /**
     * A new id.
     *
     * @param large whether its payload is to be of 4 to 16 KiB
     */
    static UUID newId(SplittableRandom random, boolean large) {
        long size = large ? FIRST_LARGE_CLASS : random.nextInt(FIRST_LARGE_CLASS);
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, (low & ~CLASS_MASK) | size);
    }

    static String nameOf(UUID id) {
        return "Event" + (id.getMostSignificantBits() & 7);
    }

    static byte[] metadataOf(UUID id) {
        return Long.toHexString(id.getMostSignificantBits()).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] payloadOf(UUID id) {
        SplittableRandom random =
                new SplittableRandom(id.getMostSignificantBits() ^ id.getLeastSignificantBits());
        boolean large = (id.getLeastSignificantBits() & CLASS_MASK) >= FIRST_LARGE_CLASS;
        byte[] payload =
                new byte
                        [large
                                ? random.nextInt(LARGE_BYTES / 4, LARGE_BYTES)
                                : random.nextInt(SMALL_BYTES)];
        random.nextBytes(payload);
        return payload;
    }

    /** Whether a stored event has the content that its id stands for. */
    static boolean isOf(UUID id, String name, byte[] metadata, byte[] payload) {
        return name.equals(nameOf(id))
                && Arrays.equals(metadata, metadataOf(id))
                && Arrays.equals(payload, payloadOf(id));
    }
}
