package io.sierra.storage.stats;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.check.LogEnd;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.index.EventSink;
import io.sierra.storage.index.StreamCounts;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentId;
import io.sierra.storage.stats.StoreStats.BucketStats;
import io.sierra.storage.stats.StoreStats.PartitionStats;
import io.sierra.storage.stats.StoreStats.StreamStats;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/**
 * Gathers {@link StoreStats}. Of sealed segments only heads and indexes are read, of the open one
 * all; memory grows with the open segment and not with the number of streams.
 */
public final class StatsReader {
    private final StoreFiles store;
    private final int largest;
    private final List<BucketStats> buckets = new ArrayList<>();
    private final List<PartitionStats> partitions = new ArrayList<>();
    private final List<StreamStats> streams = new ArrayList<>();

    /** A stream by its key. */
    private record Counted(long keyHigh, long keyLow, long events, int segment, long version) {}

    private StatsReader(StoreFiles store, int largest) {
        this.store = store;
        this.largest = largest;
    }

    /**
     * Reads a store, whether a server has it open or not.
     *
     * @param largest how many of the largest streams to name, 0 or more
     * @param bucketsDone is told how many buckets have been read, after each
     * @throws IOException also if the newest segment of a bucket is missing, which has the ends
     */
    public static StoreStats read(StoreFiles store, int largest, IntConsumer bucketsDone)
            throws IOException {
        StatsReader reader = new StatsReader(store, largest);
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            reader.readBucket(bucketId);
            bucketsDone.accept(bucketId + 1);
        }
        reader.partitions.sort(Comparator.comparingInt(PartitionStats::partitionId));
        reader.streams.sort(Comparator.comparingLong(StreamStats::events).reversed());
        return new StoreStats(
                store.meta(),
                reader.buckets,
                reader.partitions,
                reader.streams.subList(0, Math.min(largest, reader.streams.size())));
    }

    private void requireNewest(SegmentFile newest) throws IOException {
        if (!newest.hasFrames()) {
            throw new IOException(
                    "%s is missing: 'sierradb verify' says what is known of it, 'sierradb repair' or 'sierradb restore' a backup"
                            .formatted(store.describe(newest.id().dataFile())));
        }
    }

    private void readBucket(int bucketId) throws IOException {
        List<SegmentFile> segments =
                store.segments(bucketId).stream()
                        .filter(segment -> segment.kind() != Kind.NOT_BEGUN)
                        .toList();
        int sealed = Math.max(0, segments.size() - 1);
        try (StreamCounts counts =
                new StreamCounts(store.device(), SegmentId.bucketDirectory(bucketId), sealed)) {
            LogEnd end = LogEnd.of(0, List.of());
            if (!segments.isEmpty()) {
                requireNewest(segments.getLast());
                EventSink sink = counts.openSegment();
                end = LogEnd.scan(store, segments.getLast(), frame -> addEvents(frame, sink));
            }
            long[] streamCount = {0};
            PriorityQueue<Counted> top =
                    new PriorityQueue<>(Comparator.comparingLong(Counted::events));
            counts.forEach((high, low, events, segment, version) -> {
                streamCount[0]++;
                offer(top, new Counted(high, low, events, segment, version));
            });
            for (Counted counted : top) {
                streams.add(named(counts, bucketId, counted));
            }
            addPartitions(bucketId, end.positions());
            buckets.add(
                    new BucketStats(
                            bucketId,
                            segments.size(),
                            events(end.positions()),
                            streamCount[0],
                            dataBytes(segments, end.fileOffset()),
                            segments.stream().mapToLong(SegmentFile::lengthBytes).sum(),
                            indexBytes(segments),
                            lengthOf(store.runFiles(bucketId)),
                            lengthOf(store.spare(bucketId).stream().toList()),
                            counts.withoutIndex()));
        }
    }

    private void offer(PriorityQueue<Counted> top, Counted counted) {
        if (top.size() < largest) {
            top.add(counted);
        } else if (largest > 0 && counted.events() > top.element().events()) {
            top.remove();
            top.add(counted);
        }
    }

    /** An event that does not fit behind a damaged place is left out, as it is at start. */
    private static void addEvents(FrameReader frame, EventSink sink) {
        if (frame.kind() == FrameKind.LOST) {
            addLost(frame, sink);
        }
        while (frame.kind() == FrameKind.EVENTS && frame.nextEvent()) {
            StreamId stream = StreamId.ofUtf8(frame.streamIdBytes());
            StreamKey key = StreamKey.of(stream, frame.partitionId());
            try {
                sink.event(
                        frame.partitionId(),
                        frame.partitionSequence(),
                        key.high(),
                        key.low(),
                        frame.streamVersion(),
                        frame.hasDefaultPartitionKeyOf(stream),
                        frame.eventIdMostSignificantBits(),
                        frame.eventIdLeastSignificantBits(),
                        frame.fileOffset());
            } catch (IllegalArgumentException _) {
                return;
            }
        }
    }

    private static void addLost(FrameReader frame, EventSink sink) {
        try {
            sink.lost(
                    frame.partitionId(),
                    frame.firstSequence(),
                    frame.endSequence(),
                    frame.lostVersions(),
                    frame.fileOffset());
        } catch (IllegalArgumentException _) {
            return;
        }
    }

    private StreamStats named(StreamCounts counts, int bucketId, Counted counted)
            throws IOException {
        String unknown = "?%016x%016x".formatted(counted.keyHigh(), counted.keyLow());
        var offset =
                counts.frameOffset(
                        counted.keyHigh(), counted.keyLow(), counted.segment(), counted.version());
        if (offset.isEmpty()) {
            return new StreamStats(unknown, -1, counted.events());
        }
        SegmentId segment = store.segment(bucketId, counted.segment());
        String path = segment.dataFile();
        try (DeviceFile file = store.device().openForReading(path);
                Arena arena = Arena.ofConfined()) {
            FrameReader frame =
                    new FrameReader(segment, store.describe(path), file.map(0, file.size(), arena));
            frame.moveTo(offset.get());
            while (frame.nextEvent()) {
                StreamId id = StreamId.ofUtf8(frame.streamIdBytes());
                StreamKey key = StreamKey.of(id, frame.partitionId());
                if (key.high() == counted.keyHigh() && key.low() == counted.keyLow()) {
                    String name = new String(id.utf8(), StandardCharsets.UTF_8);
                    return new StreamStats(name, frame.partitionId(), counted.events());
                }
            }
        } catch (CorruptSegmentException | NoSuchFileException _) {
            // then without its name
        }
        return new StreamStats(unknown, -1, counted.events());
    }

    private void addPartitions(int bucketId, Collection<Position> positions) throws IOException {
        Map<Integer, Long> events = new HashMap<>();
        positions.forEach(p -> events.put(p.partitionId(), p.nextSequence()));
        Map<Integer, String> damages = store.damageNotes(bucketId);
        for (int id : store.partitionIds(bucketId)) {
            partitions.add(
                    new PartitionStats(
                            id,
                            bucketId,
                            events.getOrDefault(id, 0L),
                            damages.getOrDefault(id, "")));
        }
    }

    private static long events(Collection<Position> positions) {
        return positions.stream().mapToLong(Position::nextSequence).sum();
    }

    private static long dataBytes(List<SegmentFile> segments, long openEnd) {
        return openEnd
                + segments.stream()
                        .mapToLong(SegmentFile::dataEnd)
                        .filter(end -> end != SegmentFile.UNKNOWN_END)
                        .sum();
    }

    private long indexBytes(List<SegmentFile> segments) throws IOException {
        long length = 0;
        for (SegmentFile segment : segments) {
            length += lengthOf(segment.indexFiles());
        }
        return length;
    }

    private long lengthOf(List<String> paths) throws IOException {
        long length = 0;
        for (String path : paths) {
            length += lengthOf(path);
        }
        return length;
    }

    /** What a server has deleted or renamed since it was listed counts nothing. */
    private long lengthOf(String path) throws IOException {
        try {
            return store.lengthOf(path);
        } catch (NoSuchFileException _) {
            return 0;
        }
    }
}
