package io.sierra.bench.load;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads what {@link RedisFillCommand} wrote, page by page, as a consumer of Redis Streams does. */
@Command(name = "redis-scan", description = "Reads a stream; prints events/s and MB/s.")
final class RedisScanCommand implements Callable<Integer> {
    @Option(names = "--port", required = true)
    int port;

    @Option(names = "--events", required = true)
    int events;

    @Option(names = "--count", defaultValue = "1000")
    int count;

    @Option(names = "--with", defaultValue = "XREAD", description = "XREAD or XRANGE")
    String with = "XREAD";

    @Override
    public Integer call() throws IOException {
        try (RespSocket server = new RespSocket(port)) {
            OccurrenceCounter entries = server.counter("UserCreated");
            long start = System.nanoTime();
            for (int after = 0; after < events; after += count) {
                if (with.equals("XREAD")) {
                    server.put("XREAD", "COUNT", "" + count, "STREAMS", "stream", after + "-0");
                } else {
                    server.put("XRANGE", "stream", "(" + after + "-0", "+", "COUNT", "" + count);
                }
                server.flush();
                entries.await(Math.min(count, events - after));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%.0f events/s, %.0f MB/s%n",
                    events / seconds, entries.receivedBytes() / 1e6 / seconds);
        }
        return 0;
    }
}
