package io.sierra.storage.index;

import java.nio.charset.StandardCharsets;

/** Spreads keys evenly over 64 bits, as sorted tables and filters need them. Never changes. */
final class IndexHash {
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private IndexHash() {}

    /** Never 0. Event ids are mixed because ids of UUID version 7 start with the time. */
    static long ofEvent(long idHigh, long idLow) {
        long hash = mix(mix(idHigh) + idLow * MULTIPLIER);
        return hash == 0 ? 1 : hash;
    }

    /** Upper half of a partition's key; the lower half is its id. */
    static long ofPartition(int partitionId) {
        return mix(partitionId + MULTIPLIER);
    }

    /** Of a directory's name, to tell files of one bucket from those of another. */
    static long ofName(String name) {
        long hash = MULTIPLIER;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) hash = mix(hash + b);
        return hash;
    }

    /** Finalizer of MurmurHash3, variant 13 of Stafford. One to one. */
    static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
