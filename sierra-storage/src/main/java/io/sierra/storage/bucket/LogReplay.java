package io.sierra.storage.bucket;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies the frames of a segment to the logs of a bucket's partitions, in the order of the file.
 *
 * <p>An entry fits if it follows its partition's last one: index, sequence and chain. An entry of a
 * higher term whose index is among the unconfirmed ones supersedes them from there on. What does
 * not fit means that something between is missing, and the partition is out of service. A frame
 * that stands for lost entries fits like the entries themselves.
 */
final class LogReplay {
    private final String file;
    private final Map<Integer, PartitionLog> logs;
    private final Map<Integer, Long> lastOffsets = new HashMap<>();

    /**
     * A replay into these logs.
     *
     * @param file for messages
     */
    LogReplay(String file, Map<Integer, PartitionLog> logs) {
        this.file = file;
        this.logs = logs;
    }

    /** Applies the frame that the reader stands at; null if it is no entry or does not fit. */
    @Nullable PartitionLog apply(FrameReader frame) {
        if (!frame.kind().isLogEntry()) {
            return null;
        }
        PartitionLog log = logs.get(frame.partitionId());
        if (log == null || log.damage() != null) {
            return null;
        }
        if (frame.logIndex() <= log.lastLogIndex() && frame.term() > log.lastTerm()) {
            log.supersedeFrom(frame.logIndex());
        }
        String problem = problemWith(frame, log);
        if (problem != null) {
            log.fail(problem);
            return null;
        }
        log.append(entryAt(frame), frame.digest());
        lastOffsets.put(frame.partitionId(), frame.fileOffset());
        return log;
    }

    /** Offset of the last frame that was applied to a partition, or -1. */
    long lastOffset(int partitionId) {
        return lastOffsets.getOrDefault(partitionId, -1L);
    }

    private @Nullable String problemWith(FrameReader frame, PartitionLog log) {
        if (frame.logIndex() != log.lastLogIndex() + 1) {
            return misfit(frame, "log index", log.lastLogIndex() + 1, frame.logIndex());
        }
        if (frame.firstSequence() != log.nextSequence()) {
            return misfit(frame, "sequence", log.nextSequence(), frame.firstSequence());
        }
        if (frame.chain() != log.digest()) {
            return misfit(frame, "chain", log.digest(), frame.chain());
        }
        return frame.term() < log.lastTerm()
                ? misfit(frame, "term", log.lastTerm(), frame.term())
                : null;
    }

    private String misfit(FrameReader frame, String what, long expected, long actual) {
        return "%s at offset %d: %s of partition %d should be %d but is %d: entries are missing"
                .formatted(file, frame.fileOffset(), what, frame.partitionId(), expected, actual);
    }

    private static UnconfirmedEntry entryAt(FrameReader frame) {
        return new UnconfirmedEntry(
                frame.logIndex(),
                frame.lastLogIndex(),
                frame.term(),
                frame.firstSequence(),
                frame.endSequence(),
                frame.chain(),
                frame.segment().segmentNumber(),
                frame.fileOffset(),
                eventsOf(frame),
                frame.kind() == FrameKind.LOST ? frame.lostVersions() : null);
    }

    private static long[] eventsOf(FrameReader frame) {
        int count = frame.kind() == FrameKind.EVENTS ? frame.eventCount() : 0;
        long[] events = UnconfirmedEntry.roomForEvents(count);
        for (int n = 0; frame.nextEvent(); n++) {
            StreamId streamId = StreamId.ofUtf8(frame.streamIdBytes());
            UnconfirmedEntry.putEvent(
                    events,
                    n,
                    StreamKey.of(streamId, frame.partitionId()),
                    frame.streamVersion(),
                    frame.hasDefaultPartitionKeyOf(streamId),
                    frame.eventIdMostSignificantBits(),
                    frame.eventIdLeastSignificantBits());
        }
        return events;
    }
}
