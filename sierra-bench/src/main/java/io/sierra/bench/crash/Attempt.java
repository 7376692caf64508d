package io.sierra.bench.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One EAPPEND or EMAPPEND and what is known of its outcome. Belongs to the writer that sends it
 * while writers run, and to the checker while none does.
 */
final class Attempt {
    /** What the client has been told, or has found out since. */
    enum Outcome {
        /** No answer came: it may be stored or not. */
        UNKNOWN,
        /** It was acknowledged, or seen; it must be there for ever, where it is. */
        STORED,
        /** No answer came, and it is not there; it may be sent again. */
        ABSENT,
        /** It was refused; it must never be there. */
        REFUSED
    }

    /**
     * One event of it.
     *
     * @param expected the words behind EXPECTED_VERSION
     */
    record Sent(UUID id, String stream, String expected) {}

    /** Where a stored event is. */
    record Position(int partitionId, long partitionSequence, long streamVersion) {}

    private final UUID partitionKey;
    private final List<Sent> events;
    private Outcome outcome = Outcome.UNKNOWN;
    private List<Position> positions = List.of();

    Attempt(UUID partitionKey, List<Sent> events) {
        this.partitionKey = partitionKey;
        this.events = List.copyOf(events);
    }

    UUID partitionKey() {
        return partitionKey;
    }

    List<Sent> events() {
        return events;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Of the events in their order; empty unless it is {@link Outcome#STORED}. */
    List<Position> positions() {
        return positions;
    }

    void stored(List<Position> where) {
        outcome = Outcome.STORED;
        positions = List.copyOf(where);
    }

    void refused() {
        outcome = Outcome.REFUSED;
    }

    void absent() {
        outcome = Outcome.ABSENT;
    }

    void sentAgain() {
        if (outcome == Outcome.ABSENT) {
            outcome = Outcome.UNKNOWN;
        }
    }

    /** The command; an idempotent one, because it names the ids. */
    Object[] command() {
        List<Object> words = new ArrayList<>();
        if (events.size() == 1) {
            words.add("EAPPEND");
            addTo(words, events.getFirst());
            words.add("PARTITION_KEY");
            words.add(partitionKey);
        } else {
            words.add("EMAPPEND");
            words.add(partitionKey);
            events.forEach(event -> addTo(words, event));
        }
        return words.toArray();
    }

    private static void addTo(List<Object> words, Sent event) {
        words.add(event.stream());
        words.add(Content.nameOf(event.id()));
        words.add("EVENT_ID");
        words.add(event.id());
        if (!event.expected().equals("any")) {
            words.add("EXPECTED_VERSION");
            words.add(event.expected());
        }
        words.add("METADATA");
        words.add(Content.metadataOf(event.id()));
        words.add("PAYLOAD");
        words.add(Content.payloadOf(event.id()));
    }

    @Override
    public String toString() {
        return outcome + " under " + partitionKey + " " + events + " at " + positions;
    }
}
