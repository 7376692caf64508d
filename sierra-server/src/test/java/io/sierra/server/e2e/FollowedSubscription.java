package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.KnownLog.Event;
import io.sierra.server.testing.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One subscription as its client sees it, which checks each push that it gets. */
final class FollowedSubscription {
    private final String command;
    private final boolean ofStreams;
    private final long window;
    private final Map<String, FollowedSource> sources = new LinkedHashMap<>();
    private final List<CaughtUp> caughtUps = new ArrayList<>();
    private String id = "";
    private long nextCursor;

    /** Exclusive end of the cursors that the acknowledgements so far allow. */
    private long windowEnd;

    /** Positions that were told, and how many events of each source had come. */
    private record CaughtUp(Map<String, Long> positions, Map<String, Integer> seen) {}

    FollowedSubscription(
            String command, boolean ofStreams, long window, List<FollowedSource> sources) {
        this.command = command;
        this.ofStreams = ofStreams;
        this.window = window;
        this.windowEnd = window;
        sources.forEach(source -> this.sources.put(source.name(), source));
    }

    void onConfirmed(String newId) {
        id = newId;
    }

    String id() {
        return id;
    }

    long nextCursor() {
        return nextCursor;
    }

    Iterable<FollowedSource> sources() {
        return sources.values();
    }

    /** An acknowledgement is about to be sent; the server cuts it to the last cursor it gave. */
    void onAcknowledging(long cursor) {
        long cut = Math.min(cursor, windowEnd - 1);
        windowEnd = Math.max(windowEnd, cut + 1 + window);
    }

    /** A push came. */
    void onPush(Reply push) {
        switch (push.elements().get(0).string()) {
            case "message" -> onMessage(push);
            case "caughtup" -> onCaughtUp(push.elements().get(2));
            default -> throw new AssertionError(this + " got " + push);
        }
    }

    private void onMessage(Reply push) {
        assertThat(push.elements().get(2).number()).as("cursor of %s", this).isEqualTo(nextCursor);
        assertThat(nextCursor).as("window of %s", this).isLessThan(windowEnd);
        nextCursor++;
        Event event = Event.of(push.elements().get(3));
        String source = ofStreams ? event.stream() : Integer.toString(event.partitionId());
        source(source).onEvent(event);
    }

    private FollowedSource source(String name) {
        return Objects.requireNonNull(sources.get(name), () -> this + " has no " + name);
    }

    private void onCaughtUp(Reply map) {
        Map<String, Long> positions = new LinkedHashMap<>();
        for (int i = 0; i < map.elements().size(); i += 2) {
            positions.put(map.elements().get(i).text(), map.elements().get(i + 1).number());
        }
        Map<String, Integer> seen = new LinkedHashMap<>();
        sources.forEach((name, source) -> seen.put(name, source.seen().size()));
        assertThat(positions.keySet()).as("%s", this).isEqualTo(seen.keySet());
        caughtUps.add(new CaughtUp(positions, seen));
    }

    /** Whether all has come, also the word that it has, if there was nothing else to come. */
    boolean isComplete() {
        return sources.values().stream().allMatch(FollowedSource::isComplete)
                && (!command.contains("CAUGHTUP") || !caughtUps.isEmpty());
    }

    /** All appends are answered: was it right? {@code complete}: nothing more is to come. */
    void check(boolean complete) {
        for (FollowedSource source : sources.values()) {
            source.check(complete);
        }
        for (CaughtUp caughtUp : caughtUps) {
            caughtUp.seen.forEach((name, seen) -> {
                long next = Objects.requireNonNull(caughtUp.positions.get(name));
                source(name).checkPosition(next, seen);
            });
        }
        if (complete && command.contains("CAUGHTUP")) {
            assertThat(caughtUps).as("%s", this).isNotEmpty();
        }
    }

    @Override
    public String toString() {
        return id + " " + command + " at " + nextCursor + ", window to " + windowEnd;
    }
}
