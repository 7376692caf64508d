package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;

/** An open file of a {@link MemoryDevice}; many may share an image. */
final class MemoryFile implements DeviceFile {
    private final MemoryDevice device;
    private final String name;
    private final MemoryImage image;
    private final boolean writable;
    private volatile boolean closed;

    MemoryFile(MemoryDevice device, String name, MemoryImage image, boolean writable) {
        this.device = device;
        this.name = name;
        this.image = image;
        this.writable = writable;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return image.size();
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        requireWritable();
        image.setSize(sizeBytes);
    }

    @Override
    public void write(ByteBuffer source, long fileOffset) throws IOException {
        requireWritable();
        if (!image.write(source, fileOffset)) {
            throw new IOException(name + ": cannot write: No space left on device");
        }
    }

    @Override
    public int read(ByteBuffer target, long fileOffset) throws IOException {
        requireOpen();
        return image.read(target, fileOffset);
    }

    @Override
    public void sync() throws IOException {
        requireOpen();
        image.sync();
        // If the power went in between, the next start has seen the bytes as they were before.
        device.requirePower();
    }

    /** A sync that fails: what it should have written is taken for written. */
    void failSync() {
        image.forget();
    }

    @Override
    public MemorySegment map(long fileOffset, long lengthBytes, Arena arena) throws IOException {
        requireOpen();
        return image.map(name, fileOffset, lengthBytes, arena);
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireWritable() throws IOException {
        requireOpen();
        if (!writable) throw new NonWritableChannelException();
    }

    private void requireOpen() throws IOException {
        device.requirePower();
        if (closed) throw new ClosedChannelException();
    }
}
