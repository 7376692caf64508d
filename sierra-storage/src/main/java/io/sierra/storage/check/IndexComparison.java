package io.sierra.storage.check;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.LostVersions;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.index.IndexCheck.Problem;
import io.sierra.storage.index.IndexCheck.Run;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.index.Sources;
import io.sierra.storage.io.Device;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the indexes of a bucket with its frames, and then uses them to look across segments: for
 * gaps in the versions of streams, and for ids that occur twice. What has no good index gets one in
 * a scratch directory. The heap holds nothing for each stream or event.
 */
final class IndexComparison implements AutoCloseable {
    /** Whoever has more of them is helped by these. */
    private static final int MAX_REPORTED_STREAMS = 1_000;

    /** Most frames that are looked up for the name of a stream are shorter. */
    private static final int FRAME_READ_BYTES = 16 << 10;

    private final StoreFiles files;
    private final int bucketId;
    private final boolean running;
    private final CheckListener listener;
    private final Device scratch;
    private final IndexCheck check;
    private final Sources sources;
    private final Set<StreamKey> reported = new HashSet<>();
    private final Set<Integer> bad = new HashSet<>();

    /** Events that are lost for good, by segment. */
    private final NavigableMap<Integer, Long> acceptedEvents = new TreeMap<>();

    /** Missing indexes of the newest segments may be yet to be written. */
    private final List<BadIndex> missing = new ArrayList<>();

    private record BadIndex(Problem problem, Run segments) {}

    /**
     * A comparison for one bucket.
     *
     * @param scratch for indexes that are missing or bad
     */
    IndexComparison(
            StoreFiles files,
            int bucketId,
            Device scratch,
            boolean running,
            CheckListener listener) {
        this.files = files;
        this.bucketId = bucketId;
        this.scratch = scratch;
        this.running = running;
        this.listener = listener;
        this.check = new IndexCheck(files.device(), SegmentId.bucketDirectory(bucketId));
        this.sources = new Sources(check);
    }

    static Finding findingOf(StoreFiles files, Problem problem) {
        String file = files.describe(problem.path());
        String text =
                problem.missing()
                        ? file + " " + problem.text()
                        : "%s at offset %d: %s"
                                .formatted(file, problem.fileOffset(), problem.text());
        return new Finding(Kind.INDEX, file, problem.fileOffset(), text, List.of());
    }

    /**
     * Compares the index of a sealed segment.
     *
     * @param index of its frames
     * @param whole whether nothing of the segment is lost; else only checksums are compared, since
     *     an index may have been made before or after the loss
     */
    void compare(OpenIndex index, long dataEnd, boolean whole) throws IOException {
        int segment = index.segmentNumber();
        List<Problem> problems =
                whole
                        ? check.compareSegment(index, dataEnd)
                        : check.verifyChecksums(new Run(segment, segment), listener::read);
        boolean absent = problems.stream().anyMatch(Problem::missing);
        if (!absent) {
            missing.forEach(this::report); // later ones have been written
            missing.clear();
        }
        for (Problem problem : problems) {
            if (problem.missing()) {
                missing.add(new BadIndex(problem, new Run(segment, segment)));
            } else {
                report(new BadIndex(problem, new Run(segment, segment)));
            }
        }
        if (whole && problems.isEmpty()) {
            sources.add(files.device(), segment);
        } else {
            bad.add(segment);
            scratch.createDirectories(
                    SegmentId.segmentsDirectory(bucketId) + "/%010d".formatted(segment));
            check.writeSegment(scratch, index, dataEnd);
            sources.add(scratch, segment);
        }
    }

    private void report(BadIndex bad) {
        listener.found(findingOf(files, bad.problem()));
        listener.badIndex(bucketId, bad.segments().firstSegment(), bad.segments().lastSegment());
    }

    /** So many events of a segment are lost, and that was accepted. */
    void noteLost(int segment, long events) {
        acceptedEvents.merge(segment, events, Long::sum);
    }

    /** Takes the index of the open segment, which has no files. */
    void addOpen(OpenIndex index) {
        sources.add(index);
    }

