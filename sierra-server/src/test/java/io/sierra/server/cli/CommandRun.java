package io.sierra.server.cli;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.Host;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a command printed and its exit code.
 *
 * @param out standard output, logging aside
 * @param err standard error
 */
public record CommandRun(int exitCode, String out, String err) {

    /** Runs a command that starts no server. */
    public static CommandRun of(Path home, String... arguments) {
        return of(home, Map.of(), arguments);
    }

    /** Runs a subcommand with {@code --dir}. */
    public static CommandRun onStore(
            Path home, String directory, String command, String... options) {
        return of(
                home,
                Stream.concat(Stream.of(command, "--dir", directory), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** Runs a command that starts no server with environment variables. */
    public static CommandRun of(Path home, Map<String, String> environment, String... arguments) {
        ServerLauncher none =
                settings -> {
                    throw new CommandFailedException("no server here: " + settings.directory());
                };
        return of(home, environment, none, new StopSignal(), arguments);
    }

    static CommandRun of(
            Path home,
            Map<String, String> environment,
            ServerLauncher launcher,
            StopSignal stopSignal,
            String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Program program =
                new Program(
                        new Host(environment, home, home, "Linux", 2),
                        launcher,
                        stopSignal,
                        new PrintWriter(out),
                        new PrintWriter(err));
        int exitCode = program.run(arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }
}
