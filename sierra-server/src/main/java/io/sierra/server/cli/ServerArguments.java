package io.sierra.server.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags that a server was started with and their values. */
final class ServerArguments {
    private final Map<ServerFlag, String> values;
    private final List<Logging.Directive> log;

    /**
     * These flags with these values.
     *
     * @throws IllegalArgumentException if a level of the log is unknown; says which
     */
    ServerArguments(Map<ServerFlag, String> values) {
        this.values = values;
        String levels = values.get(ServerFlag.LOG);
        this.log = levels == null ? List.of() : Logging.Directive.parse(levels);
    }

    /**
     * Reads arguments that are nothing but flags of a server with their values, which is how a
     * server is started. Everything else is picocli's: subcommands, help, other ways to write a
     * flag, and what is wrong. Without picocli a start is much shorter
     * (docs/benchmarks/2026-12-01-start.md).
     *
     * @return null if picocli has to read them
     */
    static @Nullable ServerArguments parse(String... arguments) {
        Map<ServerFlag, String> values = new EnumMap<>(ServerFlag.class);
        Iterator<String> words = List.of(arguments).iterator();
        while (words.hasNext()) {
            String word = words.next();
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            if (equals < 0 && !words.hasNext()) {
                return null;
            }
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? words.next() : word.substring(equals + 1);
            ServerFlag flag = ServerFlag.named(name);
            if (flag == null || !isPlain(value) || values.put(flag, value) != null) {
                return null;
            }
        }
        try {
            return new ServerArguments(values);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** Whether it means what it says: another flag, a file of arguments and quotes do not. */
    private static boolean isPlain(String value) {
        return !value.isEmpty() && "-@\"'".indexOf(value.charAt(0)) < 0;
    }

    /** Settings by their keys. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        values.forEach((flag, value) -> {
            if (flag.setting() != null) {
                settings.put(flag.setting(), value);
            }
        });
        return settings;
    }

    /** The configuration file, null if none was named. */
    @Nullable Path configFile() {
        String file = values.get(ServerFlag.CONFIG);
        return file == null ? null : Path.of(file);
    }

    /** What is to be logged besides what always is. */
    List<Logging.Directive> log() {
        return log;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerArguments that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
