package io.sierra.storage.io;

import java.util.random.RandomGenerator;

/** What of the things that nobody synced is still there after a power loss. */
sealed interface Survival {
    /** Decides about one sector or one name. */
    boolean survives();

    /** Decides about the length of a file. */
    long size(long synced, long unsynced);

    /** Exactly what was synced. */
    record Nothing() implements Survival {
        @Override
        public boolean survives() {
            return false;
        }

        @Override
        public long size(long synced, long unsynced) {
            return synced;
        }
    }

    /** As if everything had been synced just before. */
    record Everything() implements Survival {
        @Override
        public boolean survives() {
            return true;
        }

        @Override
        public long size(long synced, long unsynced) {
            return unsynced;
        }
    }

    /** Each thing on its own; a file that grew may have any length in between. */
    record Random(RandomGenerator random) implements Survival {
        @Override
        public boolean survives() {
            return random.nextBoolean();
        }

        @Override
        public long size(long synced, long unsynced) {
            if (random.nextBoolean()) return random.nextBoolean() ? synced : unsynced;
            return synced < unsynced ? random.nextLong(synced, unsynced + 1) : synced;
        }
    }
}
