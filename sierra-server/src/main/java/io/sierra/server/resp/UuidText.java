package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** UUIDs as text, straight into a buffer. */
public final class UuidText {
    /** Characters of a UUID. */
    public static final int LENGTH = 36;

    /** The low four bits of each of eight bytes. */
    private static final long NIBBLES = 0x0F0F_0F0F_0F0F_0F0FL;

    /** One in each of eight bytes. */
    private static final long ONES = 0x0101_0101_0101_0101L;

    /** How far {@code a} is from where it would be if it came right behind {@code 9}. */
    private static final int GAP_BEFORE_LETTERS = 'a' - '9' - 1;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private UuidText() {}

    /** {@value #LENGTH} characters, lower case, hyphenated 8-4-4-4-12. */
    public static void write(long mostSignificantBits, long leastSignificantBits, ByteBuf out) {
        out.ensureWritable(LENGTH);
        long second = digits(mostSignificantBits);
        long third = digits(leastSignificantBits >>> Integer.SIZE);
        out.writeLong(digits(mostSignificantBits >>> Integer.SIZE));
        out.writeByte('-');
        out.writeInt((int) (second >>> Integer.SIZE));
        out.writeByte('-');
        out.writeInt((int) second);
        out.writeByte('-');
        out.writeInt((int) (third >>> Integer.SIZE));
        out.writeByte('-');
        out.writeInt((int) third);
        out.writeLong(digits(leastSignificantBits));
    }

    /** The same into an array. */
    static void write(long mostSignificantBits, long leastSignificantBits, byte[] out, int offset) {
        long second = digits(mostSignificantBits);
        long third = digits(leastSignificantBits >>> Integer.SIZE);
        LONG.set(out, offset, digits(mostSignificantBits >>> Integer.SIZE));
        out[offset + 8] = '-';
        INT.set(out, offset + 9, (int) (second >>> Integer.SIZE));
        out[offset + 13] = '-';
        INT.set(out, offset + 14, (int) second);
        out[offset + 18] = '-';
        INT.set(out, offset + 19, (int) (third >>> Integer.SIZE));
        out[offset + 23] = '-';
        INT.set(out, offset + 24, (int) third);
        LONG.set(out, offset + 28, digits(leastSignificantBits));
    }

    /** The eight hex digits of the low 32 bits, the first one in the highest byte. */
    private static long digits(long value) {
        long nibbles = Long.expand(value & 0xFFFF_FFFFL, NIBBLES);
        // A nibble of 10 or more carries into the upper half of its byte when 6 is added.
        long letters = ((nibbles + 6 * ONES) >>> 4) & ONES;
        return nibbles + '0' * ONES + letters * GAP_BEFORE_LETTERS;
    }
}
