package io.sierra.server.cli.transfer;

import io.sierra.server.cli.tool.ToolCommand;
import io.sierra.server.config.HostAndPort;
import picocli.CommandLine.Option;

/** A command that talks to a running server. */
abstract class ClientCommand extends ToolCommand {
    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            converter = ServerAddress.class,
            description = "The server; ${DEFAULT-VALUE} if not set.")
    private HostAndPort address = ServerAddress.DEFAULT;

    final HostAndPort address() {
        return address;
    }
}
