package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.contract.SoakTest.Acknowledged;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** One connection that sends bursts of mixed commands and checks each reply by itself. */
final class SoakClient {
    private static final int LONGEST_BURST = 20;
    private static final int LONGEST_PAYLOAD = 300;

    private final Random random;
    private final Acknowledged acknowledged;

    /** Appends that were acknowledged, to be sent again. */
    private final List<Append> done = new ArrayList<>();

    /** Version that this client last saw or wrote, by stream. */
    private final Map<String, Long> versions = new HashMap<>();

    SoakClient(Random random, Acknowledged acknowledged) {
        this.random = random;
        this.acknowledged = acknowledged;
    }

    private sealed interface Sent {}

    private record Append(String stream, String id, String[] words) implements Sent {}

    /** Of an append that was acknowledged with this version. */
    private record Retry(Append append) implements Sent {}

    private record ReadVersion(String stream) implements Sent {}

    private record ReadPage(String stream, long start) implements Sent {}

    void run(RealServer server, long deadlineNanos) {
        try (RespClient client = server.connect()) {
            client.call("HELLO", random.nextBoolean() ? "2" : "3");
            while (System.nanoTime() < deadlineNanos) {
                List<Sent> burst = new ArrayList<>();
                StringBuilder requests = new StringBuilder();
                int length = 1 + random.nextInt(LONGEST_BURST);
                for (int i = 0; i < length; i++) {
                    Sent next = next();
                    burst.add(next);
                    requests.append(RespClient.request(wordsOf(next)));
                }
                client.sendRaw(requests.toString());
                for (Sent sent : burst) {
                    check(sent, Reply.read(client));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Sent next() {
        String stream = SoakTest.anyStream(random);
        return switch (random.nextInt(8)) {
            case 0 -> new ReadVersion(stream);
            case 1 -> new ReadPage(stream, Math.max(0, version(stream)));
            case 2 -> done.isEmpty() ? append(stream, "any") : retry();
            case 3, 4 -> append(stream, version(stream) < 0 ? "empty" : "" + version(stream));
            default -> append(stream, "any");
        };
    }

    private Sent retry() {
        return new Retry(done.get(random.nextInt(done.size())));
    }

    private Append append(String stream, String expectedVersion) {
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        String payload = "p".repeat(random.nextInt(LONGEST_PAYLOAD));
        String[] words = {
            "EAPPEND", stream, "E", payload, "EVENT_ID", id, "EXPECTED_VERSION", expectedVersion
        };
        return new Append(stream, id, words);
    }

    private static String[] wordsOf(Sent sent) {
        return switch (sent) {
            case Append append -> append.words;
            case Retry(var append) -> append.words;
            case ReadVersion(var stream) -> new String[] {"ESVER", stream};
            case ReadPage(var stream, var start) ->
                    new String[] {"ESCAN", stream, Long.toString(start), "+", "COUNT", "5"};
        };
    }

    private void check(Sent sent, Reply reply) {
        switch (sent) {
            case Append append -> onAppend(append, reply);
            case Retry(var append) ->
                    acknowledged.onRetried(
                            append.stream,
                            reply.get("stream_version").number(),
                            reply.get("event_id").string());
            case ReadVersion(var stream) -> saw(stream, reply.isNull() ? -1 : reply.number());
            case ReadPage(var stream, var start) -> {
                long next = start;
                for (Reply event : reply.events()) {
                    assertThat(event.get("stream_version").number()).isEqualTo(next++);
                }
                if (next > start) {
                    versions.merge(stream, next - 1, Math::max);
                }
            }
        }
    }

    private void onAppend(Append append, Reply reply) {
        if (reply.isError()) {
            assertThat(reply.text()).startsWith("WRONGVER ");
            acknowledged.onConflict(reply.text());
            return;
        }
        assertThat(reply.get("event_id").string()).isEqualTo(append.id);
        long version = reply.get("stream_version").number();
        acknowledged.onAppended(append.stream, version, append.id);
        saw(append.stream, version);
        done.add(append);
    }

    /** What one connection sees of a stream never goes back. */
    private void saw(String stream, long version) {
        assertThat(version).isGreaterThanOrEqualTo(version(stream));
        versions.put(stream, version);
    }

    private long version(String stream) {
        return versions.getOrDefault(stream, -1L);
    }
}
