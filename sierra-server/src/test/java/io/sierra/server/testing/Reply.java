package io.sierra.server.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A reply, taken apart.
 *
 * @param type first byte of its frame
 * @param text what a scalar holds, with a character for each byte
 * @param elements what an aggregate holds; keys and values in turn if it is a map
 */
public record Reply(char type, String text, List<Reply> elements) {

    /** The next reply that {@code client} gets. */
    public static Reply read(RespClient client) throws IOException {
        return parse(client.readFrame());
    }

    /** The only frame in {@code frame}. */
    public static Reply parse(String frame) {
        return new Parser(frame).next();
    }

    /** The null of either protocol. */
    public boolean isNull() {
        return type == '_' || (type == '$' && text.equals("-1"));
    }

    /** Whether it is an error; its text begins with the code. */
    public boolean isError() {
        return type == '-';
    }

    /** An integer. */
    public long number() {
        check(type == ':', "a number");
        return Long.parseLong(text);
    }

    /** A boolean, which RESP2 shows as 0 or 1. */
    public boolean bool() {
        check(type == '#' || type == ':', "a boolean");
        return text.equals("t") || text.equals("1");
    }

    /** A simple or bulk string. */
    public String string() {
        check((type == '+' || type == '$') && !isNull(), "a string");
        return text;
    }

    /** A map, which RESP2 shows as an array of keys and values. */
    public Map<String, Reply> map() {
        check(type == '%' || type == '*', "a map");
        Map<String, Reply> map = new LinkedHashMap<>();
        for (int i = 0; i < elements.size(); i += 2) {
            map.put(elements.get(i).string(), elements.get(i + 1));
        }
        return map;
    }

    /** What a map has under a key. */
    public Reply get(String key) {
        return Objects.requireNonNull(map().get(key), () -> key + " is not in " + this);
    }

    /** The events of a page. */
    public List<Reply> events() {
        return get("events").elements();
    }

    private void check(boolean condition, String expected) {
        if (!condition) {
            throw new AssertionError("expected " + expected + ", got " + this);
        }
    }

    private static final class Parser {
        private final String frame;
        private int position;

        Parser(String frame) {
            this.frame = frame;
        }

        Reply next() {
            int end = frame.indexOf("\r\n", position);
            char type = frame.charAt(position);
            String head = frame.substring(position + 1, end);
            position = end + 2;
            return switch (type) {
                case '$', '=' -> bulk(type, head);
                case '*', '~', '>' -> aggregate(type, Integer.parseInt(head));
                case '%' -> aggregate(type, 2 * Integer.parseInt(head));
                default -> new Reply(type, head, List.of());
            };
        }

        private Reply bulk(char type, String head) {
            int length = Integer.parseInt(head);
            if (length < 0) {
                return new Reply(type, head, List.of());
            }
            String body = frame.substring(position, position + length);
            position += length + 2;
            return new Reply(type, body, List.of());
        }

        private Reply aggregate(char type, int count) {
            List<Reply> elements = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                elements.add(next());
            }
            return new Reply(type, "", elements);
        }
    }
}
