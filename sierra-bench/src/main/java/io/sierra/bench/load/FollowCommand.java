package io.sierra.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Subscribes and counts. */
@Command(name = "follow", description = "Counts pushed events; prints events/s and MB/s.")
final class FollowCommand implements Callable<Integer> {
    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--events", required = true)
    int events;

    @Parameters(arity = "1..*", description = "The command that subscribes.")
    List<String> command = List.of();

    @Override
    public Integer call() throws IOException {
        try (RespSocket server = new RespSocket(port)) {
            server.call("HELLO", "3");
            OccurrenceCounter pushes = server.counter(">4\r\n+message\r\n");
            long start = System.nanoTime();
            server.put(command.toArray(String[]::new));
            server.flush();
            pushes.await(events);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%.0f events/s, %.0f MB/s%n",
                    events / seconds, pushes.receivedBytes() / 1e6 / seconds);
        }
        return 0;
    }
}
