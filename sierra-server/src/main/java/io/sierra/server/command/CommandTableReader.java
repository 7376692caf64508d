package io.sierra.server.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code commands.json}. Without data binding, because every start does it, and would be
 * longer with it (docs/benchmarks/2026-12-01-start.md).
 */
final class CommandTableReader {
    private final JsonParser json;

    private CommandTableReader(JsonParser json) {
        this.json = json;
    }

    static List<CommandSpec> read(InputStream in) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(in)) {
            json.nextToken();
            CommandTableReader reader = new CommandTableReader(json);
            return reader.list(reader::command);
        }
    }

    /** Reads the value whose first token is the parser's, up to its last token. */
    private interface Value<T> {
        T read() throws IOException;
    }

    /** The fields of a command or an argument; the table leaves out what is empty. */
    private static final class Fields {
        final Map<String, String> scalars = new HashMap<>();
        final Map<String, List<String>> words = new HashMap<>();
        List<ArgumentSpec> arguments = List.of();
        List<CommandSpec> subcommands = List.of();

        String text(String name, String otherwise) {
            String text = scalars.remove(name);
            return text == null ? otherwise : text;
        }

        int number(String name) {
            return Integer.parseInt(text(name, "0"));
        }

        List<String> words(String name) {
            List<String> list = words.remove(name);
            return list == null ? List.of() : list;
        }

        /** To be called when all have been taken. */
        void checkNothingIsLeft() throws IOException {
            if (!scalars.isEmpty() || !words.isEmpty()) {
                throw new IOException("unknown fields " + scalars.keySet() + words.keySet());
            }
        }
    }

    private <T> List<T> list(Value<T> element) throws IOException {
        List<T> list = new ArrayList<>();
        for (JsonToken next; (next = json.nextToken()) != JsonToken.END_ARRAY; ) {
            if (next == null) {
                throw new IOException("the list is cut off");
            }
            list.add(element.read());
        }
        return List.copyOf(list);
    }

    private Fields fields() throws IOException {
        Fields fields = new Fields();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            boolean isList = json.nextToken() == JsonToken.START_ARRAY;
            switch (name) {
                case "arguments" -> fields.arguments = list(this::argument);
                case "subcommands" -> fields.subcommands = list(this::command);
                default -> {
                    if (isList) {
                        fields.words.put(name, list(json::getText));
                    } else {
                        fields.scalars.put(name, json.getText());
                    }
                }
            }
        }
        return fields;
    }

    private CommandSpec command() throws IOException {
        Fields fields = fields();
        CommandSpec command =
                new CommandSpec(
                        fields.text("name", ""),
                        fields.number("arity"),
                        fields.words("flags"),
                        fields.number("firstKey"),
                        fields.number("lastKey"),
                        fields.number("keyStep"),
                        fields.words("aclCategories"),
                        fields.text("summary", ""),
                        fields.text("group", ""),
                        fields.text("complexity", "O(1)"),
                        fields.arguments,
                        fields.subcommands);
        fields.checkNothingIsLeft();
        return command;
    }

    private ArgumentSpec argument() throws IOException {
        Fields fields = fields();
        String token = fields.scalars.remove("token");
        ArgumentSpec argument =
                new ArgumentSpec(
                        fields.text("name", ""),
                        fields.text("type", ""),
                        token,
                        fields.words("flags"),
                        fields.arguments);
        fields.checkNothingIsLeft();
        return argument;
    }
}
