package io.sierra.storage.check;

import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where a segment's log ends, and the log of each partition in it.
 *
 * @param fileOffset exclusive end of the valid frames
 * @param positions of partitions that have been written to, by ascending id
 * @param damages that were met on the way there
 */
public record LogEnd(long fileOffset, Collection<Position> positions, List<Damage> damages) {

    /** The end of a log that is known without reading it. */
    public static LogEnd of(long fileOffset, Collection<Position> positions) {
        return new LogEnd(fileOffset, positions, List.of());
    }

    /**
     * Reads a segment from its first to its last valid frame.
     *
     * @param frames is shown each of them
     */
    public static LogEnd scan(StoreFiles store, SegmentFile segment, Consumer<FrameReader> frames)
            throws IOException {
        Map<Integer, Position> positions = new TreeMap<>();
        List<Damage> damages = new ArrayList<>();
        try (FrameScan scan = store.scan(segment)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.FRAME) {
                    note(scan.frame(), positions);
                    frames.accept(scan.frame());
                } else {
                    damages.add(scan.damage());
                }
            }
            long end = Math.max(scan.fileOffset(), SegmentHeader.LENGTH_BYTES);
            return new LogEnd(end, positions.values(), damages);
        }
    }

    private static void note(FrameReader frame, Map<Integer, Position> positions) {
        switch (frame.kind()) {
            case CHECKPOINT -> frame.checkpoint().forEach(p -> positions.put(p.partitionId(), p));
            case EVENTS, TERM_START, LOST ->
                    positions.put(
                            frame.partitionId(),
                            new Position(
                                    frame.partitionId(),
                                    frame.digest(),
                                    frame.lastLogIndex(),
                                    frame.term(),
                                    frame.endSequence(),
                                    frame.watermark(),
                                    /* damaged= */ false));
            case DURABLE_END, FILLER -> {}
        }
    }
}
