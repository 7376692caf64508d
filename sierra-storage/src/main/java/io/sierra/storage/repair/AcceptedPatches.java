package io.sierra.storage.repair;

import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.repair.Patch.Source.Copy;
import io.sierra.storage.repair.Patch.Source.Nowhere;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.LostEntries.Versions;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The bytes that take the place of what a {@link LossAcceptance} gives up: the head of a segment,
 * frames in the place of lost entries, fillers for the rest.
 *
 * <p>A checkpoint that is lost is written with all partitions out of service. {@link
 * CheckpointMending} goes over it like over any other, and knows where they stood.
 */
final class AcceptedPatches {
    private final StoreFiles view;
    private final LossAcceptance acceptance;
    private final long nowNanos;
    private final Map<SegmentId, List<Patch>> patches = new LinkedHashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Patch> beforehand = new ArrayList<>();

    private record Place(
            SegmentId segment, long fileOffset, PlacedLoss loss, boolean isUpperBound) {}

    /**
     * The patches.
     *
     * @param nowNanos since the Unix epoch
     */
    AcceptedPatches(StoreFiles view, LossAcceptance acceptance, long nowNanos) {
        this.view = view;
        this.acceptance = acceptance;
        this.nowNanos = nowNanos;
        long previousEnd = 0;
        for (SegmentDamage segment : acceptance.segments()) {
            previousEnd = layOut(segment, previousEnd);
        }
    }

    /** By segment; the lowest first. */
    Map<SegmentId, List<Patch>> patches() {
        return patches;
    }

    /**
     * What has to be in the last segment before anything is changed in another one: what was lost
     * at most of partitions is known only as long as the damage is there.
     */
    List<Patch> beforehand() {
        return beforehand;
    }

    private void add(SegmentId segment, Patch patch) {
        patches.computeIfAbsent(segment, _ -> new ArrayList<>()).add(patch);
    }

    /** Returns where the frames of the segment end then. */
    private long layOut(SegmentDamage segment, long previousEnd) {
        SegmentId id = segment.file.id();
        long end = Math.max(segment.framesEnd, segment.file.dataEnd());
        boolean endIsChosen = false;
        for (Hole hole : segment.holes) {
            HoleFrames frames = layOut(segment, hole);
            end = hole.hasChosenEnd() ? frames.end() : Math.max(end, frames.end());
            endIsChosen |= hole.hasChosenEnd();
            if (frames.end() > hole.start) {
                add(id, frames.patch(/* zerosEnd= */ 0, Nowhere.GIVEN_UP));
            }
        }
        boolean isLast = segment == acceptance.segments().getLast();
        boolean atTheEnd = isLast && !acceptance.endLosses().isEmpty();
        if (isLast && (atTheEnd || endIsChosen)) {
            layOutEnd(segment, end, endIsChosen || segment.hasTornTail, previousEnd);
        }
        List<PlacedLoss> losses = new ArrayList<>(isLast ? acceptance.endLosses() : List.of());
        segment.holes.forEach(hole -> losses.addAll(hole.losses));
        header(segment, previousEnd, losses).ifPresent(patch -> add(id, patch));
        return end;
    }

    /** The header of a segment, if it is damaged, or has to tell of losses that were not there. */
    private Optional<Patch> header(
            SegmentDamage segment, long previousEnd, List<PlacedLoss> losses) {
        SegmentHeader old = segment.header;
        SegmentHeader header =
                old != null
                        ? old
                        : SegmentHeader.of(
                                segment.file.id(), view.meta().storeId(), nowNanos, previousEnd);
        if (!losses.isEmpty()) {
            long numbers = losses.stream().mapToLong(PlacedLoss::numbers).sum();
            header = header.withLossAcceptedAt(nowNanos, numbers);
        }
        if (header.equals(old)) {
            return Optional.empty();
        }
        return Optional.of(
                Patch.of(header, old == null ? new Copy("the log: header") : Nowhere.MARK));
    }

