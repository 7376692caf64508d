package io.sierra.server.command;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * UUIDs as clients write them: hyphenated, in braces, with {@code urn:uuid:} in front, or as 32
 * digits. Digits in any case, white space around is dropped, any version and variant will do.
 */
final class UuidParser {
    private static final int HYPHENATED_LENGTH = 36;
    private static final int PLAIN_LENGTH = 32;
    private static final String URN_PREFIX = "urn:uuid:";

    /** Where the groups of 8, 4, 4, 4 and 12 digits begin, and where they end without hyphens. */
    private static final int[] GROUP_STARTS = {0, 8, 12, 16, 20, 32};

    private UuidParser() {}

    /** The UUID, or null if the text is none. */
    static @Nullable UUID parse(byte[] text) {
        if (text.length == HYPHENATED_LENGTH) {
            UUID uuid = hyphenated(text, 0);
            if (uuid != null) {
                return uuid;
            }
        }
        String trimmed = trim(new String(text, StandardCharsets.UTF_8));
        byte[] rest = trimmed.getBytes(StandardCharsets.UTF_8);
        return switch (rest.length) {
            case PLAIN_LENGTH -> groups(rest, 0, 0);
            case HYPHENATED_LENGTH -> hyphenated(rest, 0);
            case HYPHENATED_LENGTH + 2 ->
                    trimmed.startsWith("{") && trimmed.endsWith("}") ? hyphenated(rest, 1) : null;
            case HYPHENATED_LENGTH + 9 ->
                    trimmed.startsWith(URN_PREFIX) ? hyphenated(rest, URN_PREFIX.length()) : null;
            default -> null;
        };
    }

    private static @Nullable UUID hyphenated(byte[] text, int start) {
        boolean hasHyphens =
                text[start + 8] == '-'
                        && text[start + 13] == '-'
                        && text[start + 18] == '-'
                        && text[start + 23] == '-';
        return hasHyphens ? groups(text, start, 1) : null;
    }

    /** The UUID whose groups stand {@code gap} characters apart. */
    private static @Nullable UUID groups(byte[] text, int start, int gap) {
        long high = 0;
        long low = 0;
        for (int group = 0; group < 5; group++) {
            int offset = start + group * gap;
            int end = offset + GROUP_STARTS[group + 1];
            for (int i = offset + GROUP_STARTS[group]; i < end; i++) {
                if (!HexFormat.isHexDigit(text[i])) {
                    return null;
                }
                long digit = HexFormat.fromHexDigit(text[i]);
                if (group < 3) {
                    high = high << 4 | digit;
                } else {
                    low = low << 4 | digit;
                }
            }
        }
        return new UUID(high, low);
    }

    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (start < end && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
