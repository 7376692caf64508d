package io.sierra.server.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a command line that cannot be understood is answered. */
final class WrongUsage {
    private WrongUsage() {}

    /** Says what is wrong, what may have been meant, and where the usage is. */
    static void print(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("sierradb: " + problemOf(wrong));
        UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("see " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
    }

    private static String problemOf(ParameterException wrong) {
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            boolean hasCommands = !wrong.getCommandLine().getSubcommands().isEmpty();
            String what =
                    hasCommands
                            ? "unknown command or flag"
                            : unmatched.isUnknownOption() ? "unknown flag" : "unexpected argument";
            return "%s '%s'".formatted(what, unmatched.getUnmatched().getFirst());
        }
        String text = String.valueOf(wrong.getMessage());
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
