package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.KnownLog.Event;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Builds something from all events, stores its positions, and goes on from them after it has lost
 * its connection.
 */
final class Projection {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final RealServer server;
    private final KnownLog log;
    private final SplittableRandom random;
    private final Map<Integer, Long> positions = new TreeMap<>();
    private final List<Event> events = new ArrayList<>();

    Projection(RealServer server, KnownLog log, SplittableRandom random) {
        this.server = server;
        this.log = log;
        this.random = random;
    }

    /** One life of the connection. */
    void live() throws IOException {
        try (RespClient client = server.connect()) {
            client.call("HELLO", "3");
            StringBuilder words = new StringBuilder("EPSUB * FROM ");
            if (positions.isEmpty()) {
                words.append("0");
            } else {
                words.append("MAP");
                positions.forEach((id, next) -> words.append(" " + id + "=" + next));
                words.append(" DEFAULT 0");
            }
            words.append(" WINDOW 50 WITH CAUGHTUP");
            String id = client.call(words.toString().split(" ")).substring(1, 37);
            assertThat(client.readFrame()).startsWith(">3\r\n+subscribe");
            for (int reads = 1 + random.nextInt(40); reads > 0; reads--) {
                client.send("PING");
                long last = readToPong(client);
                if (last >= 0) {
                    client.send("EACK", id, Long.toString(last));
                    assertThat(readToReply(client)).isEqualTo("+OK\r\n");
                }
            }
        }
    }

    private long last;

    private long readToPong(RespClient client) throws IOException {
        last = -1;
        assertThat(readToReply(client)).isEqualTo("+PONG\r\n");
        return last;
    }

    private String readToReply(RespClient client) throws IOException {
        String frame = client.readFrame();
        while (frame.startsWith(">")) {
            onPush(Reply.parse(frame));
            frame = client.readFrame();
        }
        return frame;
    }

    private void onPush(Reply push) {
        if (push.elements().get(0).string().equals("message")) {
            Event event = Event.of(push.elements().get(3));
            events.add(event);
            positions.put(event.partitionId(), event.sequence() + 1);
            last = push.elements().get(2).number();
        } else {
            List<Reply> map = push.elements().get(2).elements();
            for (int i = 0; i < map.size(); i += 2) {
                positions.put((int) map.get(i).number(), map.get(i + 1).number());
            }
        }
    }

    /** All appends are answered: it has each event exactly once. */
    void finish() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (events.size() < log.size() && System.nanoTime() < deadline) {
            live();
        }
        live();
        Map<Integer, List<Event>> byPartition = new TreeMap<>();
        events.forEach(
                e -> byPartition.computeIfAbsent(e.partitionId(), _ -> new ArrayList<>()).add(e));
        byPartition.forEach((partitionId, found) ->
                assertThat(found)
                        .as("partition %d", partitionId)
                        .isEqualTo(
                                log.partition(partitionId).values().stream()
                                        .map(Event::withoutTime)
                                        .toList()));
        assertThat(events).hasSize(log.size());
    }
}
