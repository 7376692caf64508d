package io.sierra.server.cli;

import io.sierra.server.config.Host;
import java.io.PrintWriter;

/** Entry point of {@code bin/sierradb}. */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // First of all: with too few open files no other class can be loaded.
        String problem = OpenFileLimit.ofThisProcess().problem();
        if (problem != null) {
            System.err.println("sierradb: " + problem);
            System.exit(1);
        }
        NodeLauncher launcher = new NodeLauncher(); // before others log, so that it sets logging up
        Program program =
                new Program(
                        Host.current(),
                        launcher,
                        new StopSignal(),
                        new PrintWriter(System.out, true, System.out.charset()),
                        new PrintWriter(System.err, true, System.err.charset()));
        System.exit(program.run(arguments));
    }
}
