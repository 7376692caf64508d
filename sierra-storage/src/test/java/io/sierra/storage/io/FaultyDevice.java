package io.sierra.storage.io;

import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Any device, with the {@link Faults} that a test asks for. */
public final class FaultyDevice implements Device {
    private final Device device;
    private final Faults faults = new Faults();

    /** Wraps a device, faultless at first. */
    public FaultyDevice(Device device) {
        this.device = device;
    }

    /** What is to go wrong, and the counts of operations. */
    public Faults faults() {
        return faults;
    }

    /** Flips the bits of {@code mask} in one byte of a file, past all faults and counts. */
    public void flipBits(String path, long fileOffset, int mask) throws IOException {
        if (device instanceof MemoryDevice memory) {
            memory.flipBits(path, fileOffset, mask);
            return;
        }
        try (DeviceFile file = device.open(path)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (file.read(one, fileOffset) != 1) {
                throw new IOException(file.name() + ": no byte at " + fileOffset);
            }
            one.put(0, (byte) (one.get(0) ^ mask)).flip();
            file.write(one, fileOffset);
        }
    }

    @Override
    public void lock() throws IOException {
        faults.before(Operation.LOCK, "");
        device.lock();
    }

    @Override
    public DeviceFile create(String path) throws IOException {
        faults.before(Operation.CREATE, path);
        return new FaultyFile(path, device.create(path), faults);
    }

    @Override
    public DeviceFile open(String path) throws IOException {
        faults.before(Operation.OPEN, path);
        return new FaultyFile(path, device.open(path), faults);
    }

    @Override
    public DeviceFile openForReading(String path) throws IOException {
        faults.before(Operation.OPEN, path);
        return new FaultyFile(path, device.openForReading(path), faults);
    }

    @Override
    public boolean exists(String path) {
        try {
            faults.requireRunning();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return device.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        faults.before(Operation.LIST, directory);
        return device.list(directory);
    }

    @Override
    public void createDirectories(String directory) throws IOException {
        faults.before(Operation.CREATE_DIRECTORIES, directory);
        device.createDirectories(directory);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        faults.before(Operation.RENAME, to);
        device.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        faults.before(Operation.DELETE, path);
        device.delete(path);
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        faults.before(Operation.SYNC_DIRECTORY, directory);
        device.syncDirectory(directory);
    }

    @Override
    public long usableBytes() throws IOException {
        faults.requireRunning();
        return Math.min(device.usableBytes(), faults.usableBytes());
    }

    @Override
    public String describe(String path) {
        return device.describe(path);
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
