package io.sierra.storage.bucket;

import io.sierra.storage.index.EventSink;
import io.sierra.storage.index.SegmentEvents;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameReader.Verdict;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the events of sealed segments again, to rebuild an index. A partition that lost an entry in
 * a segment is reported as damaged, and its later events there are left out.
 */
final class SealedSegments implements SegmentEvents {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSegments.class);

    private final BucketFiles files;
    private final int bucketId;
    private final Map<Integer, PartitionLog> logs;

    /**
     * The sealed segments of a bucket.
     *
     * @param logs of the bucket's partitions, to report damage to
     */
    SealedSegments(BucketFiles files, int bucketId, Map<Integer, PartitionLog> logs) {
        this.files = files;
        this.bucketId = bucketId;
        this.logs = logs;
    }

    @Override
    public long dataLengthBytes(int segmentNumber) throws IOException {
        SegmentId next = new SegmentId(bucketId, segmentNumber + 1);
        String path = next.dataFile();
        try (MappingCache.Lease lease = files.mappings().acquire(path)) {
            ByteBuffer head = lease.segment().asSlice(0, SegmentHeader.LENGTH_BYTES).asByteBuffer();
            return SegmentHeader.decode(head, next, files.device().describe(path))
                    .previousDataEnd();
        }
    }

    @Override
    public long replay(int segmentNumber, EventSink sink) throws IOException {
        long end = dataLengthBytes(segmentNumber);
        SegmentId segment = new SegmentId(bucketId, segmentNumber);
        String path = segment.dataFile();
        try (MappingCache.Lease lease = files.mappings().acquire(path)) {
            String file = files.device().describe(path);
            FrameReader frame = new FrameReader(segment, file, lease.segment());
            SegmentScan scan = new SegmentScan(frame, lease.segment());
            replay(file, scan, end, sink);
        }
        return end;
    }

    private void replay(String file, SegmentScan scan, long end, EventSink sink) {
        FrameReader frame = scan.frame();
        Map<Integer, PartitionLog> replayed = new HashMap<>();
        logs.keySet().forEach(id -> replayed.put(id, new PartitionLog(id)));
        LogReplay replay = new LogReplay(file, replayed);
        long offset = SegmentHeader.LENGTH_BYTES;
        while (offset < end) {
            Verdict verdict = frame.look(offset);
            if (verdict == Verdict.VALID) {
                apply(frame, replay, replayed, sink);
                offset = frame.nextFileOffset();
            } else {
                String problem =
                        (verdict == Verdict.DAMAGED_BODY
                                        ? frame.damagedBody(offset)
                                        : frame.noFrame(offset))
                                .getMessage();
                LOG.error("damaged: {}", problem);
                if (verdict == Verdict.DAMAGED_BODY) {
                    fail(frame.partitionId(), replayed, String.valueOf(problem));
                    offset = frame.nextFileOffset();
                } else {
                    replayed.keySet().forEach(id -> fail(id, replayed, String.valueOf(problem)));
                    return;
                }
            }
        }
        replayed.values().forEach(this::report);
    }

    private void report(PartitionLog replayed) {
        PartitionLog log = logs.get(replayed.partitionId());
        String damage = replayed.damage();
        if (log != null && damage != null) {
            log.fail(damage);
        }
    }

    private void fail(int partitionId, Map<Integer, PartitionLog> replayed, String problem) {
        PartitionLog log = replayed.get(partitionId);
        PartitionLog real = logs.get(partitionId);
        if (log != null && real != null) {
            log.fail(problem);
            real.fail(problem);
        }
    }

    private static void apply(
            FrameReader frame,
            LogReplay replay,
            Map<Integer, PartitionLog> replayed,
            EventSink sink) {
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
                    log.confirmUpTo(
                            log.lastLogIndex(), entry -> entry.addTo(sink, log.partitionId()));
                }
            }
            case DURABLE_END -> {}
        }
    }
}
