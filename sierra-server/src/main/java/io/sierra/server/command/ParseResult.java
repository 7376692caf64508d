package io.sierra.server.command;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.reply.Failure;

/** What came of the arguments of a request. */
public sealed interface ParseResult {
    /** A command that has everything that can be checked without state. */
    record Parsed(Command command) implements ParseResult {}

    /** The arguments are wrong; nothing was done. */
    record Refused(Failure.InvalidArgument failure) implements ParseResult {
        /** Refused because of {@code problem}, which names the argument and what was expected. */
        static Refused because(String problem) {
            return new Refused(new Failure.InvalidArgument(problem));
        }
    }
}
