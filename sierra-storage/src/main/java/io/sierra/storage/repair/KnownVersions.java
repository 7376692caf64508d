package io.sierra.storage.repair;

import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/** What good indexes of sealed segments know of the events in frames that are damaged. */
final class KnownVersions {
    private static final Comparator<Versions> BY_STREAM =
            Comparator.comparingLong(Versions::keyHigh)
                    .thenComparingLong(Versions::keyLow)
                    .thenComparingLong(Versions::firstVersion);

    /** By partition and sequence of the frame's first event. */
    private final Map<Integer, NavigableMap<Long, KnownFrame>> frames = new HashMap<>();

    /** Of a frame: whose it is, its first sequence, where it was, and what is in it. */
    private record KnownFrame(
            int partitionId,
            long firstSequence,
            int segment,
            long fileOffset,
            List<Versions> versions) {}

    /**
     * Reads the index of a segment.
     *
     * @param isDamaged whether the frame at this offset is
     */
    void read(IndexCheck indexes, int segment, LongPredicate isDamaged) throws IOException {
        Map<Long, KnownFrame> found = new HashMap<>();
        indexes.showSegment(
                segment,
                (_, partitionId, sequence, offset) -> {
                    if (isDamaged.test(offset)) {
                        found.putIfAbsent(
                                offset,
                                new KnownFrame(
                                        (int) partitionId,
                                        sequence,
                                        segment,
                                        offset,
                                        new ArrayList<>()));
                    }
                },
                (keyHigh, keyLow, version, offset) -> {
                    KnownFrame frame = found.get(offset);
                    if (frame != null) {
                        frame.versions().add(new Versions(keyHigh, keyLow, version, 1));
                    }
                });
        for (KnownFrame frame : found.values()) {
            frames.computeIfAbsent(frame.partitionId(), _ -> new TreeMap<>())
                    .put(frame.firstSequence(), frame);
        }
    }

    private Collection<KnownFrame> framesOf(LostEntries lost) {
        return frames.getOrDefault(lost.partitionId(), new TreeMap<>())
                .subMap(lost.firstSequence(), lost.endSequence())
                .values();
    }

    /** Whether some of these entries are known to have been in a hole. */
    boolean isIn(Hole hole, LostEntries lost) {
        return framesOf(lost).stream()
                .anyMatch(frame ->
                        frame.segment() == hole.segment.segmentNumber()
                                && hole.contains(frame.fileOffset()));
    }

    /** Versions that are known to be among these entries, those of a stream together. */
    List<Versions> of(LostEntries lost) {
        List<Versions> versions = new ArrayList<>();
        framesOf(lost).forEach(frame -> versions.addAll(frame.versions()));
        versions.sort(BY_STREAM);
        List<Versions> joined = new ArrayList<>();
        for (Versions next : versions) {
            Versions last = joined.isEmpty() ? null : joined.getLast();
            if (last != null
                    && last.keyHigh() == next.keyHigh()
                    && last.keyLow() == next.keyLow()
                    && last.firstVersion() + last.count() == next.firstVersion()) {
                joined.removeLast();
                joined.add(
                        new Versions(
                                last.keyHigh(),
                                last.keyLow(),
                                last.firstVersion(),
                                last.count() + 1));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}
