package io.sierra.storage.index;

import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How fast an index file is written. Its bytes go to the disk that the log is synced to, and
 * clients wait for those syncs: a single sync at the end of a large file would hold them up for as
 * long as all of it takes.
 */
enum WritePace {
    /** Of a segment's index: a roll-over may come to wait for it. */
    PROMPT(16, 0),
    /** Of a run, for which nobody waits: leaves the disk to others most of the time. */
    LEISURELY(4, 2);

    /** A disk that is slow itself keeps a merge slow enough. */
    private static final long MAX_REST_NANOS = 4_000_000;

    private final int blocksPerSync;
    private final int restsPerSync;

    /**
     * A pace.
     *
     * @param blocksPerSync blocks of 64 KiB that are written between two syncs
     * @param restsPerSync how many times as long as a sync the pause behind it is, if that is not
     *     too long
     */
    WritePace(int blocksPerSync, int restsPerSync) {
        this.blocksPerSync = blocksPerSync;
        this.restsPerSync = restsPerSync;
    }

    /** Syncs and rests, if that is due after so many blocks. */
    void keep(DeviceFile file, long writtenBlocks, BooleanSupplier isLate) throws IOException {
        if (writtenBlocks % blocksPerSync == 0) {
            long start = System.nanoTime();
            file.sync();
            long rest = restNanos(System.nanoTime() - start, isLate.getAsBoolean());
            if (rest > 0) {
                LockSupport.parkNanos(rest);
            }
        }
    }

    /** Who is late does not rest: look-ups ask each table that waits to be merged. */
    long restNanos(long syncNanos, boolean isLate) {
        return isLate ? 0 : Math.min(restsPerSync * syncNanos, MAX_REST_NANOS);
    }
}
