package io.sierra.storage.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A small file that is there as a whole or not at all, whatever happens while it is written. */
public final class AtomicFile {
    /** Ends the name that a file has while it is written; one that is left over is worthless. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private AtomicFile() {}

    /**
     * Writes a file in place of any that has its name, and makes it durable, name included. If that
     * fails, nothing is left of what was written, as far as the disk lets it be deleted.
     */
    public static void write(Device device, String path, byte[] contents) throws IOException {
        String temporaryPath = path + TEMPORARY_SUFFIX;
        device.delete(temporaryPath);
        try {
            try (DeviceFile file = device.create(temporaryPath)) {
                file.write(ByteBuffer.wrap(contents), 0);
                file.sync();
            }
            device.rename(temporaryPath, path);
        } catch (IOException e) {
            deleteAfter(e, device, temporaryPath);
            throw e;
        }
        device.syncDirectory(DevicePath.parent(path));
    }

    private static void deleteAfter(IOException failure, Device device, String path) {
        try {
            device.delete(path);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** All bytes of a small file. */
    public static byte[] read(Device device, String path) throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            byte[] contents = new byte[Math.toIntExact(file.size())];
            file.read(ByteBuffer.wrap(contents), 0);
            return contents;
        }
    }
}
