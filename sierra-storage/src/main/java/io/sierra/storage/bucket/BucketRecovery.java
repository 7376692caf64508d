package io.sierra.storage.bucket;

import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.index.IndexRecovery;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a bucket in two steps: {@link #recover} finds its last segment, reads that one and no
 * other, and tells rot from a torn tail, which is quick; {@link RecoveredBucket#open} makes indexes
 * of sealed segments again if any are missing, which is not.
 *
 * <p>A write that was never synced may be on disk in part, and nobody was told about it; a frame
 * that once was durable and does not verify any more is rot, and somebody was. Every frame says how
 * far its segment was durable when it was made. So at the first place p that does not verify, with
 * D the largest such end in any valid frame behind p:
 *
 * <pre>
 * behind p                 D       decision
 * nothing but zeros        -       the log ends at p
 * the file ends within the
 *   frame at p             -       rot: whoever writes a frame has room for it first
 * no valid frame           -       torn tail: cut at p
 * valid frames             <= p    torn tail, written in another order than the bytes: cut at p
 * valid frames             > p     rot: keep every byte, take the partitions concerned out of
 *                                  service, go on at the next valid frame
 * </pre>
 *
 * <p>Rot with a readable header concerns the partition in it. Rot without one concerns every
 * partition of the bucket of which no later entry proves, by its chain, that none of its entries
 * was there.
 *
 * <pre>
 * last segment                       decision
 * none                               first start: create segment 0
 * no file, or no header, no frame    a crash during roll-over: remove it, the one before is the last
 *   and zeros where frames would be,
 *   and the one before has no index
 * no file or no header, and the one  rot: all partitions out of service
 *   before has an index
 * header or checkpoint damaged,      rot: all partitions out of service
 *   but frames, or what was one,
 *   behind it
 * as written                         read it
 * </pre>
 */
public final class BucketRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(BucketRecovery.class);

    /** Size in which file systems allocate. */
    private static final int BLOCK_BYTES = 4_096;

    private static final int COPY_BYTES = 1 << 20;

    private final int bucketId;
    private final Partitioning partitioning;
    private final BucketFiles files;
    private final long cacheBytes;
    private final RandomGenerator random;
    private final DamageNotes notes;
    private final LastSegment lastSegment;
    private final SpareSegment spare;
    private final Map<Integer, PartitionLog> logs = new HashMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    /** Largest {@code durableEnd} in a valid frame of the last segment. */
    private long notedDurableEnd;

    /** Whether something in the last segment is lost that was acknowledged. */
    private boolean isRotten;

    /** Exclusive end of the last valid log entry in the last segment. */
    private long entriesEnd;

    /** Damage without a readable header, from {@code start} to the next valid frame. */
    private record Gap(long start, String problem) {}

    private BucketRecovery(
            int bucketId,
            Partitioning partitioning,
            BucketFiles files,
            long cacheBytes,
            RandomGenerator random,
            Runnable onDamage)
            throws IOException {
        this.bucketId = bucketId;
        this.partitioning = partitioning;
        this.files = files;
        this.cacheBytes = cacheBytes;
        this.random = random;
        for (int id = bucketId;
                id < partitioning.partitionCount();
                id += partitioning.bucketCount()) {
            logs.put(id, new PartitionLog(id, onDamage));
        }
        this.notes = DamageNotes.read(files.device(), bucketId, logs.keySet());
        this.lastSegment = new LastSegment(files, bucketId, logs.size());
        this.spare = files.spare(bucketId);
    }

    /**
     * Recovers a bucket, or creates it. Everything in its last segment is made durable, and
     * confirmed: alone that is the same.
     *
     * @param cacheBytes for the ends of streams
     * @param random makes ids
     * @param onDamage called when a partition has gone out of service, by any thread
     * @return the bucket, {@link Bucket.Loading} its indexes
     * @throws IOException if the device fails; not for damaged contents
     */
    public static Bucket recover(
            int bucketId,
            Partitioning partitioning,
            BucketFiles files,
            IndexOptions indexOptions,
            long cacheBytes,
            RandomGenerator random,
            Runnable onDamage)
            throws IOException {
        BucketRecovery recovery =
                new BucketRecovery(bucketId, partitioning, files, cacheBytes, random, onDamage);
        RecoveredBucket recovered = recovery.recover(indexOptions);
        try {
            return new Bucket(recovered, recovered.plannedBytes(), indexOptions);
        } catch (IOException | RuntimeException e) {
            recovered.close();
            throw e;
        }
    }

    private RecoveredBucket recover(IndexOptions indexOptions) throws IOException {
        SpareSegment.deleteStale(files.device(), bucketId);
        int last = lastSegment.find();
        notes.damages().forEach(this::fail);
        SealedSegments sealed = new SealedSegments(files, bucketId, logs, notes);
        sealed.reportMissing(last);
        IndexRecovery indexes =
                IndexRecovery.begin(
                        files.device(),
                        files.mappings(),
                        SegmentId.bucketDirectory(bucketId),
                        Math.max(last, 0),
                        sealed,
                        indexOptions);
        try {
            OpenIndex openIndex = new OpenIndex(Math.max(last, 0));
            ByteBuffer batch = SegmentWriter.newBatch(files.segmentSizeBytes());
            SegmentId segment = files.segment(bucketId, Math.max(last, 0));
            SegmentWriter writer =
                    last < 0
                            ? files.create(segment, 0, List.of(), spare, batch)
                            : files.resume(segment, recover(segment, openIndex), batch);
            long notedEnd = isEndNoted() ? writer.writtenEnd() : 0;
            logs.values().forEach(log -> confirmAll(log, openIndex));
            logs.values().forEach(log -> log.watermark().handOver());
            return new RecoveredBucket(
                    bucketId,
                    partitioning,
                    files,
                    new RecoveredBucket.Parts(
                            logs, notes, indexes, openIndex, writer, spare, notedEnd),
                    cacheBytes,
                    random,
                    findings);
        } catch (IOException | RuntimeException e) {
            indexes.close();
            throw e;
        }
    }

    /** Whether a frame says of every entry that it was durable. */
    private boolean isEndNoted() {
        return entriesEnd <= notedDurableEnd;
    }

    /** Reads the last segment and returns where its writer goes on. */
    private long recover(SegmentId segment, OpenIndex index) throws IOException {
        if (!lastSegment.hasHeader(segment)) {
            noteRot(0, -1, lastSegment.describeLoss(segment));
            gaps.forEach(gap -> logs.values().forEach(log -> log.fail(gap.problem())));
            return files.segmentSizeBytes();
        }
        long end;
        try (MappingCache.Lease lease = files.mappings().acquire(segment.dataFile());
                DeviceFile file = files.device().open(segment.dataFile())) {
            SegmentScan scan =
                    new SegmentScan(lastSegment.reader(segment, lease), lease.segment(), file);
            checkHead(segment, scan, file);
            end = replay(segment, scan, index);
            if (!isEndNoted()) {
                long start = Math.max(notedDurableEnd, SegmentHeader.LENGTH_BYTES);
                rewrite(file, lease, start, Math.min(end, scan.lengthBytes()));
            }
            if (isRotten && !isEndNoted() && !scan.isZeroFrom(end)) {
                file.sync();
                end = noteDurableEnd(file, segment, end);
            }
            cut(file, scan, end);
            file.sync();
        }
        // Whoever created it may have been killed before its name was durable.
        files.device().syncDirectory(segment.directory());
        return end;
    }

    /**
     * What is to be cut may be all that tells rot before it from a torn tail: its frames say how
     * far the log was durable. So a frame that says the same is made durable first.
     *
     * @return where the log ends behind it
     */
    private long noteDurableEnd(DeviceFile file, SegmentId segment, long end) throws IOException {
        int length = (int) FrameEncoder.lengthOfEmpty();
        ByteBuffer bytes = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        new FrameEncoder().encodeDurableEnd(bytes, new FrameStamp(segment, end, end, 0));
        file.write(bytes.flip(), end);
        file.sync();
        notedDurableEnd = end;
        return end + length;
    }

    /**
     * Writes the bytes that nobody has said to be durable once more, as they are. A process that
     * was killed has left them in the page cache, and after a failed sync the system takes them for
     * written: another sync alone would do nothing.
     */
    private static void rewrite(DeviceFile file, MappingCache.Lease lease, long start, long end)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.clamp(end - start, 0, COPY_BYTES));
        for (long offset = start; offset < end; offset += COPY_BYTES) {
            long length = Math.min(COPY_BYTES, end - offset);
            bytes.clear().put(lease.segment().asSlice(offset, length).asByteBuffer());
            file.write(bytes.flip(), offset);
        }
    }

    private void checkHead(SegmentId segment, SegmentScan scan, DeviceFile opened)
            throws IOException {
        try {
            String file = files.device().describe(segment.dataFile());
            if (!files.headerOf(segment, opened).isOfStore(files.storeId())) {
                throw new CorruptSegmentException(
                        file, 0, "store id", files.storeId(), "that of another store");
            }
            scan.frame().moveTo(SegmentHeader.LENGTH_BYTES);
            if (scan.frame().kind() != FrameKind.CHECKPOINT) {
                throw new CorruptSegmentException(
                        file,
                        SegmentHeader.LENGTH_BYTES,
                        "first frame",
                        FrameKind.CHECKPOINT,
                        scan.frame().kind());
            }
        } catch (CorruptSegmentException e) {
            logs.values().forEach(log -> log.fail(String.valueOf(e.getMessage())));
        }
    }

    private long replay(SegmentId segment, SegmentScan scan, OpenIndex index) {
        FrameReader frame = scan.frame();
        String file = files.device().describe(segment.dataFile());
        LogReplay replay = new LogReplay(file, logs);
        long offset = SegmentHeader.LENGTH_BYTES;
        long durableEnd = -1;
        while (offset == SegmentHeader.LENGTH_BYTES || !scan.isBehindAll(offset)) {
            Verdict verdict = frame.look(offset);
            if (verdict == Verdict.VALID) {
                apply(frame, replay, index);
                offset = frame.nextFileOffset();
                continue;
            }
            CorruptSegmentException problem =
                    verdict == Verdict.DAMAGED_BODY
                            ? frame.damagedBody(offset)
                            : frame.noFrame(offset);
            int partitionId =
                    verdict == Verdict.DAMAGED_BODY && frame.kind().isLogEntry()
                            ? frame.partitionId()
                            : -1;
            long behind = verdict == Verdict.DAMAGED_BODY ? frame.nextFileOffset() : offset + 8;
            long next = scan.nextValid(behind);
            if (next >= 0 && durableEnd < 0) {
                durableEnd = scan.largestDurableEnd(next); // the same for all that comes
            }
            boolean cutOff = next < 0 && frame.isCutOff(offset);
            if (cutOff || (next < 0 && offset == SegmentHeader.LENGTH_BYTES)) {
                CorruptSegmentException rot = cutOff ? frame.cutOff(offset) : problem;
                noteRot(offset, -1, String.valueOf(rot.getMessage()));
                offset = files.segmentSizeBytes(); // nothing is cut and nothing added
                break;
            }
            if (next < 0 || durableEnd <= offset) {
                noteTornTail(file, offset, scan);
                break;
            }
            noteRot(offset, partitionId, String.valueOf(problem.getMessage()));
            // Behind a damaged body there may be more damage, of another partition.
            offset = verdict == Verdict.DAMAGED_BODY ? behind : next;
        }
        failUnproven(replay);
        return offset;
    }

    private static void confirmAll(PartitionLog log, OpenIndex index) {
        log.confirmUpTo(log.lastLogIndex(), entry -> entry.addTo(index, log.partitionId()));
    }

    private void apply(FrameReader frame, LogReplay replay, OpenIndex index) {
        notedDurableEnd = Math.max(notedDurableEnd, frame.durableEnd());
        switch (frame.kind()) {
            case CHECKPOINT ->
                    frame.checkpoint()
                            .forEach(position -> {
                                PartitionLog log = logs.get(position.partitionId());
                                if (log != null && log.lastLogIndex() == 0) {
                                    log.restore(position);
                                }
                            });
            case EVENTS, TERM_START, LOST -> {
                entriesEnd = frame.nextFileOffset();
                long confirmedEnd = frame.watermark();
                PartitionLog log = replay.apply(frame);
                if (log != null) {
                    // Keeps the unconfirmed suffix short however long the segment is.
                    log.confirmUpTo(
                            log.lastIndexBelow(confirmedEnd),
                            entry -> entry.addTo(index, log.partitionId()));
                }
            }
            case DURABLE_END, FILLER -> {}
        }
    }

    private void noteTornTail(String file, long offset, SegmentScan scan) {
        if (!scan.isZeroFrom(offset)) {
            String finding =
                    "%s: cut an unfinished write at offset %d that nobody was told about"
                            .formatted(file, offset);
            LOG.warn(finding);
            findings.add(finding);
        }
    }

    private void noteRot(long offset, int partitionId, String problem) {
        isRotten = true;
        LOG.error("damaged: {}", problem);
        findings.add("damaged: " + problem);
        PartitionLog log = logs.get(partitionId);
        if (log != null) {
            log.fail(problem);
        } else {
            gaps.add(new Gap(offset, problem));
        }
    }

    private void failUnproven(LogReplay replay) {
        for (Gap gap : gaps) {
            for (PartitionLog log : logs.values()) {
                if (replay.lastOffset(log.partitionId()) < gap.start()) {
                    log.fail(gap.problem());
                }
            }
        }
    }

    private void fail(int partitionId, String damage) {
        PartitionLog log = logs.get(partitionId);
        if (log != null) {
            log.fail(damage);
        }
    }

    /**
     * Writes zeros over what is left behind the end of the log: old bytes would come back to life
     * behind a later frame. What is zero already may be a hole, which a full disk cannot fill.
     *
     * <p>If a start fails between the zeros and their sync, the next one finds zeros in the cache
     * that the disk may not have. So it matters that the allocator writes zeros, and syncs them,
     * wherever the writer goes, and that old bytes beyond are a torn tail again.
     */
    private static void cut(DeviceFile file, SegmentScan scan, long end) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_BYTES);
        long offset = scan.skipZeros(end);
        while (offset < scan.lengthBytes()) {
            long blockEnd = (offset / BLOCK_BYTES + 1) * BLOCK_BYTES;
            zeros.clear().limit((int) (Math.min(blockEnd, scan.lengthBytes()) - offset));
            file.write(zeros, offset);
            offset = scan.skipZeros(blockEnd);
        }
    }
}
