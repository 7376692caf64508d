package io.sierra.bench.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** One load after the other, each a subcommand that prints one line. */
@Command(
        name = "load",
        subcommands = {
            FillCommand.class,
            FollowCommand.class,
            RedisFillCommand.class,
            RedisScanCommand.class,
            LatencyCommand.class,
            SizeFillCommand.class,
            SizeCommand.class
        })
final class LoadMain {
    private LoadMain() {}

    /** The program. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadMain()).execute(arguments));
    }
}
