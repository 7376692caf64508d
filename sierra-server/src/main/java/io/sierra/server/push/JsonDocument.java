package io.sierra.server.push;

/**
 * Tells JSON (RFC 8259) from other data, without an object or exception being made: most payloads
 * are JSON, and every one that is sent as text of JSON is looked at. Used by one thread at a time.
 */
final class JsonDocument {
    /** A document nested deeper is taken for text; readers have such limits, too. */
    static final int MAX_DEPTH = 500;

    private static final byte[] NOTHING = {};
    private static final int HEX_DIGITS = 4;

    private byte[] data = NOTHING;
    private int end;
    private int position;
    private int depth;

    /**
     * Whether the first {@code length} bytes are one JSON value with nothing but blanks around.
     *
     * @param utf8 known to be well-formed UTF-8
     */
    boolean is(byte[] utf8, int length) {
        data = utf8;
        end = length;
        position = 0;
        depth = 0;
        boolean isDocument = value() && position == end;
        data = NOTHING;
        return isDocument;
    }

    /** A value with blanks around it. */
    private boolean value() {
        skipBlanks();
        boolean isValue =
                switch (peek()) {
                    case '{' -> object();
                    case '[' -> array();
                    case '"' -> string();
                    case 't' -> word("true");
                    case 'f' -> word("false");
                    case 'n' -> word("null");
                    default -> number();
                };
        skipBlanks();
        return isValue;
    }

    private boolean object() {
        if (!enter('{')) {
            return false;
        }
        if (take('}')) {
            return leave();
        }
        do {
            skipBlanks();
            if (!string()) {
                return false;
            }
            skipBlanks();
            if (!take(':') || !value()) {
                return false;
            }
        } while (take(','));
        return take('}') && leave();
    }

    private boolean array() {
        if (!enter('[')) {
            return false;
        }
        if (take(']')) {
            return leave();
        }
        do {
            if (!value()) {
                return false;
            }
        } while (take(','));
        return take(']') && leave();
    }

    private boolean enter(char bracket) {
        depth++;
        boolean isEntered = take(bracket) && depth <= MAX_DEPTH;
        skipBlanks();
        return isEntered;
    }

    private boolean leave() {
        depth--;
        return true;
    }

    private boolean string() {
        if (!take('"')) {
            return false;
        }
        while (position < end) {
            byte next = data[position++];
            if (next == '"') {
                return true;
            }
            boolean isControl = next >= 0 && next < ' ';
            if (isControl || (next == '\\' && !escape())) {
                return false;
            }
        }
        return false;
    }

    /** What follows a backslash. */
    private boolean escape() {
        char kind = peek();
        position++;
        return switch (kind) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
            case 'u' -> hexDigits();
            default -> false;
        };
    }

    private boolean hexDigits() {
        int digitsEnd = position + HEX_DIGITS;
        while (position < digitsEnd && Character.digit(peek(), 16) >= 0) {
            position++;
        }
        return position == digitsEnd;
    }

    private boolean number() {
        take('-');
        if (!take('0') && !digits()) {
            return false;
        }
        if (take('.') && !digits()) {
            return false;
        }
        if (take('e') || take('E')) {
            skipSign();
            return digits();
        }
        return true;
    }

    private void skipSign() {
        if (peek() == '+' || peek() == '-') {
            position++;
        }
    }

    /** At least one. */
    private boolean digits() {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        return position > start;
    }

    private boolean word(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!take(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
            position++;
        }
    }

    private boolean take(char wanted) {
        boolean isThere = peek() == wanted;
        if (isThere) {
            position++;
        }
        return isThere;
    }

    /**
     * The next byte, which matters only if it is ASCII; 0, which is nowhere allowed, at the end.
     */
    private char peek() {
        return position < end ? (char) (data[position] & 0xFF) : 0;
    }
}
