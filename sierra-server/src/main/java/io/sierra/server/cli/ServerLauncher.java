package io.sierra.server.cli;

import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.Settings;
import java.net.InetSocketAddress;

/** Starts a server. The seam between the command line and everything that it starts. */
interface ServerLauncher {

    /** Begins with what needs no settings, on a thread of its own. */
    default void prepare() {}

    /**
     * Opens the store and listens for clients.
     *
     * @throws CommandFailedException if that is impossible; nothing is left behind then
     */
    RunningServer launch(Settings settings);

    /** A server that takes connections. */
    interface RunningServer extends AutoCloseable {

        /** Where it listens, with the port that the system chose if any would do. */
        InetSocketAddress address();

        /** Finishes what was accepted and makes it durable. */
        @Override
        void close();
    }
}
