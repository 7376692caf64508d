package io.sierra.storage.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that loses what was not synced.
 *
 * <p>{@link #crash} gives the disk as the next start finds it: what was synced, and of the rest a
 * random part, where each sector of 512 bytes, each length of a file and each name is decided about
 * on its own. A rename is lost or kept as a whole. The crashed device, its files and what still
 * hangs in them fail from then on; its maps stay readable.
 *
 * <p>A disk that has crashed shares what was synced with its successor and must not be crashed
 * again.
 *
 * <p>{@link #close} only gives the lock back, so a test opens a store on the same device again.
 * Files are held in memory as large as they are, holes included.
 */
public final class MemoryDevice implements Device {
    private final MemoryNames names;
    private boolean locked;
    private volatile boolean crashed;

    /** An empty disk. */
    public MemoryDevice() {
        this(new MemoryNames(MemoryRoom.unlimited()));
    }

    private MemoryDevice(MemoryNames names) {
        this.names = names;
    }

    /** Ends this device and returns it as it looks after a power loss. */
    public MemoryDevice crash(RandomGenerator random) {
        return crash(new Survival.Random(random));
    }

    /** Like {@link #crash}, with nothing left of what was not synced. */
    public MemoryDevice crashLosingAllUnsynced() {
        return crash(new Survival.Nothing());
    }

    /** Like {@link #crash}, with everything still there: the end of a process, not of the power. */
    public MemoryDevice crashKeepingAllUnsynced() {
        return crash(new Survival.Everything());
    }

    private synchronized MemoryDevice crash(Survival survival) {
        crashed = true;
        return new MemoryDevice(names.crash(survival));
    }

    /** Another disk with the same files, everything on it synced. */
    public synchronized MemoryDevice copy() {
        return new MemoryDevice(names.copy());
    }

    /**
     * Leaves so much room from now on, as if others had taken or given back the rest. Only what was
     * a hole takes room; a new name wants some too. A crash ends the shortage.
     */
    public synchronized void setUsableBytes(long bytes) {
        names.room().setUsableBytes(bytes);
    }

    /** Flips the bits of {@code mask} in one byte, as a rotting disk does. */
    public synchronized void flipBits(String path, long fileOffset, int mask) throws IOException {
        names.file(DevicePath.check(path)).flip(fileOffset, mask);
    }

    @Override
    public synchronized void lock() throws IOException {
        requirePower();
        if (locked) {
            throw new IOException("memory is in use by process " + ProcessHandle.current().pid());
        }
        locked = true;
    }

    @Override
    public synchronized DeviceFile create(String path) throws IOException {
        requirePower();
        return new MemoryFile(this, describe(path), names.create(DevicePath.check(path)), true);
    }

    @Override
    public synchronized DeviceFile open(String path) throws IOException {
        requirePower();
        return new MemoryFile(this, describe(path), names.file(DevicePath.check(path)), true);
    }

    @Override
    public synchronized DeviceFile openForReading(String path) throws IOException {
        requirePower();
        return new MemoryFile(this, describe(path), names.file(DevicePath.check(path)), false);
    }

    @Override
    public synchronized boolean exists(String path) {
        try {
            requirePower();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names.get(DevicePath.checkDirectory(path)) != null;
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        requirePower();
        return names.list(DevicePath.checkDirectory(directory));
    }

    @Override
    public synchronized void createDirectories(String directory) throws IOException {
        requirePower();
        names.createDirectories(DevicePath.check(directory));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        requirePower();
        names.rename(DevicePath.check(from), DevicePath.check(to));
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        requirePower();
        names.delete(DevicePath.check(path));
    }

    @Override
    public synchronized void syncDirectory(String directory) throws IOException {
        requirePower();
        names.sync(DevicePath.checkDirectory(directory));
    }

    @Override
    public long usableBytes() throws IOException {
        requirePower();
        return names.room().usableBytes();
    }

    @Override
    public String describe(String path) {
        return "memory:/" + DevicePath.checkDirectory(path);
    }

    @Override
    public synchronized void close() {
        locked = false;
    }

    void requirePower() throws IOException {
        if (crashed) throw new IOException("the power is off");
    }
}
