package io.sierra.server.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every command that the server answers, as {@code commands.json} lists them. */
public final class CommandTable {
    private static final String RESOURCE = "commands.json";

    private final Map<String, CommandSpec> commands = new LinkedHashMap<>();

    private CommandTable(List<CommandSpec> commands) {
        for (CommandSpec command : commands) {
            this.commands.put(command.name(), command);
        }
    }

    /** Reads the table from the class path. */
    public static CommandTable load() {
        try (InputStream resource = CommandTable.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " is missing on the class path");
            }
            return new CommandTable(CommandTableReader.read(resource));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
    }

    /**
     * The command of this name, letters in any case; subcommands as {@code client|id}. Null if
     * there is none.
     */
    public @Nullable CommandSpec find(String name) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        int bar = lowerCase.indexOf('|');
        if (bar < 0) {
            return commands.get(lowerCase);
        }
        CommandSpec parent = commands.get(lowerCase.substring(0, bar));
        return parent == null ? null : findBelow(parent, lowerCase.substring(bar + 1));
    }

    /** All of them, in a fixed order. */
    public Collection<CommandSpec> all() {
        return commands.values();
    }

    private static @Nullable CommandSpec findBelow(CommandSpec parent, String name) {
        for (CommandSpec subcommand : parent.subcommands()) {
            if (subcommand.name().equals(name)) {
                return subcommand.below(parent);
            }
        }
        return null;
    }
}
