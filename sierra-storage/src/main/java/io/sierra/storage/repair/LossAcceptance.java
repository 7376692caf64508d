package io.sierra.storage.repair;

import io.sierra.storage.check.Damage;
import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.PartitionState;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.IndexCheck;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is lost of a bucket for good, and where frames that stand for it will be.
 *
 * <p>A walk over all segments follows the log of each partition. Where it goes on with a gap, the
 * entries that are missing were in holes behind its last entry, and a frame for them is put into
 * one of these: see {@link LossPlacing}. What follows tells exactly how many they were.
 *
 * <p>Where nothing follows, nobody knows. What was told to somebody must not be told again of
 * something else, so the partition goes on behind as many sequences as can have been in the holes:
 * a frame for these is put at the end of the bucket's log, because a hole may have no room for one
 * of each partition.
 */
final class LossAcceptance {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int ALIGNMENT_BYTES = 8;

    private final StoreFiles view;
    private final int bucketId;
    private final LongConsumer bytesRead;
    private final Consumer<String> problems;
    private final Map<Integer, PartitionState> states = new TreeMap<>();
    private final List<SegmentDamage> segments = new ArrayList<>();
    private final LossPlacing placing = new LossPlacing();
    private final KnownVersions knownVersions = new KnownVersions();
    private final List<PlacedLoss> endLosses = new ArrayList<>();

    /**
     * Length of all segments. What lost frames stand for was damaged in one of them before, so if a
     * header cannot tell how much that is, it is no more than fits in here.
     */
    private long bucketBytes;

    private LossAcceptance(
            StoreFiles view, int bucketId, LongConsumer bytesRead, Consumer<String> problems) {
        this.view = view;
        this.bucketId = bucketId;
        this.bytesRead = bytesRead;
        this.problems = problems;
        view.partitionIds(bucketId).forEach(id -> states.put(id, new PartitionState(id)));
    }

    /**
     * Looks for losses.
     *
     * @param view the store with everything that backups have
     * @param problems is told what cannot be accepted, and why
     */
    static LossAcceptance of(
            StoreFiles view, int bucketId, LongConsumer bytesRead, Consumer<String> problems)
            throws IOException {
        LossAcceptance acceptance = new LossAcceptance(view, bucketId, bytesRead, problems);
        List<SegmentFile> segments = acceptance.begunSegments();
        acceptance.bucketBytes = Math.max(1, segments.size()) * view.meta().segmentSizeBytes();
        for (SegmentFile segment : segments) {
            acceptance.walk(acceptance.withEndFound(segment));
        }
        acceptance.endLogs();
        acceptance.addVersions();
        return acceptance;
    }

    private List<SegmentFile> begunSegments() throws IOException {
        List<SegmentFile> begun = new ArrayList<>(view.segments(bucketId));
        begun.removeIf(segment -> segment.kind() == Kind.NOT_BEGUN);
        return begun;
    }

    /** All segments, in order. */
    List<SegmentDamage> segments() {
        return segments;
    }

    /** What goes to the end of the bucket's log: as much as can be lost of partitions there. */
    List<PlacedLoss> endLosses() {
        return endLosses;
    }

    /** Partitions with entries before a segment, lost ones too. */
    Set<Integer> partitionsBefore(SegmentDamage segment) {
        return placing.partitionsBefore(segment);
    }

