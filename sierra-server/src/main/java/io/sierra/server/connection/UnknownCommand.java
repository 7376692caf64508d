package io.sierra.server.connection;

import io.sierra.server.resp.Arguments;
import java.nio.charset.StandardCharsets;

/** Redis's answer to a command that it does not know; libraries look for its first words. */
final class UnknownCommand {
    private static final int MAX_LENGTH_BYTES = 128;

    private UnknownCommand() {}

    static String text(Arguments request) {
        StringBuilder text = new StringBuilder("ERR unknown command '");
        text.append(cut(request.bytes(0), MAX_LENGTH_BYTES));
        text.append("', with args beginning with: ");
        int start = text.length();
        for (int i = 1; i < request.count(); i++) {
            int room = MAX_LENGTH_BYTES - (text.length() - start);
            if (room <= 0) {
                break;
            }
            text.append('\'').append(cut(request.bytes(i), room)).append("' ");
        }
        return text.toString();
    }

    /** Up to a zero byte, as in C. */
    private static String cut(byte[] bytes, int maxLength) {
        int length = 0;
        while (length < Math.min(bytes.length, maxLength) && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
