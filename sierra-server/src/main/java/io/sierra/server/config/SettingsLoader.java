package io.sierra.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gathers settings from where they may be written: defaults, then a file, then the environment,
 * then this node's entry in the file's {@code [[nodes]]}, then flags; a later one wins.
 */
public final class SettingsLoader {
    /** Variables that begin like settings and belong to the launcher. */
    private static final List<String> OTHER_VARIABLES = List.of("SIERRA_JAVA_OPTS", "SIERRA_HEAP");

    private final Host host;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, RawValue> values = new LinkedHashMap<>();

    private SettingsLoader(Host host) {
        this.host = host;
    }

    /**
     * Settings, and what the user should be told about them.
     *
     * @param warnings one line each
     */
    public record Loaded(Settings settings, List<String> warnings) {}

    /**
     * Gathers and checks all settings.
     *
     * @param configFile the only file to read; null to look for {@code sierra.toml} and the like in
     *     the working directory, then in the user's configuration directory
     * @param flags values of the command line by key; what was not given is absent
     * @throws SettingsException with everything that is wrong
     */
    public static Loaded load(Host host, @Nullable Path configFile, Map<String, String> flags)
            throws SettingsException {
        SettingsLoader loader = new SettingsLoader(host);
        loader.gather(loader.readFile(configFile), flags);
        loader.reportUnknownKeys();
        Settings settings = new SettingsBuilder(loader.values, host, loader.problems).build();
        if (settings == null) {
            throw new SettingsException(loader.problems);
        }
        loader.warnOfUnusedKeys();
        return new Loaded(settings, List.copyOf(loader.warnings));
    }

    private ConfigFile readFile(@Nullable Path named) {
        Path file = named == null ? find() : host.workingDirectory().resolve(named);
        if (file == null) {
            return ConfigFile.EMPTY;
        }
        try {
            return ConfigFile.read(file);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return ConfigFile.EMPTY;
        }
    }

    private @Nullable Path find() {
        List<Path> found = new ArrayList<>(ConfigFile.in(host.workingDirectory()));
        found.addAll(ConfigFile.in(host.configDirectory()));
        if (found.size() > 1) {
            warnings.add(
                    "configuration is read from "
                            + found.getFirst()
                            + " and not from "
                            + found.stream()
                                    .skip(1)
                                    .map(Path::toString)
                                    .collect(Collectors.joining(", ")));
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private void gather(ConfigFile file, Map<String, String> flags) {
        Map<String, RawValue> fromFlags = new HashMap<>();
        flags.forEach((key, text) -> fromFlags.put(key, new RawValue(text, flagName(key))));

        values.putAll(file.values());
        values.putAll(environment());
        RawValue index = fromFlags.getOrDefault("node.index", values.get("node.index"));
        values.putAll(entryOf(file, index));
        values.putAll(fromFlags);
        if (!file.nodes().isEmpty()) {
            values.putIfAbsent(
                    "node.count", new RawValue("" + file.nodes().size(), "number of [[nodes]]"));
        }
    }

    private Map<String, RawValue> environment() {
        Map<String, String> keys = new HashMap<>();
        Options.ALL.values().forEach(option -> keys.put(option.environmentName(), option.key()));
        Map<String, RawValue> found = new LinkedHashMap<>();
        new TreeMap<>(host.environment())
                .forEach((name, text) -> {
                    String key = keys.get(name.replace('.', '_').toUpperCase(Locale.ROOT));
                    if (key != null) {
                        found.put(key, new RawValue(text, name));
                    } else if (name.startsWith(Option.ENVIRONMENT_PREFIX)
                            && !OTHER_VARIABLES.contains(name)) {
                        warnings.add(
                                "environment variable "
                                        + name
                                        + " is not a setting"
                                        + hint(name, keys.keySet()));
                    }
                });
        return found;
    }

    /** A wrong index is reported when the settings are built. */
    private static Map<String, RawValue> entryOf(ConfigFile file, @Nullable RawValue index) {
        int number;
        try {
            number = index == null ? 0 : Integer.parseInt(index.text());
        } catch (NumberFormatException e) {
            return Map.of();
        }
        boolean exists = number >= 0 && number < file.nodes().size();
        return exists ? file.nodes().get(number) : Map.of();
    }

    private static String flagName(String key) {
        String name = key.substring(key.startsWith("network.") ? "network.".length() : 0);
        return "--" + name.replace('.', '-').replace('_', '-');
    }

    private void reportUnknownKeys() {
        values.forEach((key, value) -> {
            if (!Options.ALL.containsKey(key)) {
                problems.add(
                        key
                                + " ("
                                + value.origin()
                                + "): there is no such key"
                                + hint(key, Options.ALL.keySet()));
            }
        });
    }

    private static String hint(String word, Collection<String> known) {
        String group =
                known.stream()
                        .filter(key -> key.startsWith(word + "."))
                        .collect(Collectors.joining(", "));
        return group.isEmpty()
                ? DidYouMean.nearest(word, known)
                        .map(key -> "; did you mean " + key + "?")
                        .orElse("")
                : "; it is a group of " + group;
    }

    /** A key left at its default asks for nothing that would be missing. */
    private void warnOfUnusedKeys() {
        String keys =
                Options.ALL.values().stream()
                        .filter(option -> !option.isUsed())
                        .filter(this::isChanged)
                        .map(option -> option.key() + " (" + option.unused() + ")")
                        .collect(Collectors.joining(", "));
        if (!keys.isEmpty()) {
            warnings.add("accepted, not used: " + keys);
        }
    }

    private boolean isChanged(Option<?> option) {
        RawValue value = values.get(option.key());
        return value != null && !option.type().parse(value.text()).equals(option.defaultValue());
    }
}
