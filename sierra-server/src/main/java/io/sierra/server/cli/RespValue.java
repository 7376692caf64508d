package io.sierra.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a server answers, as far as the tools here need to tell it apart. */
sealed interface RespValue {

    /** Simple and bulk strings. */
    record Text(byte[] bytes) implements RespValue {
        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    record Int(long value) implements RespValue {}

    record Bool(boolean value) implements RespValue {}

    record Null() implements RespValue {}

    record Array(List<RespValue> elements) implements RespValue {}

    record Dictionary(Map<String, RespValue> entries) implements RespValue {
        RespValue get(String key) throws IOException {
            RespValue value = entries.get(key);
            if (value == null) {
                throw new IOException("the server's reply has no " + key);
            }
            return value;
        }

        String text(String key) throws IOException {
            return new String(bytes(key), StandardCharsets.UTF_8);
        }

        byte[] bytes(String key) throws IOException {
            return switch (get(key)) {
                case Text(byte[] bytes) -> bytes;
                case RespValue other -> throw unexpected(other);
            };
        }

        long number(String key) throws IOException {
            return get(key).asNumber();
        }
    }

    /** An error reply; begins with its code. */
    record Failed(String message) implements RespValue {
        String code() {
            int space = message.indexOf(' ');
            return space < 0 ? message : message.substring(0, space);
        }
    }

    default long asNumber() throws IOException {
        return switch (this) {
            case Int(long value) -> value;
            case RespValue other -> throw unexpected(other);
        };
    }

    default Dictionary asDictionary() throws IOException {
        return switch (this) {
            case Dictionary dictionary -> dictionary;
            case RespValue other -> throw unexpected(other);
        };
    }

    static IOException unexpected(RespValue value) {
        return value instanceof Failed(String message)
                ? new RefusedException(message)
                : new IOException("unexpected reply: " + value);
    }

    /** The server answered with an error; the connection is as good as before. */
    final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
