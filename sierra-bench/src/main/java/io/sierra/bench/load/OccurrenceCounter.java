package io.sierra.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Counts how often a text comes in from a connection, eight bytes at a time: a client that only
 * counts, so that what is measured is the server.
 */
final class OccurrenceCounter {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final ReadableByteChannel channel;
    private final byte[] wanted;
    private final long first;
    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long receivedBytes;

    OccurrenceCounter(ReadableByteChannel channel, String wanted) {
        this.channel = channel;
        this.wanted = wanted.getBytes(StandardCharsets.US_ASCII);
        this.first = this.wanted[0] * ONES;
    }

    /** Reads until the text has come so often, and no further than needed. */
    void await(long occurrences) throws IOException {
        long found = 0;
        while (found < occurrences) {
            int read = channel.read(input);
            if (read < 0) {
                throw new EOFException("the server closed the connection");
            }
            receivedBytes += read;
            input.flip();
            found += count();
            input.compact();
        }
    }

    long receivedBytes() {
        return receivedBytes;
    }

    /** Leaves what may be the beginning of an occurrence in the buffer. */
    private int count() {
        int found = 0;
        int at = input.position();
        int end = input.limit() - wanted.length + 1;
        while (at < end) {
            if (at + Long.BYTES <= end && !mayHaveFirst(input.getLong(at))) {
                at += Long.BYTES;
            } else if (isAt(at)) {
                found++;
                at += wanted.length;
            } else {
                at++;
            }
        }
        input.position(Math.max(at, input.position()));
        return found;
    }

    /** Whether one of the eight bytes is the text's first. Hacker's Delight, 6-1. */
    private boolean mayHaveFirst(long bytes) {
        long zeroWhereEqual = bytes ^ first;
        return ((zeroWhereEqual - ONES) & ~zeroWhereEqual & HIGH_BITS) != 0;
    }

    private boolean isAt(int at) {
        for (int i = 0; i < wanted.length; i++) {
            if (input.get(at + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
