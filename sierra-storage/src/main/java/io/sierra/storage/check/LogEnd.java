package io.sierra.storage.check;

import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where a segment's log ends, and the log of each partition in it.
 *
 * @param fileOffset exclusive end of the valid frames
 * @param positions of partitions that have been written to, by ascending id
 */
public record LogEnd(long fileOffset, Collection<Position> positions) {

    /**
     * Reads a segment from its first to its last valid frame.
     *
     * @param frames is shown each of them
     */
    public static LogEnd scan(StoreFiles store, SegmentFile segment, Consumer<FrameReader> frames)
            throws IOException {
        Map<Integer, Position> positions = new TreeMap<>();
        try (FrameScan scan = store.scan(segment)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.FRAME) {
                    note(scan.frame(), positions);
                    frames.accept(scan.frame());
                }
            }
            long end = Math.max(scan.fileOffset(), SegmentHeader.LENGTH_BYTES);
            return new LogEnd(end, positions.values());
        }
    }

    private static void note(FrameReader frame, Map<Integer, Position> positions) {
        switch (frame.kind()) {
            case CHECKPOINT -> frame.checkpoint().forEach(p -> positions.put(p.partitionId(), p));
            case EVENTS, TERM_START ->
                    positions.put(
                            frame.partitionId(),
                            new Position(
                                    frame.partitionId(),
                                    frame.digest(),
                                    frame.logIndex(),
                                    frame.term(),
                                    frame.firstSequence() + frame.eventCount(),
                                    frame.watermark(),
                                    /* damaged= */ false));
            case DURABLE_END -> {}
        }
    }
}
