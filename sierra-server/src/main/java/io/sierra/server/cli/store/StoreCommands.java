package io.sierra.server.cli.store;

import io.sierra.server.cli.tool.ToolCommand;
import io.sierra.server.config.Host;
import java.util.List;

/** The subcommands on the files of a store. */
public final class StoreCommands {
    private StoreCommands() {}

    /** All of them, in the order in which help lists them. */
    public static List<ToolCommand> create(Host host) {
        return List.of(
                new CheckCommands.Verify(host),
                new CheckCommands.Scrub(host),
                new BackupCommand(host),
                new RestoreCommand(host),
                new RepairCommand(host),
                new ReindexCommand(host),
                new DumpCommand(host),
                new StatsCommand(host));
    }
}
