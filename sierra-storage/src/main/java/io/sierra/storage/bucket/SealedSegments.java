package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;
import io.sierra.storage.index.SegmentEvents;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the events of sealed segments again, to rebuild an index. A partition that lost an entry in
 * a segment is reported as damaged, and its later events there are left out. Whether one did is
 * proved by its later entries, or by the {@link SegmentEnd}; if nothing proves it, it is taken for
 * damaged. What was reported is kept in the {@link DamageNotes}. A segment whose file is missing
 * has lost all of its entries.
 */
final class SealedSegments implements SegmentEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSegments.class);

    private static final EventSink NOTHING =
            new EventSink() {
                @Override
                public void event(
                        int partitionId,
                        long partitionSequence,
                        long streamKeyHigh,
                        long streamKeyLow,
                        long streamVersion,
                        boolean hasDefaultPartitionKey,
                        long eventIdHigh,
                        long eventIdLow,
                        long frameFileOffset) {}

                @Override
                public void lost(
                        int partitionId,
                        long firstSequence,
                        long endSequence,
                        List<LostEntries.Versions> versions,
                        long frameFileOffset) {}
            };

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
        return isMissing(segmentNumber)
                ? UNKNOWN_LENGTH
                : SegmentEnd.dataEndOf(files, files.segment(bucketId, segmentNumber));
    }

    @Override
    public long replayBytes(int segmentNumber) throws IOException {
        if (isMissing(segmentNumber)) {
            return 0;
        }
        String path = files.segment(bucketId, segmentNumber).dataFile();
        try (DeviceFile file = files.device().openForReading(path)) {
            return file.size();
        }
    }

    /**
     * Reports what is lost with the segments whose file is missing or too short, which costs no
     * reading of the others. What is rotten in them is the scrub's to find.
     *
     * @param openSegment number of the first that is not sealed
     */
    void reportMissing(int openSegment) throws IOException {
        for (int number = 0; number < openSegment; number++) {
            if (isMissing(number)) {
                reportMissingSegment(number);
            } else if (isCutOff(number)) {
                replayFrames(number, NOTHING);
            }
        }
        noteDamageIfPossible();
    }

    /** Whether a file is shorter than the next one's header says that its frames are. */
    private boolean isCutOff(int segmentNumber) {
        SegmentId next = files.segment(bucketId, segmentNumber + 1);
        try (DeviceFile file = files.device().openForReading(next.dataFile())) {
            SegmentHeader header = files.headerOf(next, file);
            return header.isOfStore(files.storeId())
                    && replayBytes(segmentNumber) < header.previousDataEnd();
        } catch (IOException _) {
            return false; // it is not known, and there is worse to be reported
        }
    }

    private boolean isMissing(int segmentNumber) {
        return !files.device().exists(files.segment(bucketId, segmentNumber).dataFile());
    }

    private boolean hasDirectory(int segmentNumber) {
        return files.device().exists(files.segment(bucketId, segmentNumber).directory());
    }

    /** Concerned are the partitions that do not end behind it where they ended before it. */
    private void reportMissingSegment(int segmentNumber) throws IOException {
        String file = files.device().describe(files.segment(bucketId, segmentNumber).dataFile());
        LOG.error("damaged: {} is missing", file);
        int lastMissing = segmentNumber;
        while (isMissing(lastMissing + 1) && hasDirectory(lastMissing + 1)) {
            lastMissing++;
        }
        SegmentEnd behind = SegmentEnd.of(files, files.segment(bucketId, lastMissing));
        for (PartitionLog before : logsBefore(segmentNumber).values()) {
            if (behind == null || !behind.tellsOf(before.partitionId())) {
                report(before.partitionId(), file + " is missing, and nobody knows what it held");
            } else if (!behind.endsWith(before)) {
                report(before.partitionId(), file + " is missing" + behind.lossBehind(before));
            }
        }
    }

    /** Where the partitions stood at the beginning of a segment, as far as it can be read. */
    private Map<Integer, PartitionLog> logsBefore(int segmentNumber) throws IOException {
        int last = segmentNumber - 1;
        while (last >= 0 && isMissing(last)) {
            last--;
        }
        if (last >= 0) {
            return replayFrames(last, NOTHING).replayed;
        }
        Map<Integer, PartitionLog> empty = new HashMap<>();
        logs.keySet().forEach(id -> empty.put(id, new PartitionLog(id)));
        return empty;
    }

    private void report(int partitionId, String damage) {
        PartitionLog log = logs.get(partitionId);
        if (log != null) {
            log.fail(damage);
            notes.add(partitionId, damage);
        }
    }

    @Override
    public long replay(int segmentNumber, EventSink sink) throws IOException {
        if (isMissing(segmentNumber)) {
            reportMissingSegment(segmentNumber);
            noteDamageIfPossible();
            return 0; // the index is made again should the file come back
        }
        return replayFrames(segmentNumber, sink).end;
    }

    private Replay replayFrames(int segmentNumber, EventSink sink) throws IOException {
        SegmentId segment = files.segment(bucketId, segmentNumber);
        String path = segment.dataFile();
        try (MappingCache.Lease lease = files.mappings().acquire(path);
                DeviceFile opened = files.device().openForReading(path)) {
            String file = files.device().describe(path);
            FrameReader frame = new FrameReader(segment, file, lease.segment());
            SegmentScan scan = new SegmentScan(frame, lease.segment(), opened);
            Replay replay = new Replay(file, scan, sink);
            replay.run(SegmentEnd.of(files, segment));
            noteDamageIfPossible();
            return replay;
        }
    }

    /**
     * The next start may not look: the index that could not be read now may be readable then. What
     * cannot be written now is tried again before the new index is, and a full disk must not keep
     * the store closed.
     */
    private void noteDamageIfPossible() {
        try {
            notes.save();
        } catch (IOException e) {
            LOG.warn("damage of bucket {} cannot be written down yet: {}", bucketId, e.toString());
        }
    }

    /** One pass over a segment. */
    private final class Replay {
        private final String file;
        private final SegmentScan scan;
        private final EventSink sink;
        private final Map<Integer, PartitionLog> replayed = new HashMap<>();
        private final LogReplay replay;
        private final Map<Integer, String> gaps = new HashMap<>();
        private long end;

        Replay(String file, SegmentScan scan, EventSink sink) {
            this.file = file;
            this.scan = scan;
            this.sink = sink;
            logs.keySet().forEach(id -> replayed.put(id, new PartitionLog(id)));
            this.replay = new LogReplay(file, replayed);
        }

        /** Reads the segment up to its end; null if the next one is missing. */
        void run(@Nullable SegmentEnd known) {
            long knownEnd = known == null ? UNKNOWN_LENGTH : known.dataEnd();
            boolean isEndKnown = knownEnd != UNKNOWN_LENGTH;
            end = isEndKnown ? knownEnd : scan.lengthBytes();
            long offset = SegmentHeader.LENGTH_BYTES;
            while (offset < end) {
                Verdict verdict = scan.frame().look(offset);
                if (verdict == Verdict.VALID) {
                    apply(scan.frame());
                    offset = scan.frame().nextFileOffset();
                    continue;
                }
                long behind =
                        verdict == Verdict.DAMAGED_BODY ? scan.frame().nextFileOffset() : offset;
                long valid = scan.nextValid(behind);
                if (!isEndKnown && valid < 0 && scan.isZeroFrom(offset)) {
                    end = offset; // as far as can be seen
                    break;
                }
                noteGap(offset, verdict);
                if (verdict == Verdict.DAMAGED_BODY) {
                    offset = behind; // there may be more damage, of another partition
                } else {
                    offset = valid < 0 ? end : valid;
                }
            }
            replayed.values().forEach(log -> report(log, known));
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
                case EVENTS, TERM_START, LOST -> {
                    PartitionLog log = replay.apply(frame);
                    if (log != null) {
                        gaps.remove(log.partitionId());
                        log.confirmUpTo(
                                log.lastLogIndex(), entry -> entry.addTo(sink, log.partitionId()));
                    }
                }
                case DURABLE_END, FILLER -> {}
            }
        }

        private void report(PartitionLog log, @Nullable SegmentEnd known) {
            String damage = log.damage();
            if (damage == null && mayLackEntries(log, known)) {
                String unproved =
                        file
                                + ": nothing proves that no entries of partition %d are lost at its"
                                + " end";
                damage =
                        gaps.getOrDefault(log.partitionId(), unproved.formatted(log.partitionId()));
            }
            if (damage != null) {
                SealedSegments.this.report(log.partitionId(), damage);
            }
        }

        /**
         * Everything up to a known end is enough, and so is the word of those behind it. If the
         * next segment is missing, its partitions are compared across it.
         */
        private boolean mayLackEntries(PartitionLog log, @Nullable SegmentEnd known) {
            boolean isGap = gaps.containsKey(log.partitionId());
            if (known == null) {
                return isGap;
            }
            return known.tellsOf(log.partitionId())
                    ? !known.endsWith(log)
                    : isGap || !known.hasDataEnd();
        }
    }
}
