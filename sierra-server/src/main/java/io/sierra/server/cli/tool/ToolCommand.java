package io.sierra.server.cli.tool;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A subcommand: does one thing, prints what came of it and ends with an exit code. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class, usageHelpWidth = 100)
public abstract class ToolCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    /** Standard output: results. */
    protected final PrintWriter out() {
        return commandLine().getOut();
    }

    /** Standard error: progress, warnings and what went wrong. */
    protected final PrintWriter err() {
        return commandLine().getErr();
    }

    /** Ends the command with exit code 2 when thrown; the text names the argument. */
    protected final ParameterException wrongUsage(String text) {
        return new ParameterException(commandLine(), text);
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("not called by picocli, which fills the fields");
        }
        return spec.commandLine();
    }
}
