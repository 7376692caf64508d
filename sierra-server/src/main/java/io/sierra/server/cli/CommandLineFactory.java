package io.sierra.server.cli;

import io.sierra.server.cli.store.StoreCommands;
import io.sierra.server.cli.tool.Version;
import io.sierra.server.cli.transfer.TransferCommands;
import io.sierra.server.config.Host;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Puts the commands together for picocli. */
final class CommandLineFactory {
    private static final int HELP_WIDTH = 100;

    private CommandLineFactory() {}

    /** All commands: a server's, and the subcommands, which need none of it. */
    static CommandLine create(Host host, ServerCommand server) {
        CommandSpec[] spec = new CommandSpec[1];
        Callable<Integer> start =
                () -> {
                    server.run(arguments(spec[0].commandLine()));
                    return CommandLine.ExitCode.OK;
                };
        spec[0] = serverSpec(start);
        CommandLine commandLine = new CommandLine(spec[0]);
        TransferCommands.create().forEach(commandLine::addSubcommand);
        StoreCommands.create(host).forEach(commandLine::addSubcommand);
        commandLine.setAllowSubcommandsAsOptionParameters(true); // a directory may be called so
        commandLine.setExecutionExceptionHandler((failure, failed, _) -> {
            FailureText.print(failure, failed.getErr());
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    private static CommandSpec serverSpec(Callable<Integer> start) {
        CommandSpec spec =
                CommandSpec.wrapWithoutInspection(start)
                        .name("sierradb")
                        .mixinStandardHelpOptions(true)
                        .versionProvider(new Version());
        spec.usageMessage()
                .width(HELP_WIDTH)
                .description("Runs an event store that speaks the Redis protocol.")
                .footer(
                        "",
                        "All settings with their defaults are in config/sierra.toml. Each can be"
                                + " set in a file,",
                        "by a variable like SIERRA_SYNC_POLICY, or some of them by a flag; the"
                                + " later one wins.",
                        "Exit codes: 0 stopped by SIGINT or SIGTERM, 1 it could not start, 2 wrong"
                                + " usage.");
        for (ServerFlag flag : ServerFlag.values()) {
            spec.addOption(
                    OptionSpec.builder(flag.names().toArray(String[]::new))
                            .type(String.class)
                            .arity("1")
                            .paramLabel(flag.valueLabel())
                            .description(flag.description())
                            .build());
        }
        return spec;
    }

    /** What picocli has read of a server's flags. */
    static ServerArguments arguments(CommandLine commandLine) {
        ParseResult parsed = commandLine.getParseResult();
        Map<ServerFlag, String> values = new EnumMap<>(ServerFlag.class);
        for (ServerFlag flag : ServerFlag.values()) {
            String value = parsed.matchedOptionValue(flag.names().getFirst(), null);
            if (value != null) {
                values.put(flag, value);
            }
        }
        try {
            return new ServerArguments(values);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine, String.valueOf(e.getMessage()));
        }
    }
}
