package io.sierra.storage.check;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks one bucket, segment by segment: every frame, the logs of its partitions, and the indexes
 * against the frames. Of one segment at a time there is an index in memory.
 */
final class BucketCheck {
    private final StoreFiles files;
    private final int bucketId;
    private final CheckListener listener;
    private final LogCheck logs;
    private int lastSegment;
    private final @Nullable IndexComparison indexes;
    private final boolean running;
    private long segments;
    private long frames;
    private long events;
    private long bytes;

    /**
     * A check of a bucket.
     *
     * @param indexes compares the indexes; null to verify only their checksums and to leave the
     *     open segment out
     * @param running whether a server has the store
     */
    BucketCheck(
            StoreFiles files,
            int bucketId,
            @Nullable IndexComparison indexes,
            boolean running,
            CheckListener listener) {
        this.files = files;
        this.bucketId = bucketId;
        this.indexes = indexes;
        this.running = running;
        this.listener = listener;
        this.logs = new LogCheck(files.partitionIds(bucketId));
    }

    CheckCounts run() throws IOException {
        List<SegmentFile> list = files.segments(bucketId);
        lastSegment = list.size() - 1;
        for (SegmentFile segment : list) {
            check(segment);
        }
        long streams = 0;
        if (indexes != null) {
            streams = indexes.end(list.size(), logs);
        } else {
            verifyRuns();
        }
        logs.end().forEach(listener::found);
        files.damageNotes(bucketId).forEach(this::tellNote);
        return new CheckCounts(1, segments, frames, events, streams, bytes);
    }

    /** A note is a finding of its own if the damage that it tells of has not been met. */
    private void tellNote(int partitionId, String damage) {
        String file = files.describe(SegmentId.bucketDirectory(bucketId) + "/damage.json");
        String text = "%s: partition %d is out of service: %s".formatted(file, partitionId, damage);
        if (logs.isDamaged(partitionId)) {
            listener.noted(text);
        } else {
            listener.found(new Finding(Kind.NOTE, file, 0, text, List.of()));
        }
    }

    private void check(SegmentFile segment) throws IOException {
        String file = files.describe(segment.id().dataFile());
        int number = segment.id().segmentNumber();
        switch (segment.kind()) {
            case SEALED -> checkFrames(segment, file);
            case OPEN -> {
                if (indexes != null) {
                    checkFrames(segment, file);
                } else {
                    checkBeginning(segment, file);
                }
            }
            case MISSING -> logs.onBadSegment(file, number, file + stateOf(segment));
            case NOT_BEGUN -> {
                if (!running) {
                    listener.noted(
                            file + " was not begun: a crash left it, the next start removes it");
                }
            }
        }
    }

    private String stateOf(SegmentFile missing) {
        String state = missing.lengthBytes() > 0 ? " has lost its beginning" : " is missing";
        return missing.id().segmentNumber() == lastSegment
                ? state
                        + ": the index of the segment before proves that it had begun, and nobody"
                        + " knows what it held"
                : state;
    }

    private void checkFrames(SegmentFile segment, String file) throws IOException {
        checkHeader(segment.id(), file);
        boolean sealed = segment.kind() == SegmentFile.Kind.SEALED;
        OpenIndex index = new OpenIndex(segment.id().segmentNumber());
        boolean whole = true;
        long dataEnd;
        try (FrameScan scan = files.scan(segment, indexes == null, this::onRead)) {
            FrameScan.Step step = scan.next();
            whole &= checkFirst(segment.id(), scan, step);
            for (; step != FrameScan.Step.END; step = scan.next()) {
                if (step == FrameScan.Step.DAMAGE) {
                    logs.onDamage(file, segment.id().segmentNumber(), scan.damage());
                    whole = false;
                } else {
                    whole &= onFrame(file, scan.frame(), index);
                }
            }
            dataEnd = scan.fileOffset();
            if (scan.hasTornTail() && !running) {
                listener.noted(
                        "%s at offset %d: an unfinished write that nobody was told about; the next start cuts it"
                                .formatted(file, dataEnd));
            }
        }
        segments++;
        if (indexes == null) {
            verifyIndex(segment);
        } else if (sealed) {
            indexes.compare(index, dataEnd, whole);
        } else {
            indexes.addOpen(index);
        }
    }

    /** The first entry of what follows tells what was the last one before. */
    private void checkBeginning(SegmentFile segment, String file) throws IOException {
        try (FrameScan scan = files.scan(segment)) {
            if (scan.next() == FrameScan.Step.FRAME
                    && scan.frame().kind() == FrameKind.CHECKPOINT) {
                logs.onCheckpoint(file, segment.id().segmentNumber(), scan.frame());
            }
        }
    }

