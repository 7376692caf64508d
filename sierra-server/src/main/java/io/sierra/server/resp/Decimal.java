package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Decimal text of numbers, straight into a buffer. */
final class Decimal {
    private static final int LARGEST_SMALL = 999;

    private Decimal() {}

    /** Most numbers in replies are counts, lengths and single digits, so those are quick. */
    static void write(long value, ByteBuf out) {
        if (value >= 0 && value <= 9) {
            out.writeByte('0' + (int) value);
        } else if (value >= 0 && value <= LARGEST_SMALL) {
            writeSmall((int) value, out);
        } else if (value == Long.MIN_VALUE) {
            ByteBufUtil.writeAscii(out, "-9223372036854775808");
        } else {
            writeLarge(value, out);
        }
    }

    private static void writeSmall(int value, ByteBuf out) {
        if (value >= 100) {
            out.writeByte('0' + value / 100);
        }
        out.writeByte('0' + value / 10 % 10);
        out.writeByte('0' + value % 10);
    }

    private static void writeLarge(long value, ByteBuf out) {
        long rest = value;
        if (value < 0) {
            out.writeByte('-');
            rest = -value;
        }
        int end = out.writerIndex() + digitsOf(rest);
        out.ensureWritable(end - out.writerIndex());
        for (int i = end - 1; i >= out.writerIndex(); i--) {
            out.setByte(i, '0' + (int) (rest % 10));
            rest /= 10;
        }
        out.writerIndex(end);
    }

    /** The same into an array; where it ends. {@code value} is not the smallest long. */
    static int write(long value, byte[] out, int offset) {
        int begin = offset;
        long rest = value;
        if (value < 0) {
            out[begin++] = '-';
            rest = -value;
        }
        int end = begin + digitsOf(rest);
        for (int i = end - 1; i >= begin; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return end;
    }

    private static int digitsOf(long positive) {
        int digits = 1;
        for (long bound = 10; positive >= bound && digits < 19; bound *= 10) {
            digits++;
        }
        return digits;
    }
}
