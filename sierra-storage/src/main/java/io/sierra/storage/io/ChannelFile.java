package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** A file of a {@link FileDevice}. Errors name the file and the offset; the system's do not. */
final class ChannelFile implements DeviceFile {
    private final String name;
    private final FileChannel channel;

    ChannelFile(String name, FileChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        try {
            channel.truncate(sizeBytes);
            if (channel.size() < sizeBytes) {
                channel.write(ByteBuffer.allocate(1), sizeBytes - 1);
            }
        } catch (IOException e) {
            throw failed("set size to", sizeBytes, e);
        }
    }

    @Override
    public void write(ByteBuffer source, long fileOffset) throws IOException {
        long offset = fileOffset;
        try {
            while (source.hasRemaining()) {
                offset += channel.write(source, offset);
            }
        } catch (IOException e) {
            throw failed("write at", offset, e);
        }
    }

    @Override
    public int read(ByteBuffer target, long fileOffset) throws IOException {
        int total = 0;
        try {
            while (target.hasRemaining()) {
                int count = channel.read(target, fileOffset + total);
                if (count < 0) break;
                total += count;
                // Past the cache only whole blocks can be asked for, so not for what is not there.
                if (target.hasRemaining() && fileOffset + total >= channel.size()) break;
            }
        } catch (IOException e) {
            throw failed("read at", fileOffset + total, e);
        }
        return total;
    }

    @Override
    public void sync() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new IOException(name + ": cannot sync: " + e.getMessage(), e);
        }
    }

    @Override
    public MemorySegment map(long fileOffset, long lengthBytes, Arena arena) throws IOException {
        long size = channel.size();
        // Java would extend a writable file.
        if (lengthBytes > size - fileOffset) {
            throw new IOException(
                    name
                            + ": cannot map "
                            + lengthBytes
                            + " bytes at "
                            + fileOffset
                            + " of "
                            + size);
        }
        return channel.map(MapMode.READ_ONLY, fileOffset, lengthBytes, arena);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private IOException failed(String action, long offset, IOException cause) {
        return new IOException(
                name + ": cannot " + action + " " + offset + ": " + cause.getMessage(), cause);
    }
}
