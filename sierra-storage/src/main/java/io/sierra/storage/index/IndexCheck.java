package io.sierra.storage.index;

import io.sierra.storage.index.ComparingDevice.DifferenceException;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Checks the index files of one bucket against what they should hold, without a {@link BucketIndex}
 * and beside one that is in use. For one thread.
 */
public final class IndexCheck {
    private final Device device;
    private final String bucketDirectory;

    /** For a bucket, whose directory holds {@code segments/} and {@code runs/}. */
    public IndexCheck(Device device, String bucketDirectory) {
        this.device = device;
        this.bucketDirectory = bucketDirectory;
    }

    /**
     * What is wrong with an index file.
     *
     * @param fileOffset where; 0 if it is missing or not what its place says
     * @param missing there is no such file
     */
    public record Problem(String path, long fileOffset, String text, boolean missing) {}

    /** A run: merged indexes of several segments. */
    public record Run(int firstSegment, int lastSegment) {}

    /** All is as it should be. */
    public static final long FITS = -1;

    /**
     * Adds an event to an index even if there is a gap before it that no accepted loss explains.
     *
     * @return {@link #FITS}, or the version that should have come next in the stream; an event that
     *     comes again is left out then
     */
    public static long add(
            OpenIndex index,
            int partitionId,
            long partitionSequence,
            long streamKeyHigh,
            long streamKeyLow,
            long streamVersion,
            boolean hasDefaultPartitionKey,
            long eventIdHigh,
            long eventIdLow,
            long frameFileOffset) {
        long version = index.streams().lastNumber(streamKeyHigh, streamKeyLow);
        boolean again = version >= 0 && streamVersion <= version;
        if (again) {
            return version + 1;
        }
        boolean isBehindGap =
                version >= 0 && streamVersion != version + 1 && !index.hasLostEvents(partitionId);
        long sequence =
                index.partitions().lastNumber(IndexHash.ofPartition(partitionId), partitionId);
        boolean isPartitionBehindGap =
                sequence >= 0
                        && partitionSequence != sequence + 1
                        && !index.isBehindLoss(partitionId, partitionSequence);
        if (isBehindGap || isPartitionBehindGap) {
            index.addBehindGap(
                    streamKeyHigh,
                    streamKeyLow,
                    streamVersion,
                    hasDefaultPartitionKey,
                    eventIdHigh,
                    eventIdLow,
                    frameFileOffset);
        } else {
            index.event(
                    partitionId,
                    partitionSequence,
                    streamKeyHigh,
                    streamKeyLow,
                    streamVersion,
                    hasDefaultPartitionKey,
                    eventIdHigh,
                    eventIdLow,
                    frameFileOffset);
        }
        return isBehindGap ? version + 1 : FITS;
    }

    /** Adds what is lost for good, unless something is missing before it. */
    public static void addLost(OpenIndex index, FrameReader lost) {
        int partitionId = lost.partitionId();
        long first = lost.firstSequence();
        long last = index.partitions().lastNumber(IndexHash.ofPartition(partitionId), partitionId);
        if (last < 0 || first == last + 1 || index.isBehindLoss(partitionId, first)) {
            index.lost(
                    partitionId, first, lost.endSequence(), lost.lostVersions(), lost.fileOffset());
        }
    }

    /** Compares the files of a sealed segment, byte by byte, with an index of its frames. */
    public List<Problem> compareSegment(OpenIndex index, long dataLengthBytes) throws IOException {
        List<Problem> problems = new ArrayList<>();
        for (IndexKind kind : IndexKind.values()) {
            IndexFileId id = idOf(kind, index.segmentNumber(), index.segmentNumber());
            compare(id, () -> write(comparing(), id, index, dataLengthBytes))
                    .ifPresent(problems::add);
        }
        return problems;
    }

    /** Writes the index of a segment to another device, which has its directory. */
    public void writeSegment(Device target, OpenIndex index, long dataLengthBytes)
            throws IOException {
        for (IndexKind kind : IndexKind.values()) {
            IndexFileId id = idOf(kind, index.segmentNumber(), index.segmentNumber());
            write(new IndexWriting(target, () -> false), id, index, dataLengthBytes);
        }
    }

    private static void write(
            IndexWriting writing, IndexFileId id, OpenIndex index, long dataLengthBytes)
            throws IOException {
        int segment = index.segmentNumber();
        if (id.kind() == IndexKind.EVENT) {
            writing.writeEvents(
                    IndexFileHeader.of(id, dataLengthBytes, index.eventCount(), 0),
                    () -> index.events().cursor(segment));
        } else {
            OpenSeries series = index.series(id.kind());
            writing.writeSeries(
                    IndexFileHeader.of(id, dataLengthBytes, series.count(), series.postingCount()),
                    () -> series.cursor(segment));
        }
    }

    /** Runs that have a directory, whole or not. */
    public List<Run> runs() throws IOException {
        return device.list(IndexPaths.runs(bucketDirectory)).stream()
                .flatMap(name -> IndexPaths.parseRunName(name).stream())
                .map(range -> new Run(range.first(), range.last()))
                .toList();
    }

