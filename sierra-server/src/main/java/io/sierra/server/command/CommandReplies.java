package io.sierra.server.command;

import io.sierra.server.resp.RespWriter;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Replies to {@code COMMAND} and its subcommands. The kinds of strings matter: redis-cli asserts
 * that keys and texts are bulk strings and that flags are simple ones, and aborts otherwise.
 */
public final class CommandReplies {
    private static final String SINCE = "0.1.0";

    private final CommandTable table;

    /** Replies about the commands of {@code table}. */
    public CommandReplies(CommandTable table) {
        this.table = table;
    }

    /** {@code COMMAND}: an array with all commands. */
    public void commands(RespWriter writer) {
        infos(table.all(), writer);
    }

    /** {@code COMMAND COUNT}. */
    public void count(RespWriter writer) {
        writer.integer(table.all().size());
    }

    /** {@code COMMAND LIST}: an array of names. */
    public void list(RespWriter writer) {
        writer.arrayHeader(table.all().size());
        table.all().forEach(command -> writer.bulk(command.name()));
    }

    /**
     * {@code COMMAND INFO [name …]}: an array with null for names there are not.
     *
     * @param names in any case; all commands if there are none
     */
    public void info(List<String> names, RespWriter writer) {
        if (names.isEmpty()) {
            commands(writer);
            return;
        }
        writer.arrayHeader(names.size());
        for (String name : names) {
            CommandSpec command = table.find(name);
            if (command == null) {
                writer.nullValue();
            } else {
                info(command, writer);
            }
        }
    }

    /**
     * {@code COMMAND DOCS [name …]}: a map of names to documentation.
     *
     * @param names in any case; all commands if there are none. Names there are not are left out
     */
    public void docs(List<String> names, RespWriter writer) {
        Collection<CommandSpec> commands =
                names.isEmpty()
                        ? table.all()
                        : names.stream().map(table::find).filter(Objects::nonNull).toList();
        docs(commands, writer);
    }

    private static void infos(Collection<CommandSpec> commands, RespWriter writer) {
        writer.arrayHeader(commands.size());
        commands.forEach(command -> info(command, writer));
    }

    private static void info(CommandSpec command, RespWriter writer) {
        writer.arrayHeader(10);
        writer.bulk(command.name());
        writer.integer(command.arity());
        simpleSet(command.flags(), writer);
        writer.integer(command.firstKey());
        writer.integer(command.lastKey());
        writer.integer(command.keyStep());
        simpleSet(command.aclCategories(), writer);
        writer.setHeader(0); // Tips.
        writer.setHeader(0); // Key specifications; the three numbers above say it all.
        infos(subcommandsOf(command), writer);
    }

    private static void docs(Collection<CommandSpec> commands, RespWriter writer) {
        writer.mapHeader(commands.size());
        for (CommandSpec command : commands) {
            writer.bulk(command.name());
            docs(command, writer);
        }
    }

    private static void docs(CommandSpec command, RespWriter writer) {
        boolean hasArguments = !command.arguments().isEmpty();
        boolean hasSubcommands = !command.subcommands().isEmpty();
        writer.mapHeader(4 + (hasArguments ? 1 : 0) + (hasSubcommands ? 1 : 0));
        text("summary", command.summary(), writer);
        text("since", SINCE, writer);
        text("group", command.group(), writer);
        text("complexity", command.complexity(), writer);
        if (hasArguments) {
            writer.bulk("arguments");
            arguments(command.arguments(), writer);
        }
        if (hasSubcommands) {
            writer.bulk("subcommands");
            docs(subcommandsOf(command), writer);
        }
    }

    private static void arguments(List<ArgumentSpec> arguments, RespWriter writer) {
        writer.arrayHeader(arguments.size());
        arguments.forEach(argument -> argument(argument, writer));
    }

    private static void argument(ArgumentSpec argument, RespWriter writer) {
        String token = argument.token();
        boolean hasFlags = !argument.flags().isEmpty();
        boolean isGroup = !argument.arguments().isEmpty();
        writer.mapHeader(2 + (token == null ? 0 : 1) + (hasFlags ? 1 : 0) + (isGroup ? 1 : 0));
        text("name", argument.name(), writer);
        text("type", argument.type(), writer);
        if (token != null) {
            text("token", token, writer);
        }
        if (hasFlags) {
            writer.bulk("flags");
            simpleSet(argument.flags(), writer);
        }
        if (isGroup) {
            writer.bulk("arguments");
            arguments(argument.arguments(), writer);
        }
    }

    private static List<CommandSpec> subcommandsOf(CommandSpec command) {
        return command.subcommands().stream().map(sub -> sub.below(command)).toList();
    }

    private static void text(String key, String value, RespWriter writer) {
        writer.bulk(key);
        writer.bulk(value);
    }

    private static void simpleSet(List<String> words, RespWriter writer) {
        writer.setHeader(words.size());
        words.forEach(writer::simple);
    }
}
