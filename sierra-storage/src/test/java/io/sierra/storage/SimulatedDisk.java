package io.sierra.storage;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.Faults;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.util.random.RandomGenerator;

/** The disk of a {@link StoreSimulation} through all its lives, and the trouble that it makes. */
final class SimulatedDisk {
    private static final long PLENTY = 1L << 40;

    private final RandomGenerator random;
    private final SimulationTrace trace;
    private MemoryDevice memory = new MemoryDevice();
    private FaultyDevice device = new FaultyDevice(memory);
    private Trouble trouble = Trouble.NONE;
    private long crashAt;
    private boolean ended;
    private boolean isShort;
    private boolean wasShort;

    SimulatedDisk(RandomGenerator random, SimulationTrace trace) {
        this.random = random;
        this.trace = trace;
    }

    /** What is on the disk, past all trouble. */
    MemoryDevice memory() {
        return memory;
    }

    /** What the store gets to see. */
    Device device() {
        return device;
    }

    /** A new life begins. */
    void begin(Trouble newTrouble) {
        trouble = newTrouble;
        trace.note("-- life: %s", trouble);
        device = new FaultyDevice(memory);
        ended = false;
        crashAt = Long.MAX_VALUE;
        wasShort = false;
        setUsableBytes(PLENTY);
        Faults faults = device.faults();
        switch (trouble) {
            case NONE -> {}
            case CRASH -> {
                crashAt = random.nextInt(1 << random.nextInt(1, 11));
                faults.crashAfter(crashAt);
            }
            case FAILURE -> {
                Faults.Operation operation = anyOperation();
                long nth = random.nextInt(1, 1 << random.nextInt(1, 8));
                trace.note("%s number %d fails", operation, nth);
                faults.failOnce(operation, nth);
            }
            case FAILURES -> {
                for (int i = 0; i < 5; i++) {
                    faults.failOnce(anyOperation(), random.nextInt(1, 1 << random.nextInt(1, 8)));
                }
            }
            case SHORT_WRITE ->
                    faults.shortenWrite(
                            random.nextInt(1, 1 << random.nextInt(1, 6)), random.nextInt(5_000));
            case FULL -> changeRoom();
            case READ_ONLY -> faults.setReadOnlyAfter(random.nextInt(1 << random.nextInt(1, 10)));
        }
    }

    private Faults.Operation anyOperation() {
        Faults.Operation[] operations = Faults.Operation.values();
        return random.nextInt(3) == 0
                ? Faults.Operation.SYNC
                : operations[random.nextInt(operations.length)];
    }

    /** Takes room away, down to none, or gives it back, if that is the trouble. */
    void changeRoom() {
        if (trouble != Trouble.FULL) {
            return;
        }
        long bytes =
                switch (random.nextInt(4)) {
                    case 0 -> 0;
                    case 1 -> random.nextLong(1 << 18);
                    case 2 -> random.nextLong(40L << 20);
                    default -> PLENTY;
                };
        trace.note("room: %d", bytes);
        setUsableBytes(bytes);
    }

    private void setUsableBytes(long bytes) {
        memory.setUsableBytes(bytes);
        isShort = bytes < PLENTY;
        wasShort |= isShort;
    }

    /** Whether there is less room than anybody could want. */
    boolean isShortOfRoom() {
        return isShort;
    }

    /** Whether there was, in this life. */
    boolean wasShort() {
        return wasShort;
    }

    /** Operations that failed in this life, other than for lack of room. */
    long hits() {
        return device.faults().hits();
    }

    /** Whether nothing works any more. */
    boolean isDown() {
        return ended || device.faults().count() >= crashAt;
    }

    /** The trouble is over; what it has led to is not. */
    void heal() {
        trouble = Trouble.NONE;
        device.faults().heal();
        setUsableBytes(PLENTY);
    }

    /** The process ends, or the power. */
    void end() {
        ended = true;
        if (random.nextInt(3) == 0) {
            trace.note("process ends");
            device.faults().crashAfter(0);
            return;
        }
        trace.note("power ends");
        MemoryDevice crashed = memory;
        memory =
                switch (random.nextInt(4)) {
                    case 0 -> crashed.crashLosingAllUnsynced();
                    default -> crashed.crash(random);
                };
    }

    /** Throws what was thrown, unless this disk has given reason to. */
    void requireExcuse(Exception thrown) throws IOException {
        if (!isDown() && hits() == 0 && !wasShort) {
            throw new IOException("for no reason: " + thrown.getMessage(), thrown);
        }
    }
}