    /** A successor without a header does not tell where it ends; then the last byte does. */
    private SegmentFile withEndFound(SegmentFile listed) throws IOException {
        SegmentFile segment = RepairPlanner.withEnd(view, listed);
        if (segment.kind() != Kind.SEALED || segment.dataEnd() != SegmentFile.UNKNOWN_END) {
            return segment;
        }
        long end = SegmentHeader.LENGTH_BYTES + FrameEncoder.lengthOfEmpty();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (DeviceFile file = view.device().openForReading(segment.id().dataFile())) {
            for (long offset = 0; offset < segment.lengthBytes(); offset += CHUNK_BYTES) {
                file.read(chunk.clear(), offset);
                for (int i = chunk.flip().limit(); i > 0; i--) {
                    if (chunk.get(i - 1) != 0) {
                        end = Math.max(end, offset + i);
                        break;
                    }
                }
            }
        }
        end = (end + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
        return new SegmentFile(
                segment.id(), Kind.SEALED, end, segment.lengthBytes(), segment.indexFiles());
    }

    private void walk(SegmentFile file) throws IOException {
        Set<Integer> partitionsBegun = new TreeSet<>();
        states.forEach((id, state) -> {
            if (!state.isEmpty()) {
                partitionsBegun.add(id);
            }
        });
        SegmentDamage segment = new SegmentDamage(file, headerOf(file.id()), partitionsBegun);
        segments.add(segment);
        if (file.kind() == Kind.MISSING) {
            boolean endKnown = file.dataEnd() != SegmentFile.UNKNOWN_END;
            long end = endKnown ? file.dataEnd() : ByteRange.UNKNOWN_END;
            addHole(segment, SegmentHeader.LENGTH_BYTES, end, null);
        } else {
            walkFrames(segment);
        }
        if (!segment.holes.isEmpty() && file.kind() != Kind.OPEN) {
            knownVersions.read(
                    new IndexCheck(view.device(), SegmentId.bucketDirectory(bucketId)),
                    file.id().segmentNumber(),
                    segment::contains);
        }
    }

    private void walkFrames(SegmentDamage segment) throws IOException {
        try (FrameScan scan = view.scan(segment.file, false, bytesRead)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE) {
                    onDamage(segment, scan.damage());
                } else {
                    onFrame(scan.frame());
                }
            }
            segment.framesEnd = scan.fileOffset();
            segment.hasTornTail = scan.hasTornTail();
        }
    }

    private @Nullable SegmentHeader headerOf(SegmentId id) throws IOException {
        try {
            SegmentHeader header = view.header(id);
            return header.isOfStore(view.meta().storeId()) ? header : null;
        } catch (CorruptSegmentException | NoSuchFileException _) {
            return null;
        }
    }

    private void onDamage(SegmentDamage segment, Damage damage) {
        boolean toTheEnd =
                segment.file.kind() == Kind.OPEN && damage.end() >= segment.file.lengthBytes();
        long end =
                toTheEnd
                        ? ByteRange.UNKNOWN_END
                        : Math.max(damage.end(), damage.start() + FrameEncoder.lengthOfEmpty());
        addHole(segment, damage.start(), end, damage.header());
    }

    private void addHole(SegmentDamage segment, long start, long end, @Nullable LostFrame header) {
        long longestEnd =
                end == ByteRange.UNKNOWN_END
                        ? Math.max(view.meta().segmentSizeBytes(), segment.file.lengthBytes())
                        : end;
        long lostNumbers =
                segment.header != null
                        ? segment.header.lostNumbers()
                        : bucketBytes / Hole.SHORTEST_EVENT_BYTES;
        Hole hole =
                new Hole(segment.file.id(), start, end, header, longestEnd - start, lostNumbers);
        segment.holes.add(hole);
        placing.add(segment, hole);
    }

    private void onFrame(FrameReader frame) {
        long location = FrameLocation.pack(frame.segment().segmentNumber(), frame.fileOffset());
        switch (frame.kind()) {
            case CHECKPOINT -> onCheckpoint(frame.checkpoint(), location);
            case EVENTS, TERM_START, LOST -> onEntry(frame, location);
            case DURABLE_END, FILLER -> {}
        }
    }

    /** It names all that had entries or had lost some, so others had none up to here. */
    private void onCheckpoint(List<Position> positions, long location) {
        Set<Integer> unnamed = new TreeSet<>(states.keySet());
        for (Position position : positions) {
            unnamed.remove(position.partitionId());
            if (!position.damaged()) {
                onPosition(position, location);
            }
        }
        states.forEach((id, state) -> {
            if (unnamed.contains(id) && state.isEmpty()) {
                state.moveTo(state.position(), location);
            }
        });
    }

    private void onPosition(Position position, long location) {
        PartitionState state = states.get(position.partitionId());
        if (state == null) {
            return;
        }
        String misfit = state.misfitOf(position);
        if (misfit != null) {
            accept(state, position, location, misfit);
        }
        state.moveTo(position, location);
    }

    private void onEntry(FrameReader entry, long location) {
        PartitionState state = states.get(entry.partitionId());
        if (state == null) {
            return;
        }
        String misfit = state.misfitOf(entry);
        if (misfit != null) {
            Position before =
                    positionOf(
                            entry.partitionId(),
                            entry.chain(),
                            entry.logIndex() - 1,
                            entry.term(),
                            entry.firstSequence());
            accept(state, before, location, misfit);
        }
        state.moveBehind(entry, location);
    }

    /**
     * Has a frame stand for what is missing.
     *
     * @param end where the partition stood behind that
     * @param before {@link FrameLocation} of what tells of it
     */
    private void accept(PartitionState state, Position end, long before, String misfit) {
        Position last = state.position();
        if (end.lastLogIndex() <= last.lastLogIndex() || end.nextSequence() < last.nextSequence()) {
            problems.accept("cannot be accepted as a loss: " + misfit);
            return;
        }
        LostEntries lost = lostBehind(last, end.lastLogIndex(), end.nextSequence(), end.digest());
        if (!placing.place(lost, state.lastLocation(), before)) {
            problems.accept("cannot be accepted as a loss, no damage explains it: " + misfit);
        }
    }

    private static LostEntries lostBehind(
            Position before, long lastLogIndex, long endSequence, int digest) {
        return new LostEntries(
                before.partitionId(),
                before.lastLogIndex() + 1,
                lastLogIndex,
                before.lastTerm(),
                before.nextSequence(),
                endSequence,
                before.digest(),
                digest,
                List.of());
    }

    private void endLogs() {
        states.values().forEach(this::endLog);
    }

    /** Accepts what may be lost behind the last entry of a partition. */
    private void endLog(PartitionState state) {
        Position end = state.position();
        long behind = state.lastLocation();
        long entries = 0;
        long events = 0;
        for (Hole hole : segments.stream().flatMap(segment -> segment.holes.stream()).toList()) {
            if (hole.location() <= state.lastLocation() || !hole.mayHold(end.partitionId())) {
                continue;
            }
            LostFrame header = hole.header;
            if (header == null) {
                entries += hole.mostEntries();
                events += hole.mostEvents();
            } else if (header.lastLogIndex() > end.lastLogIndex()) {
                // Its header tells exactly what there was up to here.
                LostEntries lost =
                        lostBehind(end, header.lastLogIndex(), header.endSequence(), end.digest());
                boolean hasPlace = placing.place(lost, behind, hole.location() + 1);
                assert hasPlace : hole.location() + " has no room for its frame";
                end =
                        positionOf(
                                lost.partitionId(),
                                lost.digest(),
                                lost.lastLogIndex(),
                                lost.term(),
                                lost.endSequence());
                behind = hole.location();
                entries = 0;
                events = 0;
            }
        }
        if (entries > 0) {
            endLosses.add(
                    new PlacedLoss(
                            lostBehind(
                                    end,
                                    end.lastLogIndex() + entries,
                                    end.nextSequence() + events,
                                    end.digest())));
        }
    }

    private static Position positionOf(
            int partitionId, int digest, long lastLogIndex, long lastTerm, long nextSequence) {
        return new Position(
                partitionId,
                digest,
                lastLogIndex,
                lastTerm,
                nextSequence,
                /* watermark= */ nextSequence,
                /* damaged= */ false);
    }

    private void addVersions() {
        placing.addVersions(knownVersions);
        endLosses.forEach(loss -> loss.take(knownVersions.of(loss.entries())));
    }
}
