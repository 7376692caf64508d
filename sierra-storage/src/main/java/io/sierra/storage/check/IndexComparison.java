package io.sierra.storage.check;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.index.IndexCheck.Problem;
import io.sierra.storage.index.IndexCheck.Run;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.index.Sources;
import io.sierra.storage.io.Device;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares the indexes of a bucket with its frames, and then uses them to look across segments: for
 * gaps in the versions of streams, and for ids that occur twice. What has no good index gets one in
 * a scratch directory. The heap holds nothing for each stream or event.
 */
final class IndexComparison implements AutoCloseable {
    /** Gaps that are found one by one are looked up in frames for the stream's name. */
    private static final int MAX_REPORTED_STREAMS = 1_000;

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
    private final NavigableMap<Integer, Long> lostEvents = new TreeMap<>();

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
        lostEvents.merge(segment, events, Long::sum);
    }

    /** Takes the index of the open segment, which has no files. */
    void addOpen(OpenIndex index) {
        sources.add(index);
    }

    /** Reports that versions of a stream are missing or come twice. */
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
                actual > expected
                        ? "versions %d to %d are missing".formatted(expected, actual - 1)
                        : "version %d comes again".formatted(actual);
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
     * @return how many streams there are
     */
    long end(int segmentCount) throws IOException {
        noteMissing();
        compareRuns(segmentCount);
        VersionGaps gaps = new VersionGaps();
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
        private long streams;
        private long keyHigh;
        private long keyLow;
        private long next;
        private int lastSegment;

        @Override
        public void stream(long high, long low, long firstVersion, int count, int segment)
                throws IOException {
            if (streams == 0 || high != keyHigh || low != keyLow) {
                streams++;
                keyHigh = high;
                keyLow = low;
                next = 0;
                lastSegment = 0;
            }
            if (firstVersion != next
                    && !isLost(firstVersion - next, lastSegment, segment)
                    && !reported.contains(new StreamKey(high, low))) {
                reportGap(new StreamKey(high, low), next, firstVersion, segment);
            }
            next = firstVersion + count;
            lastSegment = segment;
        }
    }

    /** Whether so many events may be among those that are lost in these segments, inclusive. */
    private boolean isLost(long events, int firstSegment, int lastSegment) {
        return events > 0
                && lostEvents.subMap(firstSegment, true, lastSegment, true).values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        >= events;
    }

    private void reportGap(StreamKey key, long expected, long actual, int segment)
            throws IOException {
        if (reported.size() >= MAX_REPORTED_STREAMS) {
            return;
        }
        SegmentFile file = files.segments(bucketId).get(segment);
        try (FrameScan scan = files.scan(file)) {
            FrameScan.Step step;
            while ((step = scan.next()) != FrameScan.Step.END) {
                if (step == FrameScan.Step.FRAME && moveTo(scan.frame(), key, actual)) {
                    FrameReader event = scan.frame();
                    reportVersions(
                            key,
                            StreamId.ofUtf8(event.streamIdBytes()),
                            event.partitionId(),
                            expected,
                            actual,
                            scan.file(),
                            event.fileOffset());
                    return;
                }
            }
        }
    }

    private static boolean moveTo(FrameReader frame, StreamKey key, long version) {
        while (frame.nextEvent()) {
            if (frame.streamVersion() == version
                    && StreamKey.of(StreamId.ofUtf8(frame.streamIdBytes()), frame.partitionId())
                            .equals(key)) {
                return true;
            }
        }
        return false;
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
