package io.sierra.storage.repair;

import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import java.util.List;

/** Entries of a partition that are given up, and what the frame that stands for them will say. */
final class PlacedLoss {
    /** With the versions that the frame has room for. */
    private LostEntries entries;

    private List<Versions> forgotten = List.of();

    PlacedLoss(LostEntries entries) {
        this.entries = entries;
    }

    LostEntries entries() {
        return entries;
    }

    /** Versions that are known to be lost, and that the frame has no room for. */
    List<Versions> forgotten() {
        return forgotten;
    }

    /** Least length of the frame. */
    long lengthBytes() {
        return entries.lengthBytes();
    }

    /** How many numbers it needs to be told of, should the frame be lost too. */
    long numbers() {
        return Math.max(
                entries.endSequence() - entries.firstSequence(),
                entries.lastLogIndex() + 1 - entries.logIndex());
    }

    /** Whether it is known of each of its events which version of which stream it was. */
    boolean areVersionsKnown() {
        long known = countOf(entries.versions()) + countOf(forgotten);
        return known == entries.endSequence() - entries.firstSequence();
    }

    private static long countOf(List<Versions> versions) {
        return versions.stream().mapToLong(Versions::count).sum();
    }

    /** Takes all versions that are known; they may be more than there is room for. */
    void take(List<Versions> known) {
        entries = entries.withVersions(known);
        forgotten = List.of();
    }

    /**
     * Drops versions until the frame has room. Those of a stream that remain are its last ones,
     * which it must not give again.
     */
    void shrinkTo(long lengthBytes) {
        List<Versions> known = entries.versions();
        int kept = known.size();
        while (kept > 0 && entries.lengthBytes() > lengthBytes) {
            kept--;
            entries = entries.withVersions(known.subList(known.size() - kept, known.size()));
        }
        forgotten = List.copyOf(known.subList(0, known.size() - kept));
    }
}
