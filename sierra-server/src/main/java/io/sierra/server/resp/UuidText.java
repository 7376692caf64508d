package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** UUIDs as text, straight into a buffer. */
public final class UuidText {
    /** Characters of a UUID. */
    public static final int LENGTH = 36;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private UuidText() {}

    /** {@value #LENGTH} characters, lower case, hyphenated 8-4-4-4-12. */
    public static void write(long mostSignificantBits, long leastSignificantBits, ByteBuf out) {
        digits(mostSignificantBits >>> 32, 8, out);
        out.writeByte('-');
        digits(mostSignificantBits >>> 16, 4, out);
        out.writeByte('-');
        digits(mostSignificantBits, 4, out);
        out.writeByte('-');
        digits(leastSignificantBits >>> 48, 4, out);
        out.writeByte('-');
        digits(leastSignificantBits, 12, out);
    }

    /** The low {@code count} hex digits of {@code value}. */
    private static void digits(long value, int count, ByteBuf out) {
        for (int shift = 4 * (count - 1); shift >= 0; shift -= 4) {
            out.writeByte(HEX[(int) (value >>> shift) & 0xF]);
        }
    }
}
