package io.sierra.storage.repair;

import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import java.io.IOException;
import java.util.ArrayList;
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

    /** Versions in a frame, by partition and sequence of the frame's first event. */
    private final Map<Integer, NavigableMap<Long, List<Versions>>> frames = new HashMap<>();

    /** Of a frame: whose it is, its first sequence, and what is in it. */
    private static final class KnownFrame {
        final int partitionId;
        final long firstSequence;
        final List<Versions> versions = new ArrayList<>();

        KnownFrame(int partitionId, long firstSequence) {
            this.partitionId = partitionId;
            this.firstSequence = firstSequence;
        }
    }

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
                        found.putIfAbsent(offset, new KnownFrame((int) partitionId, sequence));
                    }
                },
                (keyHigh, keyLow, version, offset) -> {
                    KnownFrame frame = found.get(offset);
                    if (frame != null) {
                        frame.versions.add(new Versions(keyHigh, keyLow, version, 1));
                    }
                });
        for (KnownFrame frame : found.values()) {
            frames.computeIfAbsent(frame.partitionId, _ -> new TreeMap<>())
                    .put(frame.firstSequence, frame.versions);
        }
    }

    /** Versions that are known to be among these entries, those of a stream together. */
    List<Versions> of(LostEntries lost) {
        NavigableMap<Long, List<Versions>> known =
                frames.getOrDefault(lost.partitionId(), new TreeMap<>());
        List<Versions> versions = new ArrayList<>();
        known.subMap(lost.firstSequence(), lost.endSequence()).values().forEach(versions::addAll);
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
