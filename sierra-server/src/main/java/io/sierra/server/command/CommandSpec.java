package io.sierra.server.command;

import java.util.List;

/**
 * What there is to know about a command, in the terms of {@code COMMAND} and {@code COMMAND DOCS}.
 *
 * @param name in lower case; of a subcommand without the command's
 * @param arity elements of a request with the name; negative: at least as many
 * @param flags such as {@code readonly}
 * @param firstKey index of the first stream id, 0 if there is none
 * @param lastKey index of the last one, negative: from the end
 * @param keyStep distance of one key to the next
 * @param aclCategories such as {@code @read}
 * @param summary one sentence
 * @param group {@code sierra} for commands on events
 * @param complexity in the number of events and the like
 * @param arguments in order
 * @param subcommands empty for most
 */
public record CommandSpec(
        String name,
        int arity,
        List<String> flags,
        int firstKey,
        int lastKey,
        int keyStep,
        List<String> aclCategories,
        String summary,
        String group,
        String complexity,
        List<ArgumentSpec> arguments,
        List<CommandSpec> subcommands) {

    /** Whether a request of {@code count} elements, the name included, can be this command. */
    public boolean acceptsCount(int count) {
        return arity >= 0 ? count == arity : count >= -arity;
    }

    /** This subcommand as clients want to see it: named {@code parent|name}, in its group. */
    CommandSpec below(CommandSpec parent) {
        return new CommandSpec(
                parent.name + '|' + name,
                arity,
                parent.flags,
                firstKey,
                lastKey,
                keyStep,
                parent.aclCategories,
                summary,
                parent.group,
                complexity,
                arguments,
                List.of());
    }
}
