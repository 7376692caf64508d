package io.sierra.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The contents of a configuration file.
 *
 * @param values by dotted key, known or not
 * @param nodes the entries of the array {@code nodes}, in its order
 */
record ConfigFile(Map<String, RawValue> values, List<Map<String, RawValue>> nodes) {
    static final ConfigFile EMPTY = new ConfigFile(Map.of(), List.of());

    /** In the order in which they are looked for. */
    static final List<String> EXTENSIONS = List.of("toml", "json", "yaml", "yml");

    private static final String NODES = "nodes";

    /** The files named {@code sierra} in a directory; the first one counts. */
    static List<Path> in(Path directory) {
        return EXTENSIONS.stream()
                .map(extension -> directory.resolve("sierra." + extension))
                .filter(Files::isRegularFile)
                .toList();
    }

    /**
     * Reads a file in the format that its extension names.
     *
     * @throws IllegalArgumentException if it cannot be read or parsed; the message says why
     */
    static ConfigFile read(Path file) {
        ObjectMapper mapper =
                mapper(file)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        file
                                                + ": the name must end in .toml, .json, .yaml"
                                                + " or .yml"));
        try {
            return of(mapper.readTree(Files.readAllBytes(file)), file);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + place(e.getLocation()) + ": " + firstLine(e.getOriginalMessage()), e);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<ObjectMapper> mapper(Path file) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return switch (extension) {
            case "toml" -> Optional.of(new TomlMapper());
            case "json" ->
                    Optional.of(
                            JsonMapper.builder()
                                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                                    .build());
            case "yaml", "yml" ->
                    Optional.of(
                            YAMLMapper.builder()
                                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                                    .build());
            default -> Optional.empty();
        };
    }

    private static ConfigFile of(JsonNode root, Path file) {
        if (root.isMissingNode() || root.isNull()) {
            return EMPTY;
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(file + ": must hold keys and values");
        }
        Map<String, RawValue> values = new LinkedHashMap<>();
        List<Map<String, RawValue>> nodes = new ArrayList<>();
        root.properties()
                .forEach(entry -> {
                    if (entry.getKey().equals(NODES) && entry.getValue().isArray()) {
                        addNodes(entry.getValue(), file, nodes);
                    } else {
                        flatten(entry.getKey(), entry.getValue(), file.toString(), values);
                    }
                });
        return new ConfigFile(values, nodes);
    }

    private static void addNodes(JsonNode array, Path file, List<Map<String, RawValue>> nodes) {
        for (JsonNode entry : array) {
            String origin = file + ", nodes[" + nodes.size() + "]";
            Map<String, RawValue> values = new LinkedHashMap<>();
            entry.properties()
                    .forEach(field -> flatten(field.getKey(), field.getValue(), origin, values));
            nodes.add(values);
        }
    }

    private static void flatten(
            String key, JsonNode node, String origin, Map<String, RawValue> values) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field ->
                            flatten(key + "." + field.getKey(), field.getValue(), origin, values));
        } else {
            values.put(key, new RawValue(text(node), origin));
        }
    }

    private static String text(JsonNode node) {
        if (!node.isArray()) {
            return node.asText();
        }
        List<String> elements = new ArrayList<>();
        node.forEach(element -> elements.add(element.asText()));
        return String.join(",", elements);
    }

    private static String place(JsonLocation location) {
        return location == null
                ? ""
                : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("cannot be parsed");
    }
}
