package io.sierra.server.cli;

import io.sierra.server.config.Host;
import java.io.PrintWriter;

/** Runs what a command line asks for. */
final class Program {
    // As picocli's ExitCode, which would load picocli.
    private static final int SUCCESS = 0;
    private static final int FAILURE = 1;

    private final Host host;
    private final ServerCommand server;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * Runs on a host.
     *
     * @param out results of commands
     * @param err progress of commands, and what goes wrong
     */
    Program(
            Host host,
            ServerLauncher launcher,
            StopSignal stopSignal,
            PrintWriter out,
            PrintWriter err) {
        this.host = host;
        this.server = new ServerCommand(host, launcher, stopSignal);
        this.out = out;
        this.err = err;
    }

    /** Returns the exit code. */
    int run(String... arguments) {
        ServerArguments start = ServerArguments.parse(arguments);
        if (start == null) {
            int exitCode =
                    CommandLineFactory.create(host, server)
                            .setOut(out)
                            .setErr(err)
                            .execute(arguments);
            out.flush();
            err.flush();
            return exitCode;
        }
        try {
            server.run(start);
            return SUCCESS;
        } catch (Exception e) {
            Failures.print(e, err);
            return FAILURE;
        }
    }
}
