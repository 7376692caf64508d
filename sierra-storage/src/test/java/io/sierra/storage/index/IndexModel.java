package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.index.IndexedEvent.StreamKey;
import io.sierra.storage.segment.LostEntries.Versions;
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

    /** One frame out of so many is in the place of lost events, if there are any. */
    private static final int LOSS_ODDS = 8;

    private final RandomGenerator random;
    private final int streamCount;
    private final boolean lossy;
    private final List<List<IndexedFrame>> segments = new ArrayList<>();
    private final Map<StreamKey, ModelSeries> streams = new HashMap<>();
    private final Map<Integer, ModelSeries> partitions = new HashMap<>();
    private final Map<Id, List<Long>> ids = new HashMap<>();
    private final List<StreamKey> keys = new ArrayList<>();
    private int replays;

    IndexModel(RandomGenerator random, int streamCount) {
        this(random, streamCount, /* lossy= */ false);
    }

    private IndexModel(RandomGenerator random, int streamCount, boolean lossy) {
        this.random = random;
        this.streamCount = streamCount;
        this.lossy = lossy;
    }

    /** One in which events were lost for good, so that series have gaps. */
    static IndexModel withLosses(RandomGenerator random, int streamCount) {
        return new IndexModel(random, streamCount, /* lossy= */ true);
    }

    void beginSegment() {
        segments.add(new ArrayList<>());
    }

    /** Number of the newest segment. */
    int newestSegment() {
        return segments.size() - 1;
    }

    /** Adds a random event, or what is in the place of lost ones, to the newest segment. */
    IndexedFrame addFrame() {
        return lossy && random.nextInt(LOSS_ODDS) == 0 ? addLoss() : addEvent();
    }

    /** Adds a random event to the newest segment. */
    IndexedEvent addEvent() {
        StreamKey stream = randomStream();
        int partition = partitionOf(stream);
        // Some events share a frame.
        long offset = random.nextInt(3) > 0 ? nextOffset() : lastOffset();
        IndexedEvent event =
                new IndexedEvent(
                        partition,
                        partition(partition).end(),
                        stream,
                        stream(stream).end(),
                        // As in UUIDs of version 7, the upper half hardly changes.
                        0x0190_0000_0000_7000L + ids.size() / 10,
                        random.nextInt(20) == 0 ? 7 : random.nextLong(),
                        offset);
        segments.getLast().add(event);
        learn(event);
        return event;
    }

    /** Of a part of the lost versions it is known that they are lost. */
    private IndexedLoss addLoss() {
        int partitionId = random.nextInt(PARTITIONS);
        long offset = nextOffset();
        long location = FrameLocation.pack(newestSegment(), offset);
        List<Versions> versions = new ArrayList<>();
        int lostEvents = 0;
        for (StreamKey key : keys) {
            if (partitionOf(key) != partitionId || random.nextInt(4) > 0) continue;
            ModelSeries stream = stream(key);
            int count = 1 + random.nextInt(4);
            if (random.nextBoolean()) {
                versions.add(new Versions(key.high(), key.low(), stream.end(), count));
                for (int i = 0; i < count; i++) stream.add(location);
            } else {
                stream.skip(count);
            }
            lostEvents += count;
        }
        lostEvents += 1 + random.nextInt(2); // streams that nobody has heard of
        ModelSeries partition = partition(partitionId);
        long first = partition.end();
        partition.add(location);
        partition.skip(lostEvents - 1);
        IndexedLoss loss = new IndexedLoss(partitionId, first, partition.end(), versions, offset);
        segments.getLast().add(loss);
        return loss;
    }

    private static int partitionOf(StreamKey stream) {
        return (int) Math.floorMod(stream.low(), (long) PARTITIONS);
    }

    private long lastOffset() {
        List<IndexedFrame> segment = segments.getLast();
        return segment.isEmpty() ? 64 : segment.getLast().frameFileOffset();
    }

    private long nextOffset() {
        return lastOffset() + 8L * (1 + random.nextInt(40));
    }

    private ModelSeries stream(StreamKey key) {
        return streams.computeIfAbsent(key, _ -> new ModelSeries());
    }

    private ModelSeries partition(int partitionId) {
        return partitions.computeIfAbsent(partitionId, _ -> new ModelSeries());
    }

    /** What the frames of a segment hold. */
    List<IndexedFrame> segment(int number) {
        return segments.get(number);
    }

    /** Times that a segment was read to rebuild its index. */
    int replays() {
        return replays;
    }

    @Override
    public synchronized long replay(int segmentNumber, EventSink sink) {
        replays++;
        segments.get(segmentNumber).forEach(frame -> frame.addTo(sink));
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

    /**
     * Compares what a prefetch finds: newest places of ids, last of streams, first of partitions.
     */
    void checkPrefetch(BucketIndex index) throws IOException {
        List<Long> expected = new ArrayList<>();
        List<Long> expectedNumbers = new ArrayList<>();
        Prefetch prefetch = wantAll(expected, expectedNumbers);
        index.prefetch(prefetch);
        assertThat(prefetch.count()).isEqualTo(expected.size());
        for (int n = 0; n < expected.size(); n++) {
            same(prefetch.location(n), expected.get(n));
            same(prefetch.foundNumber(n), expectedNumbers.get(n));
            assertThat(prefetch.isLookedUp(n)).isTrue();
        }
        for (StreamKey key : streams.keySet()) {
            int n = prefetch.indexOfStream(key.high(), key.low(), 0);
            same(prefetch.hasDefaultPartitionKey(n), key.hasDefaultPartitionKey());
        }
    }

    /**
     * Compares which frames a prefetch of all streams' ends asks for.
     *
     * @param sealedSegments of which there are indexes
     */
    void checkStreamEnds(BucketIndex index, int sealedSegments) throws IOException {
        Prefetch ends = new Prefetch(streams.size() + 2);
        streams.keySet().forEach(key -> ends.addStreamEnd(key.high(), key.low()));
        ends.addStreamEnd(random.nextLong(), 0);
        ends.addStream(keys.getFirst().high(), keys.getFirst().low(), Long.MAX_VALUE);
        index.prefetch(ends);
        int n = 0;
        int sealed = 0;
        for (StreamKey key : streams.keySet()) {
            boolean isSealed = FrameLocation.segmentNumber(ends.location(n)) < sealedSegments;
            same(ends.isSealed(n), isSealed);
            same(ends.needsFrame(n++), !(isSealed && key.hasDefaultPartitionKey()));
            sealed += isSealed ? 1 : 0;
        }
        assertThat(sealed).isBetween(1, streams.size() - 1);
        assertThat(ends.needsFrame(n++)).as("of a stream that is not there").isFalse();
        assertThat(ends.needsFrame(n)).as("of a version").isTrue();
    }

    /** Everything there is, and an id and a stream that there are not. */
    Prefetch wantAll(List<Long> expected, List<Long> expectedNumbers) {
        Prefetch prefetch = new Prefetch(ids.size() + streams.size() + 2 * PARTITIONS + 2);
        ids.forEach((id, locations) -> {
            prefetch.addEvent(id.high, id.low);
            expected.add(locations.getFirst());
            expectedNumbers.add(-1L);
        });
        streams.forEach((key, series) -> {
            prefetch.addStream(key.high(), key.low(), Long.MAX_VALUE);
            expected.add(series.location(series.last()));
            expectedNumbers.add(series.last());
        });
        partitions.forEach((id, series) -> {
            prefetch.addPartition(id, 0);
            expected.add(series.location(0));
            expectedNumbers.add(0L);
        });
        prefetch.addEvent(random.nextLong(), 0);
        prefetch.addStream(random.nextLong(), 0, Long.MAX_VALUE);
        expected.addAll(List.of(FrameLocation.NONE, FrameLocation.NONE));
        expectedNumbers.addAll(List.of(-1L, -1L));
        return prefetch;
    }

    private void checkStream(BucketIndex index, StreamKey key) throws IOException {
        ModelSeries expected = stream(key);
        long high = key.high();
        long low = key.low();
        assertThat(index.lastStreamVersion(high, low)).isEqualTo(expected.last());
        checkPartitionKey(index, key);
        checkPages(
                expected,
                (version, page, max) -> index.locateStreamVersions(high, low, version, page, max));
        for (long version = 0; lossy && version <= expected.end(); version++) {
            FoundEvent found = new FoundEvent();
            long last = index.lastStreamVersionUpTo(high, low, version, found);
            checkLastUpTo(expected, version, last, found);
            same(index.firstStreamVersionFrom(high, low, version), expected.firstFrom(version));
        }
    }

    /** Of a stream whose first version in a segment is lost it is not known there. */
    private void checkPartitionKey(BucketIndex index, StreamKey key) throws IOException {
        FoundEvent found = new FoundEvent();
        index.lastStreamVersionUpTo(key.high(), key.low(), Long.MAX_VALUE, found);
        boolean known = found.hasDefaultPartitionKey();
        if (!lossy || known) assertThat(known).isEqualTo(key.hasDefaultPartitionKey());
    }

    private void checkPartition(BucketIndex index, int partitionId) throws IOException {
        ModelSeries expected = partitions.getOrDefault(partitionId, new ModelSeries());
        assertThat(index.lastSequence(partitionId)).isEqualTo(expected.last());
        checkPages(
                expected,
                (sequence, page, max) -> index.locateSequences(partitionId, sequence, page, max));
        for (long sequence = 0; lossy && sequence <= expected.end(); sequence++) {
            FoundEvent found = new FoundEvent();
            long last = index.lastSequenceUpTo(partitionId, sequence, found);
            checkLastUpTo(expected, sequence, last, found);
        }
    }

    private static void checkLastUpTo(
            ModelSeries expected, long number, long last, FoundEvent found) {
        same(last, expected.lastUpTo(number));
        if (last >= 0) same(found.location(), expected.location(last));
    }

    private interface Locate {
        int locate(long number, long[] page, int max) throws IOException;
    }

    /** Pages begin everywhere if there are gaps, else where the one before has ended. */
    private void checkPages(ModelSeries expected, Locate index) throws IOException {
        long[] page = new long[MAX_PAGE];
        for (long number = 0; number <= expected.end(); ) {
            int max = 1 + (int) (number % MAX_PAGE);
            int found = index.locate(number, page, max);
            same(found, expected.countFrom(number, max));
            for (int i = 0; i < found; i++) same(page[i], expected.location(number + i));
            number += lossy ? 1 : Math.max(1, found);
        }
    }

    /** There are too many comparisons for a matcher each. */
    private static void same(Object actual, Object expected) {
        if (!actual.equals(expected)) assertThat(actual).isEqualTo(expected);
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
        stream(event.stream()).add(location);
        partition(event.partitionId()).add(location);
        List<Long> locations =
                ids.computeIfAbsent(new Id(event.idHigh(), event.idLow()), _ -> new ArrayList<>());
        // A location is shown once, the newest first.
        if (!locations.contains(location)) locations.add(location);
        locations.sort(Comparator.reverseOrder());
    }
}
