package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long each of a writer's own streams is, so that every reply can be foretold. */
final class StreamModel {
    private final Map<String, Long> lengths = new HashMap<>();

    /** Number of events in a stream. */
    long lengthOf(String stream) {
        return lengths.getOrDefault(stream, 0L);
    }

    void setLength(String stream, long length) {
        lengths.put(stream, length);
    }

    /** What is stored of an attempt now stands at the end of its streams. */
    void append(Attempt attempt) {
        attempt.events().forEach(event -> lengths.merge(event.stream(), 1L, Long::sum));
    }

    /** The versions that an attempt's events get; empty if it must be refused. */
    List<Long> versionsOf(Attempt attempt) {
        Map<String, Long> added = new HashMap<>();
        List<Long> versions = new ArrayList<>();
        for (Sent event : attempt.events()) {
            long length = lengthOf(event.stream()) + added.getOrDefault(event.stream(), 0L);
            if (!isMet(event.expected(), length)) {
                return List.of();
            }
            versions.add(length);
            added.merge(event.stream(), 1L, Long::sum);
        }
        return versions;
    }

    private static boolean isMet(String expected, long length) {
        return switch (expected) {
            case "any" -> true;
            case "empty" -> length == 0;
            case "exists" -> length > 0;
            default -> Long.parseLong(expected) == length - 1;
        };
    }

    /** The exact words for a stream that is as long as this. */
    static String expectation(long length) {
        return length == 0 ? "empty" : Long.toString(length - 1);
    }
}
