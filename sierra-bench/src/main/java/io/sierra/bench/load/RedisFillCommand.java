package io.sierra.bench.load;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Puts entries 1-0, 2-0, … into one stream of Redis. */
@Command(name = "redis-fill", description = "XADDs entries; prints entries/s.")
final class RedisFillCommand implements Callable<Integer> {
    private static final int PIPELINE = 1000;

    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--events", required = true)
    int events;

    @Option(names = "--payload-bytes", defaultValue = "256")
    int payloadBytes;

    @Override
    public Integer call() throws IOException {
        String payload = "x".repeat(payloadBytes);
        long start = System.nanoTime();
        try (RespSocket server = new RespSocket(port)) {
            for (int first = 1; first <= events; first += PIPELINE) {
                int end = Math.min(events + 1, first + PIPELINE);
                for (int id = first; id < end; id++) {
                    server.put("XADD", "stream", id + "-0", "n", "UserCreated", "p", payload);
                }
                server.flush();
                for (int id = first; id < end; id++) {
                    server.nextReply();
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("filled %d entries, %.0f entries/s%n", events, events / seconds);
        return 0;
    }
}
