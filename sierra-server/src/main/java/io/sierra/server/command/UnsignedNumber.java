package io.sierra.server.command;

/** Numbers of 64 unsigned bits in decimal text, with a plus sign and leading zeros if one likes. */
final class UnsignedNumber {
    /** Largest id that a partition can have. */
    static final int MAX_PARTITION_ID = 65_535;

    /** No number in range. */
    static final int NONE = -1;

    private static final long TENTH = Long.divideUnsigned(-1, 10);

    private UnsignedNumber() {}

    /** Whether the text is such a number. */
    static boolean isValid(byte[] text) {
        int start = start(text);
        if (start == text.length) {
            return false;
        }
        long value = 0;
        for (int i = start; i < text.length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || Long.compareUnsigned(value, TENTH) > 0) {
                return false;
            }
            long next = value * 10 + digit;
            if (Long.compareUnsigned(next, digit) < 0) {
                return false;
            }
            value = next;
        }
        return true;
    }

    /** The bits of a number that {@link #isValid}. */
    static long parse(byte[] text) {
        long value = 0;
        for (int i = start(text); i < text.length; i++) {
            value = value * 10 + (text[i] - '0');
        }
        return value;
    }

    /** The partition id that this text is; {@link #NONE} if it is no number up to 65535. */
    static int partitionId(byte[] text) {
        if (!isValid(text)) {
            return NONE;
        }
        long value = parse(text);
        return Long.compareUnsigned(value, MAX_PARTITION_ID) <= 0 ? (int) value : NONE;
    }

    /** The bits of a number that {@link #isValid}, cut to 2^63 - 1. */
    static long parseCut(byte[] text) {
        long value = parse(text);
        return value < 0 ? Long.MAX_VALUE : value;
    }

    private static int start(byte[] text) {
        return text.length > 0 && text[0] == '+' ? 1 : 0;
    }
}
