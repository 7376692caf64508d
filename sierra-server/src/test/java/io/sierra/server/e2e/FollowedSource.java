package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.KnownLog.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What one partition or stream gave to a subscription, and what it has to give.
 *
 * <p>Where LATEST is cannot be known from outside, only between what it lies: nothing that was
 * acknowledged before the command may come, and everything that was sent after the confirmation
 * must.
 */
final class FollowedSource {
    private final String name;
    private final Supplier<NavigableMap<Long, Event>> known;
    private final boolean stream;
    private final Predicate<Event> filter;
    private final List<Event> seen = new ArrayList<>();

    /** No event below this may come. */
    private final long first;

    /** An event at or above {@link #first} may only be left out if it was sent up to then. */
    private long mayMissUpTo;

    FollowedSource(
            String name,
            Supplier<NavigableMap<Long, Event>> known,
            boolean stream,
            Predicate<Event> filter,
            long first) {
        this.name = name;
        this.known = known;
        this.stream = stream;
        this.filter = filter;
        this.first = first;
    }

    /** How it is called in FROM MAP and in positions. */
    String name() {
        return name;
    }

    /** It starts at LATEST, and the confirmation came after this batch was sent. */
    void onConfirmedLatest(long lastSent) {
        mayMissUpTo = lastSent;
    }

    private long positionOf(Event event) {
        return stream ? event.version() : event.sequence();
    }

    void onEvent(Event event) {
        long position = positionOf(event);
        long last = seen.isEmpty() ? first - 1 : positionOf(seen.getLast());
        assertThat(position).as("position in %s after %d", name, last).isGreaterThan(last);
        assertThat(filter.test(event)).as("%s is wanted", event).isTrue();
        seen.add(event);
    }

    /** Where one that has lost its connection goes on. */
    long nextPosition() {
        return seen.isEmpty() ? first : positionOf(seen.getLast()) + 1;
    }

    List<Event> seen() {
        return seen;
    }

    /** A position was told after so many events had come: none before it is missing. */
    void checkPosition(long next, int seenThen) {
        List<Event> before = seen.subList(0, seenThen);
        if (!before.isEmpty()) {
            assertThat(next).isGreaterThan(positionOf(before.getLast()));
        }
        checkRun(wanted(first, next), before, true);
    }

    /** What came is right; {@code complete}: nothing more is to come. */
    void check(boolean complete) {
        checkRun(wanted(first, Long.MAX_VALUE), seen, complete);
    }

    /** Whether the last event has come. */
    boolean isComplete() {
        List<Event> wanted = wanted(first, Long.MAX_VALUE);
        return wanted.isEmpty()
                || (seen.isEmpty()
                        ? wanted.getLast().sentAt() <= mayMissUpTo
                        : positionOf(seen.getLast()) == positionOf(wanted.getLast()));
    }

    private List<Event> wanted(long from, long to) {
        return from >= to
                ? List.of()
                : known.get().subMap(from, to).values().stream().filter(filter).toList();
    }

    private void checkRun(List<Event> wanted, List<Event> run, boolean complete) {
        int skipped;
        if (run.isEmpty()) {
            skipped = complete ? wanted.size() : 0;
        } else {
            long begin = positionOf(run.getFirst());
            skipped = (int) wanted.stream().filter(e -> positionOf(e) < begin).count();
        }
        assertThat(wanted.subList(0, skipped))
                .as("left out at the beginning of %s", name)
                .allSatisfy(e -> assertThat(e.sentAt()).isLessThanOrEqualTo(mayMissUpTo));
        int end = complete ? wanted.size() : Math.min(wanted.size(), skipped + run.size());
        List<Event> expected =
                wanted.subList(skipped, end).stream().map(Event::withoutTime).toList();
        assertThat(run).as("events of %s", name).isEqualTo(expected);
    }
}
