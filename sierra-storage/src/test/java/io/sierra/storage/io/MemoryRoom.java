package io.sierra.storage.io;

import java.util.concurrent.atomic.AtomicLong;

/** Room on a {@link MemoryDevice}, in the units in which file systems give it away. */
final class MemoryRoom {
    static final long UNIT_BYTES = 4_096;

    private final AtomicLong freeUnits;

    private MemoryRoom(long freeUnits) {
        this.freeUnits = new AtomicLong(freeUnits);
    }

    /** As much as anybody can want. */
    static MemoryRoom unlimited() {
        return new MemoryRoom(1L << 28);
    }

    /** Units that so many bytes take. */
    static int unitsOf(long bytes) {
        return Math.toIntExact(Math.ceilDiv(bytes, UNIT_BYTES));
    }

    long usableBytes() {
        return Math.max(0, freeUnits.get()) * UNIT_BYTES;
    }

    void setUsableBytes(long bytes) {
        freeUnits.set(bytes / UNIT_BYTES);
    }

    /** Takes one unit, if there is one. */
    boolean tryTake() {
        return freeUnits.getAndUpdate(free -> free > 0 ? free - 1 : free) > 0;
    }

    /** Takes what is in use already, when a disk is found with files on it. */
    void take(int units) {
        freeUnits.addAndGet(-units);
    }

    void give(int units) {
        freeUnits.addAndGet(units);
    }
}
