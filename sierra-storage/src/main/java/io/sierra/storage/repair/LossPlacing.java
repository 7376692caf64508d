package io.sierra.storage.repair;

import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts frames that stand for lost entries into the holes where these may have been.
 *
 * <p>Losses come in the order of what follows them, and each takes the first hole that has room:
 * the one that later losses can use least. So all find room wherever the real frames had it. Which
 * versions of streams are lost is added when all have their places, and a frame that knows some may
 * still move to a hole that has more room.
 */
final class LossPlacing {
    private final List<Hole> holes = new ArrayList<>();

    /** Those that had the checkpoint of their segment. */
    private final Map<Hole, SegmentDamage> heads = new HashMap<>();

    /** Where frames of a partition were or will be, as {@link FrameLocation}. */
    private final Map<Integer, NavigableSet<Long>> locations = new HashMap<>();

    private final List<Placed> all = new ArrayList<>();

    /** A loss in its hole, and between what it has to stay: the entries before and behind it. */
    private static final class Placed {
        final PlacedLoss loss;
        final long behind;
        final long before;
        Hole hole;

        Placed(PlacedLoss loss, long behind, long before, Hole hole) {
            this.loss = loss;
            this.behind = behind;
            this.before = before;
            this.hole = hole;
        }
    }

    /** Adds the next hole of the bucket's log. */
    void add(SegmentDamage segment, Hole hole) {
        holes.add(hole);
        if (hole.hasCheckpoint()) {
            heads.put(hole, segment);
        }
        if (hole.header != null) {
            locationsOf(hole.header.partitionId()).add(hole.location());
        }
    }

    /**
     * Puts a loss into the first hole that has room.
     *
     * @param behind {@link FrameLocation} of the last entry before it, exclusive
     * @param before {@link FrameLocation} of what follows, exclusive
     * @return whether there is such a hole
     */
    boolean place(LostEntries lost, long behind, long before) {
        PlacedLoss loss = new PlacedLoss(lost);
        Hole first = null;
        for (Hole hole : holesBetween(lost.partitionId(), behind, before)) {
            // One with a header has room for nobody else.
            boolean isBetter = first == null || (first.header == null && hole.header != null);
            if (isBetter && hasRoom(hole, loss)) {
                first = hole;
            }
        }
        if (first == null) {
            return false;
        }
        put(loss, first);
        all.add(new Placed(loss, behind, before, first));
        return true;
    }

    private List<Hole> holesBetween(int partitionId, long behind, long before) {
        return holes.stream()
                .filter(hole -> behind < hole.location() && hole.location() < before)
                .filter(hole -> hole.mayHold(partitionId))
                .toList();
    }

    /** Whether a loss fits into a hole, and what it makes of checkpoints into theirs. */
    private boolean hasRoom(Hole hole, PlacedLoss loss) {
        put(loss, hole);
        boolean fits = leftBytes(hole) >= 0;
        int partitionId = loss.entries().partitionId();
        for (Map.Entry<Hole, SegmentDamage> head : heads.entrySet()) {
            if (!head.getValue().partitionsBegun.contains(partitionId)) {
                fits &= leftBytes(head.getKey()) >= 0;
            }
        }
        takeOut(loss, hole);
        return fits;
    }

    private void put(PlacedLoss loss, Hole hole) {
        hole.losses.add(loss);
        locationsOf(loss.entries().partitionId()).add(hole.location());
    }

    private void takeOut(PlacedLoss loss, Hole hole) {
        hole.losses.remove(loss);
        if (hole.header == null) {
            locationsOf(loss.entries().partitionId()).remove(hole.location());
        }
    }

    private NavigableSet<Long> locationsOf(int partitionId) {
        return locations.computeIfAbsent(partitionId, _ -> new TreeSet<>());
    }

    private long leftBytes(Hole hole) {
        SegmentDamage segment = heads.get(hole);
        int positions = segment == null ? 0 : partitionsBefore(segment).size();
        return hole.leftBytes(positions);
    }

    /** Partitions with entries before a segment, lost ones too: its checkpoint has to name them. */
    Set<Integer> partitionsBefore(SegmentDamage segment) {
        Set<Integer> partitions = new TreeSet<>(segment.partitionsBegun);
        long start = FrameLocation.pack(segment.file.id().segmentNumber(), 0);
        locations.forEach((id, places) -> {
            if (places.lower(start) != null) {
                partitions.add(id);
            }
        });
        return partitions;
    }

    /** Adds what is known to be lost of streams, when all losses have been placed. */
    void addVersions(KnownVersions known) {
        for (Placed placed : all) {
            List<Versions> versions = known.of(placed.loss.entries());
            if (!versions.isEmpty()) {
                addVersions(placed, versions, known);
            }
        }
    }

    private void addVersions(Placed placed, List<Versions> versions, KnownVersions known) {
        PlacedLoss loss = placed.loss;
        int partitionId = loss.entries().partitionId();
        List<Hole> between = holesBetween(partitionId, placed.behind, placed.before);
        takeOut(loss, placed.hole);
        loss.take(versions);
        Optional<Hole> roomy =
                between.stream()
                        .filter(hole -> hasRoom(hole, loss))
                        .max(
                                Comparator.comparing(
                                                (Hole hole) -> known.isIn(hole, loss.entries()))
                                        .thenComparing(this::leftBytes));
        if (roomy.isPresent()) {
            placed.hole = roomy.get();
        } else {
            loss.take(List.of());
            placed.hole =
                    between.stream()
                            .filter(hole -> hasRoom(hole, loss))
                            .max(Comparator.comparing(this::leftBytes))
                            .orElse(placed.hole);
            loss.take(versions);
            loss.shrinkTo(leftBytes(placed.hole));
        }
        put(loss, placed.hole);
    }
}