    private HoleFrames layOut(SegmentDamage segment, Hole hole) {
        HoleFrames frames = new HoleFrames(segment.file.id(), hole.start);
        Set<Integer> positions = Set.of();
        if (hole.hasCheckpoint()) {
            positions = acceptance.partitionsBefore(segment);
            boolean isFilled = hole.losses.isEmpty() && !hole.hasChosenEnd();
            frames.addCheckpoint(
                    positions.stream().map(AcceptedPatches::outOfService).toList(),
                    isFilled ? fillerOf(hole.leftBytes(positions.size())) : 0);
        }
        long filler = hole.hasChosenEnd() ? 0 : fillerOf(hole.leftBytes(positions.size()));
        hole.losses.sort(Comparator.comparingInt(loss -> loss.entries().partitionId()));
        for (PlacedLoss loss : hole.losses) {
            boolean isLast = loss == hole.losses.getLast();
            places.add(new Place(segment.file.id(), frames.end(), loss, /* isUpperBound= */ false));
            frames.addLost(loss.entries(), loss.lengthBytes() + (isLast ? filler : 0));
        }
        if (!hole.hasChosenEnd()) {
            frames.fill(hole.end);
        }
        return frames;
    }

    /** What a frame has to take over of the bytes behind it, as no other frame fits in there. */
    private static long fillerOf(long leftBytes) {
        return leftBytes < FrameEncoder.lengthOfEmpty() ? leftBytes : 0;
    }

    private static Position outOfService(int partitionId) {
        return new Position(partitionId, 0, 0, 0, 0, 0, /* damaged= */ true);
    }

    private void layOutEnd(SegmentDamage segment, long end, boolean zeroTheRest, long previousEnd) {
        SegmentId id = segment.file.id();
        HoleFrames frames = new HoleFrames(id, end);
        long room = segment.file.lengthBytes() - end - FrameEncoder.lengthOfEmpty();
        room -= acceptance.endLosses().size() * FrameEncoder.lengthOfEmpty();
        for (PlacedLoss loss : acceptance.endLosses()) {
            loss.shrinkTo(FrameEncoder.lengthOfEmpty() + Math.max(0, room));
            room -= loss.lengthBytes() - FrameEncoder.lengthOfEmpty();
            places.add(new Place(id, frames.end(), loss, /* isUpperBound= */ true));
            frames.addLost(loss.entries(), loss.lengthBytes());
        }
        frames.addDurableEnd();
        Patch patch = frames.patch(zeroTheRest ? segment.file.lengthBytes() : 0, Nowhere.MARK);
        add(id, patch);
        boolean damageIsElsewhere =
                acceptance.segments().stream().anyMatch(s -> s != segment && !s.holes.isEmpty());
        if (damageIsElsewhere) {
            beforehand.add(patch);
            header(segment, previousEnd, acceptance.endLosses()).ifPresent(beforehand::add);
        }
    }

    /** What is given up, for people. */
    List<AcceptedLoss> losses(int bucketId, LongConsumer bytesRead) throws IOException {
        Set<StreamKey> keys = new HashSet<>();
        for (Place place : places) {
            place.loss().entries().versions().forEach(v -> keys.add(keyOf(v)));
            place.loss().forgotten().forEach(v -> keys.add(keyOf(v)));
        }
        StreamNames names = new StreamNames(view, bucketId, keys, bytesRead);
        return places.stream().map(place -> describe(place, names)).toList();
    }

    private AcceptedLoss describe(Place place, StreamNames names) {
        PlacedLoss loss = place.loss();
        LostEntries lost = loss.entries();
        return new AcceptedLoss(
                view.describe(place.segment().dataFile()),
                place.fileOffset(),
                new Loss(lost.partitionId(), lost.firstSequence(), lost.endSequence()),
                place.isUpperBound(),
                lost.versions().stream().map(v -> describe(v, names)).toList(),
                loss.forgotten().stream().map(v -> describe(v, names)).toList(),
                !place.isUpperBound() && loss.areVersionsKnown());
    }

    private static StreamKey keyOf(Versions versions) {
        return new StreamKey(versions.keyHigh(), versions.keyLow());
    }

    private static String describe(Versions lost, StreamNames names) {
        String stream = "stream " + names.nameOf(keyOf(lost));
        return lost.count() == 1
                ? "%s version %d".formatted(stream, lost.firstVersion())
                : "%s versions %d to %d"
                        .formatted(
                                stream,
                                lost.firstVersion(),
                                lost.firstVersion() + lost.count() - 1);
    }
}
