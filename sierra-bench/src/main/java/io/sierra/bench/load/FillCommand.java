package io.sierra.bench.load;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Appends events, many in one transaction and many transactions under way. */
@Command(name = "fill", description = "Appends events; prints events/s.")
final class FillCommand implements Callable<Integer> {
    private static final int BATCH = 100;
    private static final int PIPELINE = 64;
    private static final int KEYS = 256;

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
            server.call("HELLO", "3");
            int sent = 0;
            int unanswered = 0;
            for (int transaction = 0; sent < events; transaction++) {
                int count = Math.min(BATCH, events - sent);
                server.put(transaction(transaction, count, payload));
                sent += count;
                if (++unanswered == PIPELINE) {
                    unanswered = answer(server, unanswered);
                }
            }
            answer(server, unanswered);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("filled %d events, %.0f events/s%n", events, events / seconds);
        return 0;
    }

    private static int answer(RespSocket server, int unanswered) throws IOException {
        server.flush();
        for (int i = 0; i < unanswered; i++) {
            server.nextReply();
        }
        return 0;
    }

    private static String[] transaction(int number, int count, String payload) {
        String[] arguments = new String[2 + 4 * count];
        arguments[0] = "EMAPPEND";
        int key = number % KEYS;
        arguments[1] = new UUID(key, (long) key << 46).toString();
        for (int i = 0; i < count; i++) {
            arguments[2 + 4 * i] = "stream-" + key + "-" + i % 10;
            arguments[3 + 4 * i] = "UserCreated";
            arguments[4 + 4 * i] = "PAYLOAD";
            arguments[5 + 4 * i] = payload;
        }
        return arguments;
    }
}
