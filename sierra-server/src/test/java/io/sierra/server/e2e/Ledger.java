package io.sierra.server.e2e;

import io.sierra.server.testing.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** What one client has sent, and what it was told about that. Used by one thread at a time. */
final class Ledger {
    private static final int STREAMS = 3;
    private static final int LONGEST_PAYLOAD = 400;

    private final int client;
    private final String key;
    private final Random random;
    private final List<Sent> unanswered = new ArrayList<>();
    private final List<Sent> answered = new ArrayList<>();

    Ledger(int client, long seed) {
        this.client = client;
        this.random = new Random(seed);
        this.key = new UUID(seed, client).toString();
    }

    /** The partition key of all its streams. */
    String key() {
        return key;
    }

    /** Its streams. */
    List<String> streams() {
        List<String> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add("client-" + client + "-" + i);
        }
        return streams;
    }

    /** A new append of one event, or now and then of three. */
    Sent next() {
        boolean many = random.nextInt(5) == 0;
        List<String> words = new ArrayList<>();
        words.add(many ? "EMAPPEND" : "EAPPEND");
        if (many) {
            words.add(key);
        }
        Map<String, String> events = new HashMap<>();
        for (int i = 0; i < (many ? STREAMS : 1); i++) {
            String stream = streams().get(many ? i : random.nextInt(STREAMS));
            String id = new UUID(random.nextLong(), random.nextLong()).toString();
            events.put(id, stream);
            words.addAll(List.of(stream, "E", "EVENT_ID", id, "PAYLOAD", payload()));
            if (!many) {
                words.addAll(List.of("PARTITION_KEY", key));
            }
        }
        Sent sent = new Sent(words.toArray(new String[0]), events);
        unanswered.add(sent);
        return sent;
    }

    /** The oldest append without an answer got this one. */
    void onReply(Reply reply) {
        if (reply.isError()) {
            throw new AssertionError(reply.text());
        }
        answered.add(unanswered.removeFirst());
    }

    List<Sent> unanswered() {
        return List.copyOf(unanswered);
    }

    List<Sent> answered() {
        return List.copyOf(answered);
    }

    private String payload() {
        return Integer.toString(random.nextInt(10)).repeat(random.nextInt(LONGEST_PAYLOAD));
    }

    /**
     * An append.
     *
     * @param words of the command
     * @param events stream by event id
     */
    record Sent(String[] words, Map<String, String> events) {}
}
