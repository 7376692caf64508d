package io.sierra.server.cli.store;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.index.SegmentStreams;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Walks over segment files and prints what is asked for, damaged places always. */
final class Dump {
    private final FramePrinter printer;
    private final Range range;
    private final boolean withEvents;
    private boolean damaged;

    /** Whether frames are asked for, and not the events of a partition or a stream. */
    private boolean ofFrames;

    /** What is asked for, both ends inclusive. */
    record Range(long first, long last) {
        boolean contains(long number) {
            return first <= number && number <= last;
        }
    }

    /**
     * A dump.
     *
     * @param range of file offsets, sequences or versions
     * @param withEvents whether frames are printed with their events
     */
    Dump(FramePrinter printer, Range range, boolean withEvents) {
        this.printer = printer;
        this.range = range;
        this.withEvents = withEvents;
    }

    /** Whether something that does not verify was met. */
    boolean foundDamage() {
        return damaged;
    }

    /** Takes what a walk meets. */
    private interface Taker {
        void take(String file, FrameReader frame) throws IOException;
    }

    /** Frames of one file, whose header tells which segment it is; no store is needed. */
    void file(Path path) throws IOException {
        ofFrames = true;
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new CommandFailedException(path + " is no file");
        }
        String name = String.valueOf(absolute.getFileName());
        try (Device device = FileDevice.open(parent)) {
            SegmentId segment = segmentOf(device, name);
            DeviceFile file = device.openForReading(name);
            walk(
                    path.toString(),
                    FrameScan.of(file, segment, path.toString(), SegmentFile.UNKNOWN_END),
                    this::printFrame);
        }
    }

    private static SegmentId segmentOf(Device device, String name) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
        try (DeviceFile file = device.openForReading(name)) {
            file.read(head, 0);
        }
        try {
            return SegmentHeader.decode(head, device.describe(name)).segment();
        } catch (CorruptSegmentException e) {
            throw new CommandFailedException(
                    e.getMessage()
                            + ": it is no segment file, or its header is damaged; if it is in a"
                            + " store, name the store with --dir and the segment with --bucket"
                            + " and --segment",
                    e);
        }
    }

    /** Frames of a bucket, or of one of its segments. */
    void bucket(StoreFiles store, int bucketId, @Nullable Integer segmentNumber)
            throws IOException {
        ofFrames = true;
        List<SegmentFile> segments = store.segments(bucketId);
        if (segmentNumber != null && (segmentNumber < 0 || segmentNumber >= segments.size())) {
            throw new CommandFailedException(
                    "bucket %d has no segment %d, only 0 to %d"
                            .formatted(bucketId, segmentNumber, segments.size() - 1));
        }
        for (SegmentFile segment : segments) {
            if (segmentNumber == null || segmentNumber == segment.id().segmentNumber()) {
                walk(store, segment, this::printFrame);
            }
        }
    }

    /** Events of a partition by sequence. */
    void partition(StoreFiles store, int partitionId) throws IOException {
        for (SegmentFile segment : store.segments(store.partitioning().bucketOf(partitionId))) {
            if (mayHaveSequences(store, segment, partitionId)) {
                walk(
                        store,
                        segment,
                        (file, frame) -> {
                            if (frame.partitionId() == partitionId) {
                                printEvents(
                                        file,
                                        frame,
                                        () -> range.contains(frame.partitionSequence()));
                            }
                        });
            }
        }
    }

    /** Events of a stream by version. */
    void stream(StoreFiles store, StreamId streamId, PartitionKey key) throws IOException {
        int partitionId = store.partitioning().partitionOf(key);
        int bucketId = store.partitioning().bucketOf(partitionId);
        StreamKey stream = StreamKey.of(streamId, partitionId);
        for (SegmentFile segment : store.segments(bucketId)) {
            if (segment.kind() == Kind.SEALED
                    && !SegmentStreams.mayContain(
                            store.device(),
                            SegmentId.bucketDirectory(bucketId),
                            segment.id().segmentNumber(),
                            stream.high())) {
                continue;
            }
            walk(
                    store,
                    segment,
                    (file, frame) -> {
                        if (frame.partitionId() == partitionId) {
                            printEvents(
                                    file,
                                    frame,
                                    () ->
                                            frame.hasStreamId(streamId.utf8())
                                                    && range.contains(frame.streamVersion()));
                        }
                    });
        }
    }

    /** By where the partition stood at the segment's beginning and end; true if that is unknown. */
    private boolean mayHaveSequences(StoreFiles store, SegmentFile segment, int partitionId)
            throws IOException {
        if (!segment.hasFrames()) {
            return true; // to tell of it
        }
        long start = nextSequence(store, segment.id(), partitionId).orElse(0L);
        long end =
                segment.kind() == Kind.SEALED
                        ? nextSequence(store, segment.id().next(), partitionId)
                                .orElse(Long.MAX_VALUE)
                        : Long.MAX_VALUE;
        return start < end && start <= range.last() && range.first() < end;
    }

    private static Optional<Long> nextSequence(StoreFiles store, SegmentId id, int partitionId)
            throws IOException {
        return store.checkpoint(id)
                .map(positions ->
                        positions.stream()
                                .filter(position -> position.partitionId() == partitionId)
                                .mapToLong(Position::nextSequence)
                                .findFirst()
                                .orElse(0));
    }

    private void walk(StoreFiles store, SegmentFile segment, Taker taker) throws IOException {
        String name = store.describe(segment.id().dataFile());
        switch (segment.kind()) {
            case SEALED, OPEN -> walk(name, store.scan(segment), taker);
            case NOT_BEGUN -> {}
            case MISSING -> {
                damaged = true;
                printer.missing(name);
            }
        }
    }

    private void walk(String name, FrameScan scan, Taker taker) throws IOException {
        try (scan) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE) {
                    damaged = true;
                    printer.damage(name, scan.damage());
                } else {
                    taker.take(name, scan.frame());
                }
            }
            if (ofFrames && (scan.hasTornTail() || range.contains(scan.fileOffset()))) {
                printer.end(name, scan.fileOffset(), scan.hasTornTail());
            }
        }
    }

    private void printFrame(String file, FrameReader frame) throws IOException {
        if (!range.contains(frame.fileOffset())) {
            return;
        }
        printer.frame(file, frame);
        if (withEvents && frame.kind().isLogEntry()) {
            printEvents(file, frame, () -> true);
        }
    }

    /** Whether the event that a frame stands at is asked for. */
    private interface Wanted {
        boolean isWanted();
    }

    private void printEvents(String file, FrameReader frame, Wanted wanted) throws IOException {
        if (frame.kind().isLogEntry()) {
            frame.rewindEvents();
            while (frame.nextEvent()) {
                if (wanted.isWanted()) {
                    printer.event(file, frame);
                }
            }
        }
    }
}
