package io.sierra.server.command;

import io.sierra.server.resp.Arguments;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every command that the server answers. */
public final class CommandTable {
    private final Map<String, CommandSpec> commands = new LinkedHashMap<>();

    CommandTable(List<CommandSpec> commands) {
        for (CommandSpec command : commands) {
            this.commands.put(command.name(), command);
        }
    }

    /** The command that a request names, letters in any case; null if there is no such command. */
    public @Nullable CommandSpec find(Arguments request) {
        return find(request.text(0));
    }

    /** The command of this name, letters in any case; null if there is none. */
    public @Nullable CommandSpec find(String name) {
        return commands.get(name.toLowerCase(Locale.ROOT));
    }

    /** All of them, in a fixed order. */
    public Collection<CommandSpec> all() {
        return commands.values();
    }
}
