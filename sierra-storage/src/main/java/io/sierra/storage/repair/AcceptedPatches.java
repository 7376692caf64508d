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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
    private final Map<LostEntries, Place> places = new LinkedHashMap<>();
    private Optional<Patch> endOfLog = Optional.empty();

    /** Partitions of which entries are lost in the segments so far. */
    private final Set<Integer> lostBefore = new HashSet<>();

    private record Place(SegmentId segment, long fileOffset, boolean isBound, boolean isKnown) {}

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
    Optional<Patch> endOfLog() {
        return endOfLog;
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
        boolean atTheEnd = isLast && !acceptance.ends().isEmpty();
        if (isLast && (atTheEnd || endIsChosen)) {
            layOutEnd(segment, end, endIsChosen || segment.hasTornTail);
        }
        patchHeader(segment, previousEnd, isLast ? acceptance.ends() : List.of());
        segment.holes.stream()
                .flatMap(hole -> hole.entries.stream())
                .forEach(lost -> lostBefore.add(lost.partitionId()));
        return end;
    }

    private void patchHeader(SegmentDamage segment, long previousEnd, List<LostEntries> ends) {
        SegmentHeader old = segment.header;
        SegmentId id = segment.file.id();
        SegmentHeader header =
                old != null
                        ? old
                        : SegmentHeader.of(id, view.meta().storeId(), nowNanos, previousEnd);
        List<LostEntries> lost = new ArrayList<>(ends);
        segment.holes.forEach(hole -> lost.addAll(hole.entries));
        if (!lost.isEmpty()) {
            long numbers = lost.stream().mapToLong(AcceptedPatches::numbersOf).sum();
            header = header.withLossAcceptedAt(nowNanos, numbers);
        }
        if (!header.equals(old)) {
            ByteBuffer bytes = header.encode();
            add(
                    id,
                    new Patch(
                            0,
                            SegmentHeader.LENGTH_BYTES,
                            (target, offset) ->
                                    target.put(bytes.slice((int) offset, target.remaining())),
                            old == null ? new Copy("the log: header") : Nowhere.MARK,
                            List.of()));
        }
    }

    private static long numbersOf(LostEntries lost) {
        return Math.max(
                lost.endSequence() - lost.firstSequence(),
                lost.lastLogIndex() + 1 - lost.logIndex());
    }

    private HoleFrames layOut(SegmentDamage segment, Hole hole) {
        SegmentId id = segment.file.id();
        HoleFrames frames = new HoleFrames(id, hole.start);
        List<LostEntries> entries = new ArrayList<>();
        hole.entries.stream()
                .sorted(Comparator.comparingInt(LostEntries::partitionId))
                .map(lost -> lost.withVersions(acceptance.knownVersions().of(lost)))
                .forEach(entries::add);
        if (hole.hasHead()) {
            frames.addCheckpoint(positions(segment, hole, lengthOf(entries)));
        }
        boolean fits = hole.hasChosenEnd() || frames.end() + lengthOf(entries) <= hole.end;
        if (!fits) {
            entries.replaceAll(lost -> lost.withVersions(List.of()));
        }
        for (int i = 0; i < entries.size(); i++) {
            LostEntries lost = entries.get(i);
            long length = lost.lengthBytes();
            if (i == entries.size() - 1 && !hole.hasChosenEnd()) {
                long left = hole.end - frames.end() - length;
                length += left < FrameEncoder.lengthOfEmpty() ? left : 0;
            }
            places.put(lost, new Place(id, frames.end(), false, areVersionsKnown(lost)));
            frames.addLost(lost, length);
        }
        if (!hole.hasChosenEnd()) {
            frames.fill(hole.end);
        }
        return frames;
    }

    private static long lengthOf(List<LostEntries> entries) {
        return entries.stream().mapToLong(LostEntries::lengthBytes).sum();
    }

    private static boolean areVersionsKnown(LostEntries lost) {
        long known = lost.versions().stream().mapToLong(Versions::count).sum();
        return known == lost.endSequence() - lost.firstSequence();
    }

    /**
     * Partitions with entries before the segment. Others are named too where what is left of the
     * hole could not be filled otherwise: they were, and that is not known any more.
     */
    private List<Position> positions(SegmentDamage segment, Hole hole, long lostBytes) {
        Set<Integer> named = new TreeSet<>(segment.begun);
        named.addAll(lostBefore);
        for (int id : view.partitionIds(hole.segment.bucketId())) {
            long length = FrameEncoder.lengthOfCheckpoint(named.size());
            long left = hole.end - hole.start - length - lostBytes;
            boolean mustGrow = lostBytes == 0 && left > 0 && left < FrameEncoder.lengthOfEmpty();
            if (mustGrow && !hole.hasChosenEnd()) {
                named.add(id);
            }
        }
        return named.stream()
                .map(id -> new Position(id, 0, 0, 0, 0, 0, /* damaged= */ true))
                .toList();
    }

    private void layOutEnd(SegmentDamage segment, long end, boolean zeroTheRest) {
        SegmentId id = segment.file.id();
        HoleFrames frames = new HoleFrames(id, end);
        List<LostEntries> known =
                acceptance.ends().stream()
                        .map(lost -> lost.withVersions(acceptance.knownVersions().of(lost)))
                        .toList();
        long room = segment.file.lengthBytes() - end - FrameEncoder.lengthOfEmpty();
        for (LostEntries lost : lengthOf(known) <= room ? known : acceptance.ends()) {
            places.put(lost, new Place(id, frames.end(), true, false));
            frames.addLost(lost, lost.lengthBytes());
        }
        frames.addDurableEnd();
        Patch patch = frames.patch(zeroTheRest ? segment.file.lengthBytes() : 0, Nowhere.MARK);
        add(id, patch);
        boolean damageIsElsewhere =
                acceptance.segments().stream().anyMatch(s -> s != segment && !s.holes.isEmpty());
        if (damageIsElsewhere) {
            endOfLog = Optional.of(patch);
        }
    }

    /** What is given up, for people. */
    List<AcceptedLoss> losses(int bucketId, LongConsumer bytesRead) throws IOException {
        Set<StreamKey> keys = new HashSet<>();
        for (LostEntries lost : places.keySet()) {
            lost.versions().forEach(v -> keys.add(new StreamKey(v.keyHigh(), v.keyLow())));
        }
        StreamNames names = new StreamNames(view, bucketId, keys, bytesRead);
        List<AcceptedLoss> losses = new ArrayList<>();
        places.forEach((lost, place) ->
                losses.add(
                        new AcceptedLoss(
                                view.describe(place.segment().dataFile()),
                                place.fileOffset(),
                                new Loss(
                                        lost.partitionId(),
                                        lost.firstSequence(),
                                        lost.endSequence()),
                                place.isBound(),
                                lost.versions().stream().map(v -> describe(v, names)).toList(),
                                place.isKnown())));
        return losses;
    }

    private static String describe(Versions lost, StreamNames names) {
        String stream = "stream " + names.nameOf(new StreamKey(lost.keyHigh(), lost.keyLow()));
        return lost.count() == 1
                ? "%s version %d".formatted(stream, lost.firstVersion())
                : "%s versions %d to %d"
                        .formatted(
                                stream,
                                lost.firstVersion(),
                                lost.firstVersion() + lost.count() - 1);
    }
}