    private void onRead(long lengthBytes) {
        bytes += lengthBytes;
        listener.read(lengthBytes);
    }

    private void checkHeader(SegmentId id, String file) throws IOException {
        try {
            SegmentHeader header = files.header(id);
            if (!header.isOfStore(files.meta().storeId())) {
                logs.onBadSegment(
                        file,
                        id.segmentNumber(),
                        "%s at offset 0: store id should be %s but is that of another store"
                                .formatted(file, files.meta().storeId()));
            }
        } catch (CorruptSegmentException e) {
            logs.onBadSegment(file, id.segmentNumber(), String.valueOf(e.getMessage()));
        } catch (NoSuchFileException _) {
            logs.onBadSegment(file, id.segmentNumber(), file + " is missing");
        }
    }

    private boolean checkFirst(SegmentId id, FrameScan scan, FrameScan.Step step) {
        if (step == FrameScan.Step.FRAME && scan.frame().kind() != FrameKind.CHECKPOINT) {
            logs.onBadSegment(
                    scan.file(),
                    id.segmentNumber(),
                    "%s at offset %d: first frame should be CHECKPOINT but is %s"
                            .formatted(
                                    scan.file(), scan.frame().fileOffset(), scan.frame().kind()));
            return false;
        }
        return true;
    }

    private boolean onFrame(String file, FrameReader frame, OpenIndex index) {
        frames++;
        int segment = frame.segment().segmentNumber();
        return switch (frame.kind()) {
            case CHECKPOINT -> {
                logs.onCheckpoint(file, segment, frame);
                yield true;
            }
            case EVENTS, TERM_START -> {
                boolean fits = logs.onEntry(file, segment, frame);
                yield addEvents(file, frame, index) && fits;
            }
            case LOST -> {
                boolean fits = logs.onEntry(file, segment, frame);
                onLost(file, frame, index);
                yield fits;
            }
            case DURABLE_END, FILLER -> true;
        };
    }

    /** Somebody has accepted the loss, so it is no damage. */
    private void onLost(String file, FrameReader frame, OpenIndex index) {
        Loss loss = new Loss(frame.partitionId(), frame.firstSequence(), frame.endSequence());
        listener.noted(
                "%s at offset %d: lost, as was accepted: %s"
                        .formatted(file, frame.fileOffset(), loss));
        if (indexes != null) {
            IndexCheck.addLost(index, frame);
            indexes.noteLost(
                    frame.segment().segmentNumber(), loss.endSequence() - loss.firstSequence());
        }
    }

    private boolean addEvents(String file, FrameReader frame, OpenIndex index) {
        boolean fits = true;
        while (frame.nextEvent()) {
            events++;
            if (indexes == null) {
                continue;
            }
            StreamId stream = StreamId.ofUtf8(frame.streamIdBytes());
            StreamKey key = StreamKey.of(stream, frame.partitionId());
            long expected =
                    IndexCheck.add(
                            index,
                            frame.partitionId(),
                            frame.partitionSequence(),
                            key.high(),
                            key.low(),
                            frame.streamVersion(),
                            frame.hasDefaultPartitionKeyOf(stream),
                            frame.eventIdMostSignificantBits(),
                            frame.eventIdLeastSignificantBits(),
                            frame.fileOffset());
            if (expected == IndexCheck.FITS) {
                continue;
            }
            fits = false;
            if (frame.streamVersion() < expected) { // what is missing is told when all is known
                indexes.reportVersions(
                        key,
                        stream,
                        frame.partitionId(),
                        expected,
                        frame.streamVersion(),
                        file,
                        frame.fileOffset());
            }
        }
        return fits;
    }

    private void verifyIndex(SegmentFile segment) throws IOException {
        int number = segment.id().segmentNumber();
        verify(new IndexCheck.Run(number, number));
    }

    private void verifyRuns() throws IOException {
        for (IndexCheck.Run run : indexCheck().runs()) {
            verify(run);
        }
    }

    private void verify(IndexCheck.Run run) throws IOException {
        for (IndexCheck.Problem problem : indexCheck().verifyChecksums(run, this::onRead)) {
            // Made in the background, and merged runs are deleted.
            if (!problem.missing()) {
                listener.found(IndexComparison.findingOf(files, problem));
                listener.badIndex(bucketId, run.firstSegment(), run.lastSegment());
            }
        }
    }

    private IndexCheck indexCheck() {
        return new IndexCheck(files.device(), SegmentId.bucketDirectory(bucketId));
    }
}
