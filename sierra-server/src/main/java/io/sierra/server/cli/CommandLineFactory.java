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
    /** In columns. */
    private static final int HELP_WIDTH = 100;

    private CommandLineFactory() {}

    /** All commands: the one that starts a server, and the subcommands, which start none. */
    static CommandLine create(Host host, ServerCommand server) {
        CommandLine commandLine = new CommandLine(new Start(server).spec);
        TransferCommands.create().forEach(commandLine::addSubcommand);
        StoreCommands.create(host).forEach(commandLine::addSubcommand);
        commandLine.setAllowSubcommandsAsOptionParameters(true); // a directory may be called so
        commandLine.setExecutionExceptionHandler((failure, failed, _) -> {
            Failures.print(failure, failed.getErr());
            return CommandLine.ExitCode.SOFTWARE;
        });
        commandLine.setParameterExceptionHandler((wrong, _) -> {
            WrongUsage.print(wrong);
            return CommandLine.ExitCode.USAGE;
        });
        return commandLine;
    }

    /** What picocli calls to start a server; its spec knows what picocli has read. */
    private static final class Start implements Callable<Integer> {
        final CommandSpec spec = serverSpec(this);
        private final ServerCommand server;

        Start(ServerCommand server) {
            this.server = server;
        }

        @Override
        public Integer call() throws Exception {
            server.run(arguments(spec.commandLine()));
            return CommandLine.ExitCode.OK;
        }
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

    /**
     * What picocli has read of a server's flags.
     *
     * @throws ParameterException if a level of the log is unknown
     */
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
