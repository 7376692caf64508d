package io.sierra.protocol.id;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Name of a stream: 1 to {@value #MAX_LENGTH_BYTES} bytes of UTF-8 without a zero byte.
 *
 * <p>The name's version 5 UUID is computed once, here: it is the partition key of every stream that
 * was not given another one, and what the indexes know the stream by.
 */
public final class StreamId {
    /** Longest name, in bytes of UTF-8. */
    public static final int MAX_LENGTH_BYTES = 64;

    private final byte[] utf8;
    private final PartitionKey defaultPartitionKey;

    private StreamId(byte[] utf8) {
        this.utf8 = utf8;
        this.defaultPartitionKey = NameUuid.of(utf8);
    }

    /**
     * The stream of this name.
     *
     * @throws IllegalArgumentException if {@link #problemWith} finds one
     */
    public static StreamId of(String name) {
        return ofUtf8(name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The stream with this name in UTF-8. The caller leaves the array as it is from then on and has
     * checked that it is UTF-8.
     *
     * @throws IllegalArgumentException if {@link #problemWith} finds one
     */
    public static StreamId ofUtf8(byte[] utf8) {
        String problem = problemWith(utf8);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return new StreamId(utf8);
    }

    /** Why these bytes are no stream id, in the words that clients know; null if they are one. */
    public static @Nullable String problemWith(byte[] utf8) {
        if (utf8.length < 1 || utf8.length > MAX_LENGTH_BYTES) {
            return "stream id must be between 1 and 64 characters in length, but got "
                    + utf8.length
                    + " for '"
                    + new String(utf8, StandardCharsets.UTF_8)
                    + "'";
        }
        for (byte b : utf8) {
            if (b == 0) {
                return "stream id cannot contain null bytes";
            }
        }
        return null;
    }

    /** Length of the name in bytes, 1 to {@value #MAX_LENGTH_BYTES}. */
    public int lengthBytes() {
        return utf8.length;
    }

    /** The name's bytes; not a copy, not to be changed. */
    public byte[] utf8() {
        return utf8;
    }

    /** Partition key of the stream unless its writer names another: the name's version 5 UUID. */
    public PartitionKey defaultPartitionKey() {
        return defaultPartitionKey;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamId that && Arrays.equals(utf8, that.utf8);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(defaultPartitionKey.leastSignificantBits());
    }

    @Override
    public String toString() {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
