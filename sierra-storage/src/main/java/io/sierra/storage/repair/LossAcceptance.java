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
import io.sierra.storage.index.IndexFiles;
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
 * entries that are missing were in one of the holes behind its last entry, and a frame for them is
 * put into the first that has room: as the real frames had room, there is always one. What follows
 * tells exactly how many they were.
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
    private final KnownVersions knownVersions = new KnownVersions();
    private final List<LostEntries> ends = new ArrayList<>();

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
        return acceptance;
    }

    /** With the last one even if nothing is left of it: an index of the one before proves it. */
    private List<SegmentFile> begunSegments() throws IOException {
        List<SegmentFile> begun = new ArrayList<>(view.segments(bucketId));
        begun.removeIf(segment -> segment.kind() == Kind.NOT_BEGUN);
        String bucket = SegmentId.bucketDirectory(bucketId);
        if (!begun.isEmpty() && IndexFiles.exist(view.device(), bucket, begun.size() - 1)) {
            SegmentFile sealed = begun.removeLast();
            begun.add(
                    new SegmentFile(
                            sealed.id(),
                            Kind.SEALED,
                            SegmentFile.UNKNOWN_END,
                            sealed.lengthBytes(),
                            sealed.indexFiles()));
            SegmentId lost = sealed.id().next();
            boolean exists = view.device().exists(lost.dataFile());
            begun.add(
                    new SegmentFile(
                            lost,
                            Kind.MISSING,
                            SegmentFile.UNKNOWN_END,
                            exists ? view.lengthOf(lost.dataFile()) : 0,
                            List.of()));
        }
        return begun;
    }

    /** All segments, in order. */
    List<SegmentDamage> segments() {
        return segments;
    }

    /** What goes to the end of the bucket's log: as much as can be lost of partitions there. */
    List<LostEntries> ends() {
        return ends;
    }

    KnownVersions knownVersions() {
        return knownVersions;
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
        Set<Integer> begun = new TreeSet<>(states.keySet());
        begun.removeIf(id -> state(id).isEmpty());
        SegmentDamage segment = new SegmentDamage(file, headerOf(file.id()), begun);
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
        segment.holes.add(
                new Hole(segment.file.id(), start, end, header, longestEnd - start, lostNumbers));
    }

    private void onFrame(FrameReader frame) {
        long location = FrameLocation.pack(frame.segment().segmentNumber(), frame.fileOffset());
        switch (frame.kind()) {
            case CHECKPOINT ->
                    frame.checkpoint().stream()
                            .filter(position -> !position.damaged())
                            .forEach(position -> onPosition(position, location));
            case EVENTS, TERM_START, LOST -> onEntry(frame, location);
            case DURABLE_END, FILLER -> {}
        }
    }

    private void onPosition(Position position, long location) {
        PartitionState state = states.get(position.partitionId());
        if (state == null) {
            return;
        }
        String misfit = state.misfitOf(position);
        if (misfit != null) {
            accept(
                    state,
                    position.lastLogIndex(),
                    position.nextSequence(),
                    position.digest(),
                    misfit);
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
            accept(state, entry.logIndex() - 1, entry.firstSequence(), entry.chain(), misfit);
        }
        state.moveBehind(entry, location);
    }

    /** Puts the frame for what is missing before an entry into the first hole that has room. */
    private void accept(
            PartitionState state, long lastLogIndex, long endSequence, int digest, String misfit) {
        Position before = state.position();
        if (lastLogIndex <= before.lastLogIndex() || endSequence < before.nextSequence()) {
            problems.accept("cannot be accepted as a loss: " + misfit);
            return;
        }
        LostEntries lost = lostBehind(before, lastLogIndex, endSequence, digest);
        Hole place = null;
        for (SegmentDamage segment : segments) {
            for (Hole hole : segment.holes) {
                boolean fits = mayHold(hole, before.partitionId()) && segment.hasRoom(hole);
                // One with a header has room for nobody else.
                if (fits && (place == null || (place.header == null && hole.header != null))) {
                    place = hole;
                }
            }
        }
        if (place == null) {
            problems.accept("cannot be accepted as a loss, no damage explains it: " + misfit);
        } else {
            place.entries.add(lost);
        }
    }

    /** Whether entries of a partition behind the last one that is there may have been in a hole. */
    private boolean mayHold(Hole hole, int partitionId) {
        return hole.location() > state(partitionId).lastLocation() && hole.mayHold(partitionId);
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
        for (PartitionState state : states.values()) {
            endLog(state.position());
        }
    }

    /** Accepts what may be lost behind the last entry of a partition. */
    private void endLog(Position last) {
        Position end = last;
        long entries = 0;
        long events = 0;
        for (Hole hole : segments.stream().flatMap(segment -> segment.holes.stream()).toList()) {
            if (!mayHold(hole, last.partitionId())) {
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
                hole.entries.add(lost);
                end = endOf(lost);
                entries = 0;
                events = 0;
            }
        }
        if (entries > 0) {
            ends.add(
                    lostBehind(
                            end,
                            end.lastLogIndex() + entries,
                            end.nextSequence() + events,
                            end.digest()));
        }
    }

    private static Position endOf(LostEntries lost) {
        return new Position(
                lost.partitionId(),
                lost.digest(),
                lost.lastLogIndex(),
                lost.term(),
                lost.endSequence(),
                lost.endSequence(),
                /* damaged= */ false);
    }

    private PartitionState state(int partitionId) {
        PartitionState state = states.get(partitionId);
        if (state == null) {
            throw new IllegalArgumentException("partition " + partitionId);
        }
        return state;
    }
}
