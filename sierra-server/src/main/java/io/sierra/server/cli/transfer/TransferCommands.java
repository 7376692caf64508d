package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.ToolCommand;
import java.util.List;

/** The subcommands that are clients of a server. */
public final class TransferCommands {
    private TransferCommands() {}

    /** All of them, in the order in which help lists them. */
    public static List<ToolCommand> create() {
        return List.of(new ImportCommand(), new ExportCommand());
    }
}
