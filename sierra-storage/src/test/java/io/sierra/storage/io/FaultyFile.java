package io.sierra.storage.io;

import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An open file of a {@link FaultyDevice}. */
final class FaultyFile implements DeviceFile {
    private final String path;
    private final DeviceFile file;
    private final Faults faults;

    FaultyFile(String path, DeviceFile file, Faults faults) {
        this.path = path;
        this.file = file;
        this.faults = faults;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public long size() throws IOException {
        faults.before(Operation.SIZE, path);
        return file.size();
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        faults.before(Operation.SET_SIZE, path);
        file.setSize(sizeBytes);
    }

    @Override
    public void write(ByteBuffer source, long fileOffset) throws IOException {
        faults.before(Operation.WRITE, path);
        int bytes = source.remaining();
        int allowed = faults.allowedBytes(bytes);
        if (allowed == bytes) {
            file.write(source, fileOffset);
            return;
        }
        file.write(source.slice(source.position(), allowed), fileOffset);
        throw new IOException(
                name()
                        + ": cannot write at "
                        + (fileOffset + allowed)
                        + ": No space left on device");
    }

    @Override
    public int read(ByteBuffer target, long fileOffset) throws IOException {
        faults.before(Operation.READ, path);
        return file.read(target, fileOffset);
    }

    @Override
    public void sync() throws IOException {
        try {
            faults.before(Operation.SYNC, path);
        } catch (IOException e) {
            if (file instanceof MemoryFile memory && faults.isRunning()) memory.failSync();
            throw e;
        }
        file.sync();
    }

    @Override
    public MemorySegment map(long fileOffset, long lengthBytes, Arena arena) throws IOException {
        faults.before(Operation.MAP, path);
        return faults.isMappingReadable(path)
                ? file.map(fileOffset, lengthBytes, arena)
                : unreadable(lengthBytes);
    }

    /** Every access to it throws, as it is closed. */
    private static MemorySegment unreadable(long lengthBytes) {
        try (Arena closed = Arena.ofShared()) {
            return closed.allocate(lengthBytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
