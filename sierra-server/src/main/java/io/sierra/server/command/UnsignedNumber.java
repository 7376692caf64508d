package io.sierra.server.command;

/** Numbers of 64 unsigned bits in decimal text, with a plus sign and leading zeros if one likes. */
final class UnsignedNumber {
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

    private static int start(byte[] text) {
        return text.length > 0 && text[0] == '+' ? 1 : 0;
    }
}
