package io.sierra.storage.repair;

import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.LogEnd;
import io.sierra.storage.check.PartitionState;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a walk over a backup's copy of a segment has seen. */
final class CopyContents {
    private final List<ByteRange> ranges;
    private final Map<Integer, PartitionState> states = new HashMap<>();
    private final Map<ByteRange, Map<Integer, List<Loss>>> events = new HashMap<>();
    private final Map<ByteRange, Map<Integer, List<Loss>>> givenUp = new HashMap<>();
    private final List<Long> bounds = new ArrayList<>();
    private boolean whole = true;
    private long headEnd;
    private long lastFrameStart;
    private List<Position> checkpoint = List.of();
    private @Nullable SegmentHeader header;

    private CopyContents(List<ByteRange> ranges) {
        this.ranges = ranges;
        bounds.add(0L);
        bounds.add((long) SegmentHeader.LENGTH_BYTES);
    }

    /**
     * Reads all of a copy.
     *
     * @param file of the copy; is closed
     * @param ranges of the segment that its bytes are wanted for
     */
    static CopyContents read(DeviceFile file, SegmentId segment, List<ByteRange> ranges)
            throws IOException {
        CopyContents contents = new CopyContents(ranges);
        contents.checkHeader(file, segment);
        long end = file.size();
        try (FrameScan scan = FrameScan.of(file, segment, file.name(), end)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE) {
                    contents.whole = false;
                } else {
                    contents.onFrame(scan.frame());
                }
            }
        }
        return contents;
    }

    /** Its checksum is seeded with bucket and segment, and it holds the store's id. */
    private void checkHeader(DeviceFile file, SegmentId segment) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
        file.read(head, 0);
        try {
            header = SegmentHeader.decode(head, file.name());
            whole &= header.segment().equals(segment);
        } catch (CorruptSegmentException _) {
            whole = false;
        }
    }

    private void onFrame(FrameReader frame) {
        long end = frame.nextFileOffset();
        if (headEnd == 0) {
            headEnd = end;
        }
        lastFrameStart = frame.fileOffset();
        if (ranges.stream().anyMatch(range -> range.start() == end || range.end() == end)) {
            bounds.add(end);
        }
        switch (frame.kind()) {
            case CHECKPOINT -> {
                checkpoint = frame.checkpoint();
                checkpoint.forEach(position -> state(position.partitionId()).moveTo(position, 0));
            }
            case EVENTS, TERM_START, LOST -> onEntry(frame);
            case DURABLE_END, FILLER -> {}
        }
    }

    private void onEntry(FrameReader entry) {
        PartitionState state = state(entry.partitionId());
        whole &= state.misfitOf(entry) == null;
        state.moveBehind(entry, 0);
        int id = entry.partitionId();
        Loss added = new Loss(id, entry.firstSequence(), entry.endSequence());
        Map<ByteRange, Map<Integer, List<Loss>>> byRange =
                entry.kind() == FrameKind.LOST ? givenUp : events;
        for (ByteRange range : ranges) {
            if (range.contains(entry.fileOffset())) {
                Map<Integer, List<Loss>> byPartition =
                        byRange.computeIfAbsent(range, _ -> new TreeMap<>());
                add(byPartition.computeIfAbsent(id, _ -> new ArrayList<>()), added);
            }
        }
    }

    /** Joins it to the last one, if nothing is between them. */
    private static void add(List<Loss> ofPartition, Loss added) {
        long start = added.firstSequence();
        if (!ofPartition.isEmpty() && ofPartition.getLast().endSequence() == start) {
            start = ofPartition.removeLast().firstSequence();
        }
        ofPartition.add(new Loss(added.partitionId(), start, added.endSequence()));
    }

    private PartitionState state(int partitionId) {
        return states.computeIfAbsent(partitionId, PartitionState::new);
    }

    /** Whether everything in it is as it was written. */
    boolean isWhole() {
        return whole && headEnd > 0;
    }

    /** Exclusive end of the checkpoint. */
    long headEnd() {
        return headEnd;
    }

    long lastFrameStart() {
        return lastFrameStart;
    }

    /** Whether it begins where a log ends. */
    boolean beginsBehind(LogEnd end) {
        Map<Integer, Position> positions = new HashMap<>();
        end.positions().forEach(position -> positions.put(position.partitionId(), position));
        for (Position position : checkpoint) {
            PartitionState before = new PartitionState(position.partitionId());
            Position last = positions.remove(position.partitionId());
            if (last != null) {
                before.moveTo(last, 0);
            }
            if (!position.damaged() && before.misfitOf(position) != null) {
                return false;
            }
        }
        return positions.isEmpty() && header().previousDataEnd() == end.fileOffset();
    }

    /** Whether frames begin at the start of a range and at its end. */
    boolean hasBounds(ByteRange range) {
        return bounds.contains(range.start())
                && (range.end() == ByteRange.UNKNOWN_END || bounds.contains(range.end()));
    }

    /** Events in a range. */
    List<Loss> eventsIn(ByteRange range) {
        return in(range, events);
    }

    /** Events that lost frames in a range stand for. */
    List<Loss> givenUpIn(ByteRange range) {
        return in(range, givenUp);
    }

    private static List<Loss> in(
            ByteRange range, Map<ByteRange, Map<Integer, List<Loss>>> byRange) {
        return byRange.getOrDefault(range, Map.of()).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    /** Of a copy that is whole. */
    SegmentHeader header() {
        return Objects.requireNonNull(header);
    }

    /** Whether the logs end as the next segment's checkpoint says, where that is to be trusted. */
    boolean endsAt(List<Position> positions) {
        for (Position position : positions) {
            if (!position.damaged() && state(position.partitionId()).misfitOf(position) != null) {
                return false;
            }
        }
        return true;
    }
}
