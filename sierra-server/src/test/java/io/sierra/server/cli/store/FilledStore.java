package io.sierra.server.cli.store;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendResult.Appended;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A store on a disk with small segments: two buckets of two partitions each, whose sealed segments
 * have indexes, some of them merged. Knows what was appended.
 */
final class FilledStore {
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
    private static final int SEGMENTS = 10;
    private static final int STREAMS = 40;
    private static final int PAYLOAD_BYTES = 9_000;

    private final Path directory;
    private final Map<String, Integer> eventsByStream = new TreeMap<>();
    private final Map<Integer, Integer> eventsByPartition = new TreeMap<>();
    private int events;

    private FilledStore(Path directory) {
        this.directory = directory;
    }

    static FilledStore in(Path directory) throws IOException {
        FilledStore filled = new FilledStore(directory);
        try (EventStore store = filled.open()) {
            while (!isFilled(store)) {
                filled.append(store);
            }
        }
        return filled;
    }

    /** A copy of this one, which is not open. */
    FilledStore copyTo(Path target) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : tree.toList()) {
                Files.copy(file, target.resolve(directory.relativize(file).toString()));
            }
        }
        FilledStore copy = new FilledStore(target);
        copy.eventsByStream.putAll(eventsByStream);
        copy.eventsByPartition.putAll(eventsByPartition);
        copy.events = events;
        return copy;
    }

    private static boolean isFilled(EventStore store) {
        return Stream.of(store.bucket(0).status(), store.bucket(1).status())
                .allMatch(bucket ->
                        bucket.segments() >= SEGMENTS
                                && bucket.index().pendingSeals() == 0
                                && bucket.index().runs() > 0);
    }

    EventStore open() throws IOException {
        return EventStore.open(directory, OPTIONS);
    }

    /** One more event; low stream numbers are more frequent than high ones. */
    Appended append(EventStore store) {
        int number = events % STREAMS * (events % 3) / 2 % STREAMS;
        String stream = "stream-" + number;
        NewEvent event =
                new NewEvent(
                        StreamId.of(stream),
                        "Happened".getBytes(StandardCharsets.UTF_8),
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        "p".repeat(PAYLOAD_BYTES).getBytes(StandardCharsets.UTF_8),
                        new byte[] {(byte) 0xff, 0});
        Appended appended = append(store, event);
        events++;
        eventsByStream.merge(stream, 1, Integer::sum);
        eventsByPartition.merge(appended.partitionId(), 1, Integer::sum);
        return appended;
    }

    static Appended append(EventStore store, NewEvent event) {
        while (true) {
            AppendResult result = store.append(event); // refused while indexes are being written
            if (result instanceof Appended appended) {
                return appended;
            }
        }
    }

    String directory() {
        return directory.toString();
    }

    int events() {
        return events;
    }

    /** How many events each stream has. */
    Map<String, Integer> eventsByStream() {
        return eventsByStream;
    }

    int eventsOf(int partitionId) {
        return eventsByPartition.getOrDefault(partitionId, 0);
    }

    Path segment(int bucketId, int segmentNumber) {
        return directory.resolve(
                "buckets/%05d/segments/%010d/data.evts".formatted(bucketId, segmentNumber));
    }

    /** The index files of a segment. */
    List<Path> indexOf(int bucketId, int segmentNumber) throws IOException {
        Path parent = segment(bucketId, segmentNumber).resolveSibling(".");
        try (Stream<Path> files = Files.list(parent.normalize())) {
            return files.filter(file -> !file.endsWith("data.evts")).sorted().toList();
        }
    }

    /** Flips a bit. */
    static void flip(Path file, int fileOffset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[fileOffset] ^= 1;
        Files.write(file, bytes);
    }

    static void deleteTree(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory)) {
            files = tree.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
