package io.sierra.server.cli;

import io.sierra.server.cli.store.StoreCommands;
import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.cli.transfer.TransferCommands;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;

/** Puts the commands together and decides what a failure looks like. */
final class CommandLineFactory {
    private CommandLineFactory() {}

    static CommandLine create(Host host, ServerLauncher launcher, StopSignal stopSignal) {
        CommandLine commandLine = new CommandLine(new SierraCommand(host, launcher, stopSignal));
        TransferCommands.create().forEach(commandLine::addSubcommand);
        StoreCommands.create(host).forEach(commandLine::addSubcommand);
        commandLine.setExecutionExceptionHandler((failure, failed, _) -> {
            failed.getErr().println("sierradb: " + describe(failure));
            failed.getErr().flush();
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    /** What went wrong in words; a stack trace only for what nobody has foreseen. */
    private static String describe(Exception failure) throws Exception {
        return switch (failure) {
            case SettingsException settings -> String.valueOf(settings.getMessage());
            case CommandFailedException failed -> String.valueOf(failed.getMessage());
            case AccessDeniedException denied ->
                    "no permission for " + denied.getFile() + ": who runs the server has it";
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file";
            case FileSystemException system -> String.valueOf(system.getMessage());
            case IOException io when io.getClass() == IOException.class ->
                    String.valueOf(io.getMessage());
            case IOException io -> io.toString();
            default -> throw failure;
        };
    }
}
