package io.sierra.storage.repair;

import io.sierra.storage.check.Finding;
import io.sierra.storage.segment.SegmentId;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;

/**
 * What a repair would do, and what it could not do.
 *
 * @param restoresMeta whether {@code meta.json} is written again
 * @param beforehand parts of the following that have to be in their segments first
 * @param segments whose data files are replaced, by bucket and number
 * @param backInService partitions by bucket whose notes of damage are dropped; their logs are whole
 * @param unfinished partitions by bucket whose logs become whole only by what is done to segments
 * @param badIndexes that are made again
 * @param accepted events that are given up
 * @param lost what is damaged or missing still when all this is done
 * @param problems of backups, for people
 */
public record RepairPlan(
        boolean restoresMeta,
        List<SegmentRepair> beforehand,
        List<SegmentRepair> segments,
        Map<Integer, NavigableSet<Integer>> backInService,
        Map<Integer, NavigableSet<Integer>> unfinished,
        List<BadIndex> badIndexes,
        List<AcceptedLoss> accepted,
        List<Finding> lost,
        List<String> problems) {

    /** A segment whose data file is replaced. */
    record SegmentRepair(SegmentId id, List<Patch> patches) {
        SegmentRepair {
            patches = List.copyOf(patches);
        }

        /** Whether something is given up in it. */
        boolean hasAcceptedLoss() {
            return patches.stream().anyMatch(Patch::isOfAcceptedLoss);
        }
    }

    /**
     * An index that is not what the frames say.
     *
     * @param lastSegment inclusive; more than the first in a run
     */
    record BadIndex(int bucketId, int firstSegment, int lastSegment) {}

    public RepairPlan {
        beforehand = List.copyOf(beforehand);
        segments = List.copyOf(segments);
        backInService = Map.copyOf(backInService);
        unfinished = Map.copyOf(unfinished);
        badIndexes = List.copyOf(badIndexes);
        accepted = List.copyOf(accepted);
        lost = List.copyOf(lost);
        problems = List.copyOf(problems);
    }

    /** Whether there is nothing to be done. */
    public boolean isEmpty() {
        return !restoresMeta
                && segments.isEmpty()
                && backInService.isEmpty()
                && badIndexes.isEmpty();
    }
}