    /** Reports that a version of a stream comes again or that versions are missing. */
    void reportVersions(
            StreamKey key,
            StreamId stream,
            int partitionId,
            long expected,
            long actual,
            String file,
            long fileOffset) {
        if (reported.size() >= MAX_REPORTED_STREAMS || !reported.add(key)) {
            return;
        }
        String what =
                actual < expected
                        ? "version %d comes again".formatted(actual)
                        : actual == expected + 1
                                ? "version %d is missing".formatted(expected)
                                : "versions %d to %d are missing".formatted(expected, actual - 1);
        listener.found(
                new Finding(
                        Kind.DATA,
                        file,
                        fileOffset,
                        "%s at offset %d: version of stream '%s' in partition %d should be %d but is %d: %s"
                                .formatted(
                                        file,
                                        fileOffset,
                                        stream,
                                        partitionId,
                                        expected,
                                        actual,
                                        what),
                        List.of()));
    }

    /**
     * Looks across the segments when all have been compared.
     *
     * @param logs is told which versions of streams are missing
     * @return how many streams there are
     */
    long end(int segmentCount, LogCheck logs) throws IOException {
        noteMissing();
        compareRuns(segmentCount);
        VersionGaps gaps = new VersionGaps(logs);
        sources.forEachStream(gaps);
        sources.forEachEqualId(this::checkPair);
        return gaps.streams;
    }

    /** Indexes are written oldest first, so those of the newest segments may be yet to come. */
    private void noteMissing() {
        missing.stream()
                .map(index -> index.problem().path())
                .map(path -> path.substring(0, path.lastIndexOf('/')))
                .distinct()
                .forEach(directory ->
                        listener.noted(
                                "the index in %s is not written yet%s"
                                        .formatted(
                                                files.describe(directory),
                                                running ? "" : "; the next start does it")));
    }

    /** The files of a run are made one after the other, and a stop may come in between. */
    private void noteMissingInRun(Problem problem) {
        listener.noted(
                "the merged index %s is not written yet; the next start does it"
                        .formatted(files.describe(problem.path())));
    }

    private void compareRuns(int segmentCount) throws IOException {
        for (Run run : check.runs()) {
            boolean comparable =
                    run.lastSegment() < segmentCount
                            && bad.stream()
                                    .noneMatch(
                                            s -> run.firstSegment() <= s && s <= run.lastSegment());
            List<Problem> problems =
                    comparable ? check.compareRun(run) : check.verifyChecksums(run, listener::read);
            // A server merges runs into larger ones and deletes them.
            if (!running || check.runs().contains(run)) {
                problems.stream()
                        .filter(problem -> !problem.missing())
                        .forEach(problem -> report(new BadIndex(problem, run)));
            }
            if (!running) {
                problems.stream().filter(Problem::missing).forEach(this::noteMissingInRun);
            }
        }
    }

    /** Versions of each stream, over all segments. */
    private final class VersionGaps implements Sources.StreamVisitor {
        private final LogCheck logs;
        private long streams;
        private long keyHigh;
        private long keyLow;
        private long next;
        private long lastLocation = FrameLocation.NONE;

        VersionGaps(LogCheck logs) {
            this.logs = logs;
        }

        @Override
        public void stream(Sources.StreamPiece piece) throws IOException {
            if (streams == 0 || piece.keyHigh() != keyHigh || piece.keyLow() != keyLow) {
                streams++;
                keyHigh = piece.keyHigh();
                keyLow = piece.keyLow();
                next = 0;
                lastLocation = FrameLocation.NONE;
            }
            if (piece.firstVersion() != next) {
                onGap(new StreamKey(keyHigh, keyLow), piece.firstVersion(), piece.location(0));
            }
            next = piece.firstVersion() + piece.count();
            lastLocation = piece.location(piece.count() - 1);
        }

