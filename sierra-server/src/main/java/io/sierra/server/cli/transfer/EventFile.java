package io.sierra.server.cli.transfer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads a file line by line, packed by gzip or not. */
final class EventFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC_1 = 0x1f;
    private static final int GZIP_MAGIC_2 = 0x8b;

    private final Counting counting;
    private final InputStream in;
    private final long lengthBytes;
    private long lineNumber;

    private EventFile(InputStream raw, long lengthBytes) throws IOException {
        this.lengthBytes = lengthBytes;
        counting = new Counting(raw);
        in = unpacked(new BufferedInputStream(counting, BUFFER_BYTES));
    }

    static EventFile open(Path file) throws IOException {
        return new EventFile(Files.newInputStream(file), Files.size(file));
    }

    /** Reads a stream whose length nobody knows. */
    static EventFile of(InputStream in) throws IOException {
        return new EventFile(in, -1);
    }

    private static InputStream unpacked(BufferedInputStream in) throws IOException {
        in.mark(2);
        boolean packed = in.read() == GZIP_MAGIC_1 && in.read() == GZIP_MAGIC_2;
        in.reset();
        return packed
                ? new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES)
                : in;
    }

    /** The next line without its end, or null after the last one. */
    byte @Nullable [] readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        lineNumber++;
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        byte[] bytes = line.toByteArray();
        boolean endsWithReturn = bytes.length > 0 && bytes[bytes.length - 1] == '\r';
        return endsWithReturn ? java.util.Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    /** Number of the line that was read last, from 1. */
    long lineNumber() {
        return lineNumber;
    }

    /** How much of the file was read, 0 to 1; NaN if its length is unknown. */
    double fractionRead() {
        return lengthBytes <= 0 ? Double.NaN : (double) counting.count / lengthBytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
