package io.sierra.cluster.subscription;

import java.util.stream.LongStream;

/** Seeds of randomised tests: a fixed few, or the one that {@code -Dsierra.seed} names. */
final class TestSeeds {
    private TestSeeds() {}

    static LongStream of(int count) {
        Long wanted = Long.getLong("sierra.seed");
        return wanted == null ? LongStream.rangeClosed(1, count) : LongStream.of(wanted);
    }
}
