package io.sierra.server.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 4096}, {@code 64KB}, {@code 256 MiB}, {@code 1g}. */
public final class ByteSize {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,18}) ?([kmgt]?)(i?b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";

    private ByteSize() {}

    /**
     * Bytes that the text stands for. KB and KiB both are 1024 bytes: buffers and files come in
     * powers of two, and a segment of "256MB" is meant to be the default one.
     *
     * @throws IllegalArgumentException if it is no size or more than a long holds
     */
    public static long parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: " + text);
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too large: " + text, e);
        }
    }

    /** The shortest exact form, for example {@code 256MB}. */
    public static String format(long bytes) {
        int power = 0;
        long value = bytes;
        while (power < UNITS.length() && value != 0 && value % 1024 == 0) {
            value /= 1024;
            power++;
        }
        return power == 0
                ? value + " bytes"
                : value + UNITS.substring(power - 1, power).toUpperCase(Locale.ROOT) + "B";
    }
}
