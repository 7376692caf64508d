package io.sierra.server.cli.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a server answers, as far as the tools here need to tell it apart. */
public sealed interface RespValue {

    /** Simple and bulk strings. */
    record Text(byte[] bytes) implements RespValue {
        /** As UTF-8. */
        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** An integer. */
    record Int(long value) implements RespValue {}

    /** A boolean. */
    record Bool(boolean value) implements RespValue {}

    /** Nothing. */
    record Null() implements RespValue {}

    /** Arrays and sets. */
    record Array(List<RespValue> elements) implements RespValue {}

    /** What the server says unasked; its first element tells the kind. */
    record Push(List<RespValue> elements) implements RespValue {}

    /** A map. */
    record Dictionary(Map<String, RespValue> entries) implements RespValue {
        /** What stands under a key, which must be there. */
        public RespValue get(String key) throws IOException {
            RespValue value = entries.get(key);
            if (value == null) {
                throw new IOException("the server's reply has no " + key);
            }
            return value;
        }

        /** The string under a key. */
        public String text(String key) throws IOException {
            return new String(bytes(key), StandardCharsets.UTF_8);
        }

        /** The bytes of the string under a key. */
        public byte[] bytes(String key) throws IOException {
            return switch (get(key)) {
                case Text(byte[] bytes) -> bytes;
                case RespValue other -> throw unexpected(other);
            };
        }

        /** The integer under a key. */
        public long number(String key) throws IOException {
            return get(key).asNumber();
        }
    }

    /** An error reply; begins with its code. */
    record Failed(String message) implements RespValue {
        /** The first word. */
        public String code() {
            int space = message.indexOf(' ');
            return space < 0 ? message : message.substring(0, space);
        }
    }

    /** This as an integer, or an exception if it is something else. */
    default long asNumber() throws IOException {
        return switch (this) {
            case Int(long value) -> value;
            case RespValue other -> throw unexpected(other);
        };
    }

    /** This as a map, or an exception if it is something else. */
    default Dictionary asDictionary() throws IOException {
        return switch (this) {
            case Dictionary dictionary -> dictionary;
            case RespValue other -> throw unexpected(other);
        };
    }

    /** The exception for a value that should not have come. */
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
