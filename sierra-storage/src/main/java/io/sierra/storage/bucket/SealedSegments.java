package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;
import io.sierra.storage.index.SegmentEvents;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the events of sealed segments again, to rebuild an index. A partition that lost an entry in
 * a segment is reported as damaged, and its later events there are left out. Whether one did is
 * proved by its later entries, or by the checkpoint that the next segment begins with. What was
 * reported is kept in the {@link DamageNotes}.
 */
final class SealedSegments implements SegmentEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSegments.class);

    private final BucketFiles files;
    private final int bucketId;
    private final Map<Integer, PartitionLog> logs;
    private final DamageNotes notes;

    /**
     * The sealed segments of a bucket.
     *
     * @param logs of the bucket's partitions, to report damage to
     * @param notes to keep what was reported
     */
    SealedSegments(
            BucketFiles files, int bucketId, Map<Integer, PartitionLog> logs, DamageNotes notes) {
        this.files = files;
        this.bucketId = bucketId;
        this.logs = logs;
        this.notes = notes;
    }

    @Override
    public void noteDamage() throws IOException {
        notes.save();
    }

    @Override
    public long dataLengthBytes(int segmentNumber) throws IOException {
        Successor next = successorOf(segmentNumber);
        return next == null ? UNKNOWN_LENGTH : next.previousDataEnd();
    }

    /** What the head of the next segment says about the end of this one; null if it is damaged. */
    private @Nullable Successor successorOf(int segmentNumber) throws IOException {
        SegmentId next = files.segment(bucketId, segmentNumber + 1);
        String path = next.dataFile();
        String file = files.device().describe(path);
        try (MappingCache.Lease lease = files.mappings().acquire(path)) {
            MemorySegment data = lease.segment();
            if (data.byteSize() < SegmentHeader.LENGTH_BYTES) {
                return null;
            }
            ByteBuffer head = data.asSlice(0, SegmentHeader.LENGTH_BYTES).asByteBuffer();
            long end = SegmentHeader.decode(head, next, file).previousDataEnd();
            FrameReader frame = new FrameReader(next, file, data);
            frame.moveTo(SegmentHeader.LENGTH_BYTES);
            return new Successor(end, frame.checkpoint());
        } catch (CorruptSegmentException e) {
            LOG.error("damaged: {}", e.getMessage());
            return null;
        }
    }

    @Override
    public long replay(int segmentNumber, EventSink sink) throws IOException {
        SegmentId segment = files.segment(bucketId, segmentNumber);
        String path = segment.dataFile();
        try (MappingCache.Lease lease = files.mappings().acquire(path)) {
            String file = files.device().describe(path);
            FrameReader frame = new FrameReader(segment, file, lease.segment());
            SegmentScan scan = new SegmentScan(frame, lease.segment());
            long end = new Replay(file, scan, sink).run(successorOf(segmentNumber));
            noteDamageIfPossible();
            return end;
        }
    }

    /**
     * The next start may not look: the index that could not be read now may be readable then. What
     * cannot be written now is tried again before the new index is.
     */
    private void noteDamageIfPossible() {
        try {
            notes.save();
        } catch (IOException e) {
            LOG.warn("damage of bucket {} cannot be written down yet: {}", bucketId, e.toString());
        }
    }

    /** What a segment's successor says about its end. */
    private record Successor(long previousDataEnd, List<Checkpoint.Position> positions) {

        /** Whether a partition's log ended with the same entry. */
        boolean endsWith(PartitionLog log) {
            for (Checkpoint.Position position : positions) {
                if (position.partitionId() == log.partitionId()) {
                    return position.lastLogIndex() == log.lastLogIndex()
                            && position.digest() == log.digest();
                }
            }
            return log.lastLogIndex() == 0;
        }
    }

    /** One pass over a segment. */
    private final class Replay {
        private final SegmentScan scan;
        private final EventSink sink;
        private final Map<Integer, PartitionLog> replayed = new HashMap<>();
        private final LogReplay replay;
        private final Map<Integer, String> gaps = new HashMap<>();

        Replay(String file, SegmentScan scan, EventSink sink) {
            this.scan = scan;
            this.sink = sink;
            logs.keySet().forEach(id -> replayed.put(id, new PartitionLog(id)));
            this.replay = new LogReplay(file, replayed);
        }

        long run(@Nullable Successor next) {
            long end = next == null ? scan.lengthBytes() : next.previousDataEnd();
            long offset = SegmentHeader.LENGTH_BYTES;
            while (offset < end) {
                Verdict verdict = scan.frame().look(offset);
                if (verdict == Verdict.VALID) {
                    apply(scan.frame());
                    offset = scan.frame().nextFileOffset();
                    continue;
                }
                long valid = scan.nextValid(offset);
                if (next == null && valid < 0) {
                    end = offset; // nobody says that there was more
                    break;
                }
                noteGap(offset, verdict);
                offset = valid < 0 ? end : valid;
            }
            replayed.values().forEach(log -> report(log, next));
            return end;
        }

        private void noteGap(long offset, Verdict verdict) {
            FrameReader frame = scan.frame();
            Verdict again = frame.look(offset);
            assert again == verdict;
            String problem =
                    String.valueOf(
                            (verdict == Verdict.DAMAGED_BODY
                                            ? frame.damagedBody(offset)
                                            : frame.noFrame(offset))
                                    .getMessage());
            LOG.error("damaged: {}", problem);
            if (verdict == Verdict.DAMAGED_BODY && frame.kind().isLogEntry()) {
                PartitionLog log = replayed.get(frame.partitionId());
                if (log != null) {
                    log.fail(problem);
                }
            } else {
                replayed.keySet()
                        .forEach(id -> gaps.put(id, problem)); // until an entry proves otherwise
            }
        }

        private void apply(FrameReader frame) {
            switch (frame.kind()) {
                case CHECKPOINT ->
                        frame.checkpoint()
                                .forEach(position -> {
                                    PartitionLog log = replayed.get(position.partitionId());
                                    if (log != null) {
                                        log.restore(position);
                                    }
                                });
                case EVENTS, TERM_START -> {
                    PartitionLog log = replay.apply(frame);
                    if (log != null) {
                        gaps.remove(log.partitionId());
                        log.confirmUpTo(
                                log.lastLogIndex(), entry -> entry.addTo(sink, log.partitionId()));
                    }
                }
                case DURABLE_END -> {}
            }
        }

        private void report(PartitionLog log, @Nullable Successor next) {
            String damage = log.damage();
            String gap = gaps.get(log.partitionId());
            if (damage == null && gap != null && (next == null || !next.endsWith(log))) {
                damage = gap;
            }
            PartitionLog real = logs.get(log.partitionId());
            if (real != null && damage != null) {
                real.fail(damage);
                notes.add(log.partitionId(), damage);
            }
        }
    }
}
