package io.sierra.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request: the command's name at index 0 and its arguments from index 1. The byte arrays belong
 * to whoever takes them; nobody else keeps them.
 */
public final class Arguments {
    private static final int INITIAL_CAPACITY = 8;

    private byte[][] values;

    /** Null as long as everything is a bulk string, which is nearly always. */
    private ArgumentKind @Nullable [] kinds;

    private int count;
    private @Nullable String refusal;

    Arguments(int expectedCount) {
        values = new byte[Math.min(expectedCount, INITIAL_CAPACITY)][];
    }

    /** A request of bulk strings in UTF-8. */
    public static Arguments of(String name, String... arguments) {
        Arguments request = new Arguments(1 + arguments.length);
        request.add(name.getBytes(StandardCharsets.UTF_8));
        for (String argument : arguments) {
            request.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return request;
    }

    /** How many elements there are, the name included. */
    public int count() {
        return count;
    }

    /** Bytes of an element; digits of a number; empty where the kind has no text. */
    public byte[] bytes(int index) {
        assert index < count;
        return values[index];
    }

    /** What the element was on the wire. */
    public ArgumentKind kind(int index) {
        assert index < count;
        ArgumentKind[] known = kinds;
        return known == null ? ArgumentKind.BULK : known[index];
    }

    /** The element as UTF-8; malformed parts are replaced. */
    public String text(int index) {
        return new String(bytes(index), StandardCharsets.UTF_8);
    }

    /** The command's name with its ASCII letters in upper case. */
    public String upperCaseName() {
        byte[] name = bytes(0);
        byte[] upper = new byte[name.length];
        for (int i = 0; i < name.length; i++) {
            upper[i] = (byte) upperCase(name[i]);
        }
        return new String(upper, StandardCharsets.UTF_8);
    }

    /**
     * Whether the element is text that equals {@code keyword}, ASCII letters in any case.
     *
     * @param keyword in upper case ASCII
     */
    public boolean is(int index, String keyword) {
        return equalsIgnoringCase(bytes(index), keyword) && kind(index).isText();
    }

    /**
     * Whether this is a request for the command of this name, ASCII letters in any case.
     *
     * @param name in upper case ASCII
     */
    public boolean isNamed(String name) {
        return equalsIgnoringCase(bytes(0), name);
    }

    /**
     * Why the request is not to be carried out though it was well formed, as text of an error
     * reply: it was larger than the limits, and its bytes are gone. Null for an ordinary request.
     */
    public @Nullable String refusal() {
        return refusal;
    }

    void add(byte[] bulk) {
        add(ArgumentKind.BULK, bulk);
    }

    void add(ArgumentKind kind, byte[] value) {
        if (count == values.length) {
            grow();
        }
        if (kind != ArgumentKind.BULK || kinds != null) {
            kindsForWriting()[count] = kind;
        }
        values[count++] = value;
    }

    /** Drops what has been collected: nobody will look at it. */
    void refuse(String text) {
        refusal = text;
        values = new byte[][] {};
        kinds = null;
        count = 0;
    }

    private void grow() {
        int capacity = Math.max(INITIAL_CAPACITY, values.length * 2);
        values = Arrays.copyOf(values, capacity);
        if (kinds != null) {
            kinds = Arrays.copyOf(kinds, capacity);
        }
    }

    private ArgumentKind[] kindsForWriting() {
        ArgumentKind[] known = kinds;
        if (known == null) {
            known = new ArgumentKind[values.length];
            Arrays.fill(known, ArgumentKind.BULK);
            kinds = known;
        }
        return known;
    }

    private static boolean equalsIgnoringCase(byte[] value, String upperCase) {
        if (value.length != upperCase.length()) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (upperCase(value[i]) != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int upperCase(byte letter) {
        return letter >= 'a' && letter <= 'z' ? letter - ('a' - 'A') : letter;
    }

    @Override
    public String toString() {
        return count == 0
                ? "(refused)"
                : text(0).toUpperCase(Locale.ROOT) + " with " + (count - 1) + " arguments";
    }
}
