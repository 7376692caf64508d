package io.sierra.storage;

import java.util.random.RandomGenerator;

/** What goes wrong with the disk in one life of a {@link StoreSimulation}. */
enum Trouble {
    NONE,

    /** Everything ends in the middle of some operation. */
    CRASH,

    /** One operation fails. */
    FAILURE,

    /** A few operations fail. */
    FAILURES,

    /** One write ends in the middle. */
    SHORT_WRITE,

    /** There is little room or none. */
    FULL,

    /** From some operation on nothing can be changed. */
    READ_ONLY;

    /** Half of the time a crash. */
    static Trouble any(RandomGenerator random) {
        return random.nextBoolean() ? CRASH : values()[random.nextInt(values().length)];
    }
}