    /** Compares a run with the indexes of its segments, which have been found to be good. */
    public List<Problem> compareRun(Run run) throws IOException {
        List<Problem> problems = new ArrayList<>();
        try (Sources sources = new Sources(this)) {
            for (int segment = run.firstSegment(); segment <= run.lastSegment(); segment++) {
                sources.add(device, segment);
            }
            for (IndexKind kind : IndexKind.values()) {
                IndexFileId id = idOf(kind, run.firstSegment(), run.lastSegment());
                compare(id, () -> write(comparing(), id, sources)).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private static void write(IndexWriting writing, IndexFileId id, Sources sources)
            throws IOException {
        IndexFileHeader header =
                IndexFileHeader.of(
                        id, 0, sources.entryCount(id.kind()), sources.postingCount(id.kind()));
        if (id.kind() == IndexKind.EVENT) {
            writing.writeEvents(header, () -> new MergedEvents(sources.events()));
        } else {
            writing.writeSeries(header, () -> new MergedSeries(sources.series(id.kind())));
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private Optional<Problem> compare(IndexFileId id, Writing writing) throws IOException {
        try {
            Optional<Problem> notThisFile = headerProblem(id);
            if (notThisFile.isPresent()) {
                return notThisFile;
            }
            writing.run();
            return Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.of(new Problem(id.path(), 0, "is missing", true));
        } catch (DifferenceException e) {
            String text = String.valueOf(e.getMessage());
            return Optional.of(new Problem(id.path(), e.fileOffset(), text, false));
        }
    }

    private Optional<Problem> headerProblem(IndexFileId id) throws IOException {
        try (DeviceFile file = device.openForReading(id.path());
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = file.map(0, file.size(), arena);
            return IndexFileHeader.problem(id, bytes)
                    .map(text -> new Problem(id.path(), 0, text, false));
        }
    }

    private IndexWriting comparing() {
        return new IndexWriting(new ComparingDevice(device), () -> false);
    }

    /**
     * Verifies header and checksums of the files of a segment or run, and nothing else.
     *
     * @param bytesRead is told how much was read after each read, and may wait
     */
    public List<Problem> verifyChecksums(Run run, LongConsumer bytesRead) throws IOException {
        List<Problem> problems = new ArrayList<>();
        for (IndexKind kind : IndexKind.values()) {
            IndexFileId id = idOf(kind, run.firstSegment(), run.lastSegment());
            try {
                headerProblem(id).or(() -> blockProblem(id, bytesRead)).ifPresent(problems::add);
            } catch (NoSuchFileException _) {
                problems.add(new Problem(id.path(), 0, "is missing", true));
            }
        }
        return problems;
    }

    /** Takes the place of an event. */
    @FunctionalInterface
    public interface NumberVisitor {
        /**
         * This number of a series is in the frame at this offset.
         *
         * @param keyLow of a partition its id
         * @param number sequence or version
         */
        void number(long keyHigh, long keyLow, long number, long fileOffset);
    }

    /**
     * Shows what the index of a sealed segment knows, whether the frames are there or not: first
     * the sequences of all partitions, then the versions of all streams, each by key, then number.
     *
     * @return whether its files are whole; if not, nothing is shown
     */
    public boolean showSegment(int segment, NumberVisitor sequences, NumberVisitor versions)
            throws IOException {
        if (!verifyChecksums(new Run(segment, segment), _ -> {}).isEmpty()) {
            return false;
        }
        try (Sources sources = new Sources(this)) {
            sources.add(device, segment);
            for (IndexFile file : sources.filesOf(IndexKind.PARTITION)) {
                new SeriesIndexFile(file).forEach(sequences);
            }
            for (IndexFile file : sources.filesOf(IndexKind.STREAM)) {
                new SeriesIndexFile(file).forEach(versions);
            }
        }
        return true;
    }

    private Optional<Problem> blockProblem(IndexFileId id, LongConsumer bytesRead) {
        ByteBuffer block =
                ByteBuffer.allocateDirect(2 * IndexBlock.LENGTH)
                        .alignedSlice(IndexBlock.LENGTH)
                        .order(ByteOrder.LITTLE_ENDIAN);
        long number = 0;
        try (DeviceFile file = device.openUncachedForReading(id.path())) {
            while (true) {
                int count = file.read(block.clear(), number * IndexBlock.LENGTH);
                if (count == 0) {
                    return Optional.empty();
                }
                int payload = count - IndexBlock.TRAILER_LENGTH;
                int expected = block.getInt(payload);
                int actual = IndexBlock.checksum(id.seed(), number, block.flip().limit(payload));
                if (actual != expected) {
                    return Optional.of(
                            new Problem(
                                    id.path(),
                                    number * IndexBlock.LENGTH,
                                    "checksum of the block should be %08x but is %08x"
                                            .formatted(expected, actual),
                                    false));
                }
                bytesRead.accept(count);
                number++;
            }
        } catch (IOException e) {
            String text = String.valueOf(e.getMessage());
            return Optional.of(new Problem(id.path(), number * IndexBlock.LENGTH, text, false));
        }
    }

    IndexFileId idOf(IndexKind kind, int firstSegment, int lastSegment) {
        return new IndexFileId(bucketDirectory, kind, firstSegment, lastSegment);
    }
}
