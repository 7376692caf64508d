package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.stream.Stream;

/** Repairs of copies of a disk, of which each is killed an operation later than the one before. */
final class KilledRepairs {
    /** Looks at what a repair has left. */
    interface Aftermath {
        /**
         * @param disk what was not synced is only in memory
         * @param operations how many operations came before the end
         */
        void of(MemoryDevice disk, int operations) throws IOException;
    }

    private KilledRepairs() {}

    /**
     * Goes on until a repair is not killed. Leaves out those that have only read more than the one
     * before.
     */
    static void carryOut(MemoryDevice damaged, RepairPlan plan, Instant at, Aftermath aftermath)
            throws IOException {
        boolean killed = true;
        long changes = -1;
        for (int operations = 0; killed; operations++) {
            MemoryDevice attempt = damaged.copy();
            FaultyDevice faulty = new FaultyDevice(attempt);
            faulty.faults().crashAfter(operations);
            try {
                RepairRun.carryOut(StoreFiles.open(faulty), plan, at, _ -> {});
                killed = false;
            } catch (IOException | UncheckedIOException e) {
                assertThat(e).hasMessageContaining("crashed as told");
            }
            long done = changes(faulty);
            if (done != changes || !killed) {
                changes = done;
                aftermath.of(attempt, operations);
            }
        }
    }

    private static long changes(FaultyDevice device) {
        return Stream.of(
                        Operation.CREATE,
                        Operation.CREATE_DIRECTORIES,
                        Operation.RENAME,
                        Operation.DELETE,
                        Operation.SYNC_DIRECTORY,
                        Operation.SET_SIZE,
                        Operation.WRITE,
                        Operation.SYNC)
                .mapToLong(device.faults()::count)
                .sum();
    }
}
