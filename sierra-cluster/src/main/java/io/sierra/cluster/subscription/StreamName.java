package io.sierra.cluster.subscription;

import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A stream id as the key of a map that is looked into for every new event. */
final class StreamName {
    private byte[] utf8;
    private int lengthBytes;
    private int hash;

    private StreamName(byte[] utf8, int lengthBytes) {
        this.utf8 = utf8;
        this.lengthBytes = lengthBytes;
        this.hash = hashOf(utf8, lengthBytes);
    }

    /** A key that stays as it is. */
    static StreamName of(byte[] utf8) {
        return new StreamName(utf8, utf8.length);
    }

    /** A key to look up with: takes the name of one event after the other. */
    static StreamName probe() {
        return new StreamName(new byte[0], 0);
    }

    /** Turns this probe into the name of the event's stream. */
    StreamName set(EventView event) {
        lengthBytes = event.streamIdLengthBytes();
        if (utf8.length < lengthBytes) {
            utf8 = new byte[lengthBytes];
        }
        event.copyStreamId(ByteBuffer.wrap(utf8, 0, lengthBytes).slice());
        hash = hashOf(utf8, lengthBytes);
        return this;
    }

    private static int hashOf(byte[] bytes, int lengthBytes) {
        int hash = 1;
        for (int i = 0; i < lengthBytes; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamName that
                && Arrays.equals(utf8, 0, lengthBytes, that.utf8, 0, that.lengthBytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
