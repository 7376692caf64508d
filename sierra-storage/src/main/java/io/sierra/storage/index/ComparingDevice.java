package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes an index file that is being written and compares it with the one that is there, instead of
 * writing it. An index is the same to the last byte whenever it is made from the same frames.
 */
final class ComparingDevice implements Device {
    private final Device device;

    /** The file that is being compared. */
    private @Nullable ComparingFile compared;

    ComparingDevice(Device device) {
        this.device = device;
    }

    /** What is there is not what would be written. */
    static final class DifferenceException extends IOException {
        private static final long serialVersionUID = 1L;

        private final long fileOffset;

        DifferenceException(long fileOffset, String problem) {
            super(problem);
            this.fileOffset = fileOffset;
        }

        long fileOffset() {
            return fileOffset;
        }
    }

    /** Opens the file to compare with. */
    @Override
    public DeviceFile create(String temporaryPath) throws IOException {
        String path =
                temporaryPath.substring(
                        0, temporaryPath.length() - IndexPaths.TEMPORARY_SUFFIX.length());
        ComparingFile file = new ComparingFile(device.openForReading(path));
        compared = file;
        return file;
    }

    private static final class ComparingFile implements DeviceFile {
        private final DeviceFile actual;
        private long end;

        ComparingFile(DeviceFile actual) {
            this.actual = actual;
        }

        @Override
        public void write(ByteBuffer expected, long fileOffset) throws IOException {
            byte[] wanted = new byte[expected.remaining()];
            expected.get(wanted);
            byte[] found = new byte[wanted.length];
            int count = actual.read(ByteBuffer.wrap(found), fileOffset);
            for (int i = 0; i < count; i++) {
                if (wanted[i] != found[i]) {
                    int at = i & -Long.BYTES;
                    throw new DifferenceException(
                            fileOffset + at,
                            "should be %s but is %s".formatted(word(wanted, at), word(found, at)));
                }
            }
            if (count < wanted.length) {
                throw new DifferenceException(fileOffset + count, "the file ends, too early");
            }
            end = fileOffset + wanted.length;
        }

        private static String word(byte[] bytes, int at) {
            return HexFormat.of().formatHex(bytes, at, Math.min(at + Long.BYTES, bytes.length));
        }

        @Override
        public void sync() {
            // nothing is written
        }

        void requireEnd() throws IOException {
            if (actual.size() != end) {
                throw new DifferenceException(
                        end, "should be its end but it is %d bytes long".formatted(actual.size()));
            }
        }

        @Override
        public String name() {
            return actual.name();
        }

        @Override
        public long size() throws IOException {
            return actual.size();
        }

        @Override
        public void setSize(long sizeBytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer target, long fileOffset) throws IOException {
            return actual.read(target, fileOffset);
        }

        @Override
        public MemorySegment map(long fileOffset, long lengthBytes, Arena arena)
                throws IOException {
            return actual.map(fileOffset, lengthBytes, arena);
        }

        @Override
        public void close() throws IOException {
            actual.close();
        }
    }

    /** The file is there already, and all that belongs into it has been written. */
    @Override
    public void rename(String from, String to) throws IOException {
        if (compared != null) {
            compared.requireEnd();
        }
    }

    @Override
    public void delete(String path) {
        // nothing was created
    }

    @Override
    public void createDirectories(String directory) {
        // nothing is created
    }

    @Override
    public void syncDirectory(String directory) {
        // nothing was changed
    }

    @Override
    public void lock() {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeviceFile open(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeviceFile openForReading(String path) throws IOException {
        return device.openForReading(path);
    }

    @Override
    public boolean exists(String path) {
        return device.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        return device.list(directory);
    }

    @Override
    public long usableBytes() throws IOException {
        return device.usableBytes();
    }

    @Override
    public String describe(String path) {
        return device.describe(path);
    }

    @Override
    public void close() {
        // the real one is not ours
    }
}
