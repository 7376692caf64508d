package io.sierra.storage.bucket;

import io.sierra.storage.index.SegmentEvents;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a sealed segment ended, as far as the segments behind it tell.
 *
 * <p>The header of the next one says where its frames end, and the checkpoint there with which
 * entry each partition did. Either may be damaged. Instead of the checkpoint the first thing behind
 * it that speaks of a partition will do: an entry, which carries index and digest of the one before
 * it, or a later checkpoint. What is between is read for that.
 */
final class SegmentEnd {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentEnd.class);
    private static final long UNKNOWN = SegmentEvents.UNKNOWN_LENGTH;
    private static final Last NOTHING = new Last(0, 0, 0);

    private final Map<Integer, Last> lasts = new HashMap<>();

    /** Whether a checkpoint was read, and a partition that nobody speaks of has no entry. */
    private boolean isComplete;

    private long dataEnd = UNKNOWN;

    /** The last entry of a partition; index 0 if it had none. */
    private record Last(long logIndex, int digest, long nextSequence) {}

    private SegmentEnd() {}

    /** Reads what there is; null if the next segment has no file. */
    static @Nullable SegmentEnd of(BucketFiles files, SegmentId segment) throws IOException {
        SegmentEnd end = new SegmentEnd();
        SegmentId next = successor(files, segment);
        if (!files.device().exists(next.dataFile())) {
            return null;
        }
        end.dataEnd = dataEndBefore(files, next);
        while (!end.isComplete && files.device().exists(next.dataFile())) {
            end.read(files, next);
            next = successor(files, next);
        }
        return end;
    }

    /**
     * Exclusive end of the segment's frames, of which the next header tells.
     *
     * @return -1 if there is no such header
     */
    static long dataEndOf(BucketFiles files, SegmentId segment) throws IOException {
        SegmentId next = successor(files, segment);
        return files.device().exists(next.dataFile()) ? dataEndBefore(files, next) : UNKNOWN;
    }

    private static SegmentId successor(BucketFiles files, SegmentId segment) {
        return files.segment(segment.bucketId(), segment.segmentNumber() + 1);
    }

    private static long dataEndBefore(BucketFiles files, SegmentId next) throws IOException {
        try (MappingCache.Lease lease = files.mappings().acquire(next.dataFile())) {
            MemorySegment data = lease.segment();
            if (data.byteSize() < SegmentHeader.LENGTH_BYTES) {
                return UNKNOWN;
            }
            String file = files.device().describe(next.dataFile());
            MemorySegment head = data.asSlice(0, SegmentHeader.LENGTH_BYTES);
            return SegmentHeader.decode(head.asByteBuffer(), next, file).previousDataEnd();
        } catch (CorruptSegmentException e) {
            LOG.error("damaged: {}", e.getMessage());
            return UNKNOWN;
        }
    }

    private void read(BucketFiles files, SegmentId later) throws IOException {
        String file = files.device().describe(later.dataFile());
        try (MappingCache.Lease lease = files.mappings().acquire(later.dataFile());
                DeviceFile opened = files.device().openForReading(later.dataFile())) {
            FrameReader frame = new FrameReader(later, file, lease.segment());
            Verdict verdict = frame.look(SegmentHeader.LENGTH_BYTES);
            if (verdict == Verdict.VALID && frame.kind() == FrameKind.CHECKPOINT) {
                frame.checkpoint().forEach(this::add);
                isComplete = true;
                return;
            }
            LOG.error("damaged: {} has no checkpoint; its entries are read instead", file);
            SegmentScan scan = new SegmentScan(frame, lease.segment(), opened);
            long offset = scan.nextValid(SegmentHeader.LENGTH_BYTES);
            while (offset >= 0) {
                add(frame);
                offset = scan.nextValid(frame.nextFileOffset());
            }
        }
    }

    private void add(Checkpoint.Position position) {
        lasts.putIfAbsent(
                position.partitionId(),
                new Last(position.lastLogIndex(), position.digest(), position.nextSequence()));
    }

    private void add(FrameReader frame) {
        if (frame.kind().isLogEntry()) {
            lasts.putIfAbsent(
                    frame.partitionId(),
                    new Last(frame.logIndex() - 1, frame.chain(), frame.firstSequence()));
        }
    }

    /** Whether {@link #dataEnd} is known. */
    boolean hasDataEnd() {
        return dataEnd != UNKNOWN;
    }

    /** Exclusive end of the segment's frames; -1 if the header that says so is damaged. */
    long dataEnd() {
        return dataEnd;
    }

    /** Whether it is known with which entry a partition ended. */
    boolean tellsOf(int partitionId) {
        return isComplete || lasts.containsKey(partitionId);
    }

    /** Whether it is known that a partition's log ended with the same entry. */
    boolean endsWith(PartitionLog log) {
        Last last = lasts.getOrDefault(log.partitionId(), NOTHING);
        return tellsOf(log.partitionId())
                && last.logIndex() == log.lastLogIndex()
                && last.digest() == log.digest();
    }

    /** Which sequences are lost between a log and the end, for people. */
    String lossBehind(PartitionLog log) {
        Last last = lasts.get(log.partitionId());
        if (last == null || last.nextSequence() <= log.nextSequence()) {
            return "";
        }
        return ", and with it sequences %d to %d of partition %d"
                .formatted(log.nextSequence(), last.nextSequence() - 1, log.partitionId());
    }
}
