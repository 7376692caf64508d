package io.sierra.server.connection;

import io.sierra.server.command.CommandSpec;
import io.sierra.server.command.CommandTable;
import io.sierra.server.resp.Arguments;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks numbers of arguments against the command table, with Redis's text for a wrong one. */
final class Arities {
    private final Map<CommandName, CommandSpec> specs = new EnumMap<>(CommandName.class);

    Arities(CommandTable table) {
        for (CommandName name : CommandName.values()) {
            CommandSpec spec = table.find(name.lowerCase());
            if (spec == null) {
                throw new IllegalStateException(name + " is not in the command table");
            }
            specs.put(name, spec);
        }
    }

    /** Text of the error if the request has too few or too many arguments; null if it has not. */
    @Nullable String problemWith(CommandName name, Arguments request) {
        CommandSpec spec = specs.get(name);
        if (spec == null || !spec.acceptsCount(request.count())) {
            return text(name.lowerCase());
        }
        for (CommandSpec subcommand : spec.subcommands()) {
            if (isNamed(subcommand, request) && !subcommand.acceptsCount(request.count())) {
                return text(name.lowerCase() + "|" + subcommand.name());
            }
        }
        return null;
    }

    /** The name of what is asked for: {@code get}, {@code client|id}. */
    String fullName(CommandName name, Arguments request) {
        CommandSpec spec = specs.get(name);
        if (spec != null) {
            for (CommandSpec subcommand : spec.subcommands()) {
                if (isNamed(subcommand, request)) {
                    return name.lowerCase() + "|" + subcommand.name();
                }
            }
        }
        return name.lowerCase();
    }

    /** A subcommand is named {@code client|setinfo}. */
    static String text(String command) {
        return "ERR wrong number of arguments for '" + command + "' command";
    }

    private static boolean isNamed(CommandSpec subcommand, Arguments request) {
        return request.count() > 1 && subcommand.name().equalsIgnoreCase(request.text(1));
    }
}
