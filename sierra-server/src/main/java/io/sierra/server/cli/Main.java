package io.sierra.server.cli;

import io.sierra.server.config.Host;

/** Entry point of {@code bin/sierradb}. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(
                CommandLineFactory.create(Host.current(), new NodeLauncher(), new StopSignal())
                        .execute(arguments));
    }
}
