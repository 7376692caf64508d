package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.index.IndexedEvent.StreamKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What an index must answer, in plain maps, and a source of random events. It is the segments' data
 * too: what a rebuild reads.
 */
final class IndexModel implements SegmentEvents {
    private record Id(long high, long low) {}

    private static final int PARTITIONS = 3;
    private static final int MAX_PAGE = 7;

    private final RandomGenerator random;
    private final int streamCount;
    private final List<List<IndexedEvent>> segments = new ArrayList<>();
    private final Map<StreamKey, List<Long>> streams = new HashMap<>();
    private final Map<Integer, List<Long>> partitions = new HashMap<>();
    private final Map<Id, List<Long>> ids = new HashMap<>();
    private final List<StreamKey> keys = new ArrayList<>();
    private int replays;

    IndexModel(RandomGenerator random, int streamCount) {
        this.random = random;
        this.streamCount = streamCount;
    }

    void beginSegment() {
        segments.add(new ArrayList<>());
    }

    /** Number of the newest segment. */
    int newestSegment() {
        return segments.size() - 1;
    }

    /** Adds a random event to the newest segment. */
    IndexedEvent addEvent() {
        List<IndexedEvent> segment = segments.getLast();
        StreamKey stream = randomStream();
        int partition = (int) Math.floorMod(stream.low(), (long) PARTITIONS);
        long offset = segment.isEmpty() ? 64 : segment.getLast().frameFileOffset();
        // Some events share a frame.
        if (random.nextInt(3) > 0) offset += 8L * (1 + random.nextInt(40));
        IndexedEvent event =
                new IndexedEvent(
                        partition,
                        partitions.getOrDefault(partition, List.of()).size(),
                        stream,
                        streams.getOrDefault(stream, List.of()).size(),
                        // As in UUIDs of version 7, the upper half hardly changes.
                        0x0190_0000_0000_7000L + ids.size() / 10,
                        random.nextInt(20) == 0 ? 7 : random.nextLong(),
                        offset);
        segment.add(event);
        learn(event);
        return event;
    }

    /** The events of a segment. */
    List<IndexedEvent> segment(int number) {
        return segments.get(number);
    }

    /** Times that a segment was read to rebuild its index. */
    int replays() {
        return replays;
    }

    @Override
    public synchronized long replay(int segmentNumber, EventSink sink) {
        replays++;
        segments.get(segmentNumber).forEach(event -> event.addTo(sink));
        return dataLengthBytes(segmentNumber);
    }

    @Override
    public long dataLengthBytes(int segmentNumber) {
        return 1_000L + segments.get(segmentNumber).size();
    }

    /** Compares every answer. */
    void check(BucketIndex index) throws IOException {
        for (var stream : streams.entrySet()) checkStream(index, stream.getKey());
        for (int partition = 0; partition <= PARTITIONS; partition++) {
            checkPartition(index, partition);
        }
        for (var id : ids.entrySet()) {
            same(find(index, id.getKey()), id.getValue());
        }
        checkAbsent(index);
    }

    private void checkStream(BucketIndex index, StreamKey key) throws IOException {
        List<Long> expected = streams.getOrDefault(key, List.of());
        assertThat(index.lastStreamVersion(key.high(), key.low())).isEqualTo(expected.size() - 1);
        long[] page = new long[MAX_PAGE];
        for (int version = 0; version < expected.size(); ) {
            int max = 1 + version % MAX_PAGE;
            int found = index.locateStreamVersions(key.high(), key.low(), version, page, max);
            version = checkPage(expected, version, page, found, max);
        }
        assertThat(
                        index.locateStreamVersions(
                                key.high(), key.low(), expected.size(), page, MAX_PAGE))
                .isZero();
    }

    private void checkPartition(BucketIndex index, int partition) throws IOException {
        List<Long> expected = partitions.getOrDefault(partition, List.of());
        assertThat(index.lastSequence(partition)).isEqualTo(expected.size() - 1);
        long[] page = new long[MAX_PAGE];
        for (int sequence = 0; sequence < expected.size(); ) {
            int max = 1 + sequence % MAX_PAGE;
            int found = index.locateSequences(partition, sequence, page, max);
            sequence = checkPage(expected, sequence, page, found, max);
        }
        assertThat(index.locateSequences(partition, expected.size(), page, MAX_PAGE)).isZero();
    }

    /** There are too many comparisons for a matcher each. */
    private static void same(Object actual, Object expected) {
        if (!actual.equals(expected)) assertThat(actual).isEqualTo(expected);
    }

    private static int checkPage(List<Long> expected, int number, long[] page, int found, int max) {
        same(found, Math.min(max, expected.size() - number));
        for (int i = 0; i < found; i++) {
            same(page[i], expected.get(number + i));
        }
        return number + found;
    }

    private void checkAbsent(BucketIndex index) throws IOException {
        for (int i = 0; i < 20; i++) {
            long high = random.nextLong();
            assertThat(index.lastStreamVersion(high, i)).isEqualTo(-1);
            assertThat(index.locateStreamVersions(high, i, i, new long[1], 1)).isZero();
            assertThat(find(index, new Id(high, i))).isEmpty();
        }
        // Same upper half, other lower half.
        for (StreamKey key : keys) {
            assertThat(index.lastStreamVersion(key.high(), ~key.low())).isEqualTo(-1);
        }
    }

    private static List<Long> find(BucketIndex index, Id id) throws IOException {
        List<Long> found = new ArrayList<>();
        boolean taken =
                index.findEvent(
                        id.high,
                        id.low,
                        location -> {
                            found.add(location);
                            return false;
                        });
        assertThat(taken).isFalse();
        return found;
    }

    private StreamKey randomStream() {
        if (keys.isEmpty() || (keys.size() < streamCount && random.nextInt(3) == 0)) {
            keys.add(new StreamKey(random.nextLong(), random.nextLong()));
        }
        // A few streams get most of the events.
        int bound = 1 + random.nextInt(keys.size());
        return keys.get(random.nextInt(bound));
    }

    private void learn(IndexedEvent event) {
        long location = FrameLocation.pack(newestSegment(), event.frameFileOffset());
        streams.computeIfAbsent(event.stream(), _ -> new ArrayList<>()).add(location);
        partitions.computeIfAbsent(event.partitionId(), _ -> new ArrayList<>()).add(location);
        List<Long> locations =
                ids.computeIfAbsent(new Id(event.idHigh(), event.idLow()), _ -> new ArrayList<>());
        // A location is shown once, the newest first.
        if (!locations.contains(location)) locations.add(location);
        locations.sort(Comparator.reverseOrder());
    }
}
