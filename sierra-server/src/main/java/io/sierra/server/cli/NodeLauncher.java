package io.sierra.server.cli;

import io.sierra.server.config.Settings;

/** Starts the real thing: one node and its front end. */
final class NodeLauncher implements ServerLauncher {

    @Override
    public RunningServer launch(Settings settings) {
        throw new CommandFailedException("no server in this build: " + settings.directory());
    }
}
