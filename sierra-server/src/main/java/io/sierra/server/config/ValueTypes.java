package io.sierra.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of values that options take. */
final class ValueTypes {
    /** Stands for a value that is worked out at start. */
    static final String AUTO = "auto";

    private ValueTypes() {}

    private record Described<T>(String allowed, Function<String, T> parser)
            implements ValueType<T> {
        @Override
        public T parse(String text) {
            return parser.apply(text.strip());
        }
    }

    static ValueType<Boolean> bool() {
        return new Described<>(
                "true or false",
                text ->
                        switch (text.toLowerCase(Locale.ROOT)) {
                            case "true", "1", "on", "yes" -> true;
                            case "false", "0", "off", "no" -> false;
                            default -> throw new IllegalArgumentException(text);
                        });
    }

    /** A whole number, both ends inclusive; {@code unit} may be empty. */
    static ValueType<Integer> integer(int min, int max, String unit) {
        String ofUnit = unit.isEmpty() ? "" : " of " + unit;
        return new Described<>(
                "a whole number" + ofUnit + ", " + min + " to " + max,
                text -> Math.toIntExact(inRange(Long.parseLong(text), min, max)));
    }

    /** A number of bytes, both ends inclusive. */
    static ValueType<Long> bytes(long min, long max) {
        return new Described<>(
                "a size, "
                        + ByteSize.format(min)
                        + " to "
                        + ByteSize.format(max)
                        + ", in bytes or like \"64KB\", \"256MB\", \"1GB\"",
                text -> inRange(ByteSize.parse(text), min, max));
    }

    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type, Function<E, String> name) {
        List<E> constants = List.of(type.getEnumConstants());
        return new Described<>(
                constants.stream().map(name).collect(Collectors.joining(", ")),
                text ->
                        constants.stream()
                                .filter(constant -> name.apply(constant).equalsIgnoreCase(text))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException(text)));
    }

    static ValueType<Path> path() {
        return new Described<>(
                "a path",
                text -> {
                    if (text.isEmpty()) {
                        throw new IllegalArgumentException("empty");
                    }
                    return Path.of(text);
                });
    }

    static ValueType<HostAndPort> address() {
        return new Described<>(
                "an address and a port like 0.0.0.0:9090 or [::1]:9090", HostAndPort::parse);
    }

    static ValueType<String> text() {
        return new Described<>("a text", Function.identity());
    }

    /** Any number of ids, in files as an array, elsewhere with commas between them. */
    static ValueType<List<Integer>> ids() {
        ValueType<Integer> id = integer(0, 65_535, "");
        return new Described<>(
                "a list of ids, 0 to 65535",
                text ->
                        text.isEmpty()
                                ? List.of()
                                : Stream.of(text.split(",", -1)).map(id::parse).toList());
    }

    /** The values of {@code type}, or {@value #AUTO} for none. */
    static <T> ValueType<Optional<T>> autoOr(ValueType<T> type) {
        return new Described<>(
                type.allowed() + ", or \"auto\"",
                text -> text.equals(AUTO) ? Optional.empty() : Optional.of(type.parse(text)));
    }

    private static long inRange(long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is not in " + min + " to " + max);
        }
        return value;
    }
}
