package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Numbers in headers, as strict as Redis: no plus sign, no leading zeros, no blanks. */
final class Lengths {
    /** What is no number, or none that matters: lengths of interest have ten digits at most. */
    static final long INVALID = Long.MIN_VALUE;

    private static final int MAX_DIGITS = 18;

    private Lengths() {}

    /** The number from {@code start} to before {@code end}, or {@link #INVALID}. */
    static long parse(ByteBuf in, int start, int end) {
        int first = start < end && in.getByte(start) == '-' ? start + 1 : start;
        int digits = end - first;
        if (digits < 1 || digits > MAX_DIGITS) {
            return INVALID;
        }
        if (in.getByte(first) == '0' && end - start > 1) {
            return INVALID;
        }
        long value = 0;
        for (int i = first; i < end; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9) {
                return INVALID;
            }
            value = value * 10 + digit;
        }
        return first == start ? value : -value;
    }

    /** Whether there is an optional sign and one to nineteen digits that fit 64 signed bits. */
    static boolean isNumber(ByteBuf in, int start, int end) {
        if (end - start > 2 * Long.BYTES + MAX_DIGITS) {
            return false;
        }
        String text = in.toString(start, end - start, StandardCharsets.US_ASCII);
        try {
            Long.parseLong(text);
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }
}
