package io.sierra.server.resp;

import java.io.ByteArrayOutputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request as a person types it: words between blanks, with quotes as in Redis. Double quotes know
 * {@code \n \r \t \b \a \xHH} and take any other character after a backslash as it is; single
 * quotes know {@code \'} only.
 */
final class InlineCommand {
    private static final Set<String> HTTP_WORDS =
            Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PRI");

    private final byte[] line;
    private int position;

    private InlineCommand(byte[] line) {
        this.line = line;
    }

    /**
     * The request in a line.
     *
     * @return null if there is no word in it
     * @throws ProtocolException if a quote is not closed, or silently, if it is the beginning of an
     *     HTTP request: a web page may make a browser send commands in its body
     */
    static @Nullable Arguments parse(byte[] line) throws ProtocolException {
        Arguments words = new InlineCommand(line).words();
        if (words.count() == 0) {
            return null;
        }
        if (isHttp(words)) {
            throw ProtocolException.silent();
        }
        return words;
    }

    private static boolean isHttp(Arguments words) {
        if (words.is(0, "POST") || words.is(0, "HOST:")) {
            return true;
        }
        return HTTP_WORDS.contains(words.upperCaseName())
                && words.text(words.count() - 1).startsWith("HTTP/");
    }

    private Arguments words() throws ProtocolException {
        Arguments words = new Arguments(1);
        skipBlanks();
        while (position < line.length && line[position] != 0) {
            words.add(word());
            skipBlanks();
        }
        return words;
    }

    private byte[] word() throws ProtocolException {
        ByteArrayOutputStream word = new ByteArrayOutputStream();
        while (position < line.length && !isBlank(line[position]) && line[position] != 0) {
            byte next = line[position++];
            switch (next) {
                case '"' -> doubleQuoted(word);
                case '\'' -> singleQuoted(word);
                default -> word.write(next);
            }
        }
        return word.toByteArray();
    }

    private void doubleQuoted(ByteArrayOutputStream word) throws ProtocolException {
        while (at(position) != '"') {
            byte next = at(position++);
            word.write(next == '\\' ? escaped() : next);
        }
        endQuote();
    }

    private int escaped() throws ProtocolException {
        byte next = at(position++);
        if (next == 'x' && position + 1 < line.length) {
            int high = Character.digit(line[position], 16);
            int low = Character.digit(line[position + 1], 16);
            if (high >= 0 && low >= 0) {
                position += 2;
                return high << 4 | low;
            }
        }
        return switch (next) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 0x07;
            default -> next;
        };
    }

    private void singleQuoted(ByteArrayOutputStream word) throws ProtocolException {
        while (at(position) != '\'') {
            byte next = at(position++);
            if (next == '\\' && at(position) == '\'') {
                position++;
                next = '\'';
            }
            word.write(next);
        }
        endQuote();
    }

    /** Behind a closing quote there must be a blank or nothing. */
    private void endQuote() throws ProtocolException {
        position++;
        if (position < line.length && !isBlank(line[position])) {
            throw unbalanced();
        }
    }

    private byte at(int index) throws ProtocolException {
        if (index >= line.length || line[index] == 0) {
            throw unbalanced();
        }
        return line[index];
    }

    private void skipBlanks() {
        while (position < line.length && isBlank(line[position])) {
            position++;
        }
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static ProtocolException unbalanced() {
        return ProtocolException.of("unbalanced quotes in request");
    }
}
