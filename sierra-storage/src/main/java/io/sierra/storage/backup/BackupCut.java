package io.sierra.storage.backup;

import io.sierra.storage.backup.BackupManifest.PartitionEnd;
import io.sierra.storage.check.Damage;
import io.sierra.storage.check.LogEnd;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a backup will hold: of each bucket the segments that are there when it begins, the last of
 * them up to its last valid frame at that moment.
 *
 * <p>That is a prefix of the bucket's log with everything in it that was acknowledged before. An
 * acknowledged event is in the file, so it is in a segment that is listed, before the end that is
 * found afterwards. What a server does later changes none of these bytes: it adds frames behind
 * them, and segments, and rewrites indexes, which are not copied.
 *
 * @param segments by bucket, then number
 * @param partitions those that have events
 */
record BackupCut(List<CutSegment> segments, List<PartitionEnd> partitions) {

    private static final int IDENTITY_DIGITS = 32;

    /**
     * A segment up to where the cut goes through it.
     *
     * @param end exclusive end of what is copied
     * @param identity the same for segments that hold the same log up to the same end, whether they
     *     are sealed or not
     * @param damages that were met if it had to be read
     */
    record CutSegment(SegmentFile file, long end, String identity, List<Damage> damages) {}

    static BackupCut of(StoreFiles store) throws IOException {
        List<CutSegment> segments = new ArrayList<>();
        List<PartitionEnd> partitions = new ArrayList<>();
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            LogEnd last = LogEnd.of(0, List.of());
            for (SegmentFile file : store.segments(bucketId)) {
                if (file.kind() != Kind.NOT_BEGUN) {
                    last = endOf(store, file, last);
                    segments.add(
                            new CutSegment(
                                    file,
                                    last.fileOffset(),
                                    identity(file.id(), lossAcceptedNanos(store, file), last),
                                    last.damages()));
                }
            }
            last.positions().stream()
                    .filter(position -> position.nextSequence() > 0)
                    .map(position -> endOf(position))
                    .forEach(partitions::add);
        }
        partitions.sort(Comparator.comparingInt(PartitionEnd::partitionId));
        return new BackupCut(List.copyOf(segments), List.copyOf(partitions));
    }

    private static PartitionEnd endOf(Position position) {
        return new PartitionEnd(
                position.partitionId(), position.nextSequence(), position.nextSequence() - 1);
    }

    /**
     * Of all but the last segment the next one tells it, so that nothing of the segment itself is
     * read: its file may even be missing, and be in the target.
     *
     * @param previous of the segment before, where the log ends if nothing is left of this one
     */
    private static LogEnd endOf(StoreFiles store, SegmentFile file, LogEnd previous)
            throws IOException {
        SegmentId next = file.id().next();
        if (file.kind() != Kind.OPEN) {
            try {
                long dataEnd = store.header(next).previousDataEnd();
                Optional<List<Position>> positions = store.checkpoint(next);
                if (positions.isPresent()) {
                    return LogEnd.of(dataEnd, positions.get());
                }
            } catch (CorruptSegmentException | NoSuchFileException _) {
                // then the segment itself has to
            }
        }
        return file.hasFrames()
                ? LogEnd.scan(store, file, _ -> {})
                : LogEnd.of(0, previous.positions());
    }

    /** A segment in which a loss was accepted is another one, though its logs end the same. */
    private static long lossAcceptedNanos(StoreFiles store, SegmentFile file) {
        try {
            return store.header(file.id()).lossAcceptedNanos();
        } catch (IOException _) { // copying it meets the same, and tells
            return 0;
        }
    }

    /** What the log holds, by the chain's digest of every partition at its end. */
    private static String identity(SegmentId id, long lossAcceptedNanos, LogEnd end) {
        Sha256 sha = new Sha256();
        if (lossAcceptedNanos != 0) {
            sha.add(lossAcceptedNanos);
        }
        sha.add(id.bucketId());
        sha.add(id.segmentNumber());
        sha.add(end.fileOffset());
        end.positions().stream()
                .sorted(Comparator.comparingInt(Position::partitionId))
                .forEach(position -> {
                    sha.add(position.partitionId());
                    sha.add(position.lastLogIndex());
                    sha.add(position.digest());
                    if (position.damaged()) {
                        sha.add(1); // its checkpoints are others after a repair
                    }
                });
        return sha.hex().substring(0, IDENTITY_DIGITS);
    }
}