        private void onGap(StreamKey key, long actual, long location) throws IOException {
            long accepted = acceptedLosses(lastLocation, location);
            if ((actual > next && actual - next <= accepted) || reported.contains(key)) {
                return;
            }
            StreamAt stream = streamAt(location, key);
            if (stream == null && lastLocation != FrameLocation.NONE) {
                stream = streamAt(lastLocation, key); // of lost versions there is only a number
            }
            if (stream == null) {
                return;
            }
            LostVersions gap =
                    new LostVersions(
                            stream.streamId().toString(), stream.partitionId(), next, actual);
            if (actual < next || !logs.explains(gap, accepted, lastLocation, location)) {
                reportVersions(
                        key,
                        stream.streamId(),
                        stream.partitionId(),
                        next,
                        actual,
                        stream.file(),
                        stream.fileOffset());
            }
        }
    }

    /** Events that are lost in the segments of these locations and between, as was accepted. */
    private long acceptedLosses(long after, long before) {
        int first = after == FrameLocation.NONE ? 0 : FrameLocation.segmentNumber(after);
        return acceptedEvents
                .subMap(first, true, FrameLocation.segmentNumber(before), true)
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** A frame with an event of a stream. */
    private record StreamAt(StreamId streamId, int partitionId, String file, long fileOffset) {}

    private @Nullable StreamAt streamAt(long location, StreamKey key) throws IOException {
        SegmentFile segment = files.segments(bucketId).get(FrameLocation.segmentNumber(location));
        String path = segment.id().dataFile();
        FileWindow window =
                new FileWindow(files.device().openForReading(path), _ -> {}, FRAME_READ_BYTES);
        try (FrameScan scan =
                new FrameScan(segment.id(), files.describe(path), window, segment.dataEnd())) {
            scan.moveTo(FrameLocation.fileOffset(location));
            if (scan.next() != FrameScan.Step.FRAME || scan.frame().kind() != FrameKind.EVENTS) {
                return null;
            }
            FrameReader frame = scan.frame();
            while (frame.nextEvent()) {
                StreamId streamId = StreamId.ofUtf8(frame.streamIdBytes());
                if (StreamKey.of(streamId, frame.partitionId()).equals(key)) {
                    return new StreamAt(
                            streamId, frame.partitionId(), scan.file(), frame.fileOffset());
                }
            }
            return null;
        }
    }

    private void checkPair(long location, long laterLocation) throws IOException {
        List<EventAt> events = eventsAt(location);
        List<EventAt> later = location == laterLocation ? events : eventsAt(laterLocation);
        for (EventAt event : events) {
            for (EventAt other : later) {
                if (event.isOtherOfSameId(other)) {
                    reportTwice(event, other);
                    return;
                }
            }
        }
    }

    /** An event by its place. */
    private record EventAt(
            String file, long fileOffset, int partitionId, long sequence, long high, long low) {
        /** An id may occur once in each partition. */
        boolean isOtherOfSameId(EventAt other) {
            return high == other.high
                    && low == other.low
                    && partitionId == other.partitionId
                    && sequence < other.sequence;
        }
    }

    private List<EventAt> eventsAt(long location) throws IOException {
        SegmentFile segment = files.segments(bucketId).get(FrameLocation.segmentNumber(location));
        List<EventAt> events = new ArrayList<>();
        try (FrameScan scan = files.scan(segment)) {
            scan.moveTo(FrameLocation.fileOffset(location));
            if (scan.next() == FrameScan.Step.FRAME) {
                FrameReader frame = scan.frame();
                while (frame.nextEvent()) {
                    events.add(
                            new EventAt(
                                    scan.file(),
                                    frame.fileOffset(),
                                    frame.partitionId(),
                                    frame.partitionSequence(),
                                    frame.eventIdMostSignificantBits(),
                                    frame.eventIdLeastSignificantBits()));
                }
            }
        }
        return events;
    }

    private void reportTwice(EventAt event, EventAt other) {
        listener.found(
                new Finding(
                        Kind.DATA,
                        other.file(),
                        other.fileOffset(),
                        "%s at offset %d: event id %016x%016x is there twice in partition %d: as sequence %d, and as %d in %s at offset %d"
                                .formatted(
                                        other.file(),
                                        other.fileOffset(),
                                        event.high(),
                                        event.low(),
                                        event.partitionId(),
                                        other.sequence(),
                                        event.sequence(),
                                        event.file(),
                                        event.fileOffset()),
                        List.of()));
    }

    @Override
    public void close() {
        sources.close();
    }
}
