package io.sierra.storage.repair;

import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.Damage;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.LogEnd;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Finds the damaged parts of segments, and bytes for them in backups.
 *
 * <p>A copy is taken if every frame in it verifies, if it has the same bytes as the segment
 * wherever that is not damaged, and if its logs end as the next segment says. So the copy is of the
 * same log, not of a store that was restored earlier and went another way. The checkpoint alone may
 * differ: it says which partitions were out of service.
 *
 * <p>A copy of the store whose owner has accepted a loss is such a copy too if what was damaged
 * there is damaged here. So lost frames are taken only if no copy has what they stand for, and the
 * segment's header then tells of them.
 *
 * <p>A newest segment that was cut off, or is missing, gets what the longest copy has. What was
 * behind that nobody knows, so a header is put there of which everybody sees that its frame is cut
 * off too, until the loss is accepted. Only zeros behind a last frame of which something is left
 * prove that there was nothing more.
 */
final class SegmentMending {
    private static final int CHUNK_BYTES = 1 << 20;

    private final StoreFiles view;
    private final Optional<BackupTarget> backups;
    private final List<BackupManifest> newestFirst;
    private final LongConsumer bytesRead;
    private final Consumer<String> problems;

    /**
     * A search.
     *
     * @param view the store with the patches that were found before
     * @param problems is told what is wrong with the backups
     */
    SegmentMending(
            StoreFiles view,
            Optional<BackupTarget> backups,
            LongConsumer bytesRead,
            Consumer<String> problems)
            throws IOException {
        this.view = view;
        this.backups = backups;
        this.bytesRead = bytesRead;
        this.problems = problems;
        if (backups.isPresent()) {
            BackupTarget.Contents contents = backups.get().contents();
            contents.problems().forEach(problems);
            this.newestFirst = contents.readable().reversed();
        } else {
            this.newestFirst = List.of();
        }
    }

    /** Bytes of a copy, and the copy's header. */
    private record Found(SegmentCopy copy, Patch patch, SegmentHeader header, boolean isEndKnown) {
        boolean isOfAcceptedLoss() {
            return patch.isOfAcceptedLoss() || (patch.start() == 0 && header.isOfAcceptedLoss());
        }
    }

    /** Patches for all that is damaged in a segment and that a backup has; later ones lie above. */
    List<Patch> mend(SegmentFile segment) throws IOException {
        return mend(segment, damagedRanges(segment), LogEnd.of(0, List.of()));
    }

    /**
     * The same for a newest segment of which nothing is left.
     *
     * @param before where the segment before it ends
     */
    List<Patch> mendNewest(SegmentFile segment, LogEnd before) throws IOException {
        return mend(segment, List.of(new ByteRange(0, ByteRange.UNKNOWN_END)), before);
    }

    private List<Patch> mend(SegmentFile segment, List<ByteRange> damaged, LogEnd before)
            throws IOException {
        List<ByteRange> left = new ArrayList<>(damaged);
        left.removeIf(range -> range.end() == ByteRange.UNKNOWN_END);
        NavigableMap<Long, Found> taken = new TreeMap<>();
        NavigableMap<Long, Found> withLosses = new TreeMap<>();
        for (SegmentCopy copy : copiesOf(segment.id())) {
            if (left.isEmpty()) {
                break;
            }
            try {
                for (Found found : foundIn(copy, segment, damaged, left, before)) {
                    long start = found.patch().start();
                    (found.isOfAcceptedLoss() ? withLosses : taken).putIfAbsent(start, found);
                }
                left.removeIf(range -> taken.containsKey(range.start()));
            } catch (IOException e) {
                problems.accept(String.valueOf(e.getMessage()));
            }
        }
        for (ByteRange range : damaged) {
            if (range.end() == ByteRange.UNKNOWN_END) {
                openEnd(segment, damaged, range, before)
                        .ifPresent(found -> taken.put(range.start(), found));
            }
        }
        withLosses.forEach(taken::putIfAbsent);
        List<Patch> patches = new ArrayList<>(taken.values().stream().map(Found::patch).toList());
        header(segment, taken).ifPresent(patches::add);
        for (Found found : taken.values()) {
            if (!found.isEndKnown()) {
                problems.accept(
                        "%s ends at offset %d: what came behind that, if anything, is in no backup that was given"
                                .formatted(
                                        backups.orElseThrow().describe(found.copy()),
                                        found.patch().end()));
                patches.add(unknownEnd(segment, found.patch().end()));
            }
        }
        return patches;
    }

    /**
     * The longest of the copies for the end of the log. All of them have to tell the same, as
     * nothing behind them proves which one is of this store.
     */
    private Optional<Found> openEnd(
            SegmentFile segment, List<ByteRange> damaged, ByteRange range, LogEnd before)
            throws IOException {
        List<Found> all = new ArrayList<>();
        for (SegmentCopy copy : copiesOf(segment.id())) {
            try {
                all.addAll(foundIn(copy, segment, damaged, List.of(range), before));
            } catch (IOException e) {
                problems.accept(String.valueOf(e.getMessage()));
            }
        }
        if (!all.stream().allMatch(Found::isOfAcceptedLoss)) {
            all.removeIf(Found::isOfAcceptedLoss);
        }
        Optional<Found> longest =
                all.stream().max(Comparator.comparingLong(found -> found.patch().end()));
        for (Found other : all) {
            if (!isPartOf(longest.orElseThrow().copy(), other.copy(), range.start())) {
                problems.accept(
                        "%s and %s tell different logs behind offset %d, and nothing tells which one is this store's: none is used"
                                .formatted(
                                        backups.orElseThrow().describe(longest.get().copy()),
                                        backups.orElseThrow().describe(other.copy()),
                                        range.start()));
                return Optional.empty();
            }
        }
        return longest;
    }

    /** Whether a copy has the same bytes as a longer one, but for its head. */
    private boolean isPartOf(SegmentCopy longer, SegmentCopy copy, long from) throws IOException {
        if (longer.file().equals(copy.file())) {
            return true;
        }
        BackupTarget target = backups.orElseThrow();
        long headEnd = CopyContents.read(target.open(copy), segmentOf(copy), List.of()).headEnd();
        ByteBuffer some = ByteBuffer.allocate(CHUNK_BYTES);
        ByteBuffer others = ByteBuffer.allocate(CHUNK_BYTES);
        try (DeviceFile file = target.open(copy);
                DeviceFile other = target.open(longer)) {
            for (long at = Math.max(from, headEnd); at < copy.lengthBytes(); at += CHUNK_BYTES) {
                int length = (int) Math.min(CHUNK_BYTES, copy.lengthBytes() - at);
                file.read(some.clear().limit(length), at);
                other.read(others.clear().limit(length), at);
                if (some.flip().mismatch(others.flip()) >= 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private SegmentId segmentOf(SegmentCopy copy) {
        return view.segment(copy.bucketId(), copy.segmentNumber());
    }

    private Patch unknownEnd(SegmentFile segment, long start) {
        ByteBuffer bytes =
                ByteBuffer.allocate(FrameReader.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        new FrameEncoder().encodeUnknownEnd(bytes, new FrameStamp(segment.id(), start, start, 0));
        long bytesEnd = start + bytes.capacity();
        return new Patch(
                start,
                Math.max(bytesEnd, segment.lengthBytes()),
                (target, offset) -> {
                    if (offset < bytesEnd) {
                        int length = (int) Math.min(target.remaining(), bytesEnd - offset);
                        target.put(bytes.slice((int) (offset - start), length));
                    }
                    target.put(new byte[target.remaining()]);
                },
                Patch.Source.Nowhere.UNKNOWN_END);
    }

    /** The segment's header, if lost frames come in that it does not tell of yet. */
    private Optional<Patch> header(SegmentFile segment, NavigableMap<Long, Found> taken)
            throws IOException {
        SegmentHeader found;
        if (taken.containsKey(0L)) {
            found = taken.firstEntry().getValue().header();
        } else if (segment.kind() != Kind.MISSING && hasHeader(segment.id())) {
            found = view.header(segment.id());
        } else {
            return Optional.empty();
        }
        SegmentHeader header = found;
        for (Found part : taken.values()) {
            if (!part.patch().givenUp().isEmpty()) {
                header = header.withLossesOf(part.header());
            }
        }
        if (header.equals(found)) {
            return Optional.empty();
        }
        return Optional.of(Patch.of(header, Patch.Source.Nowhere.MARK));
    }

    private List<ByteRange> damagedRanges(SegmentFile segment) throws IOException {
        boolean endKnown = segment.dataEnd() != SegmentFile.UNKNOWN_END;
        if (segment.kind() == Kind.MISSING) {
            return endKnown ? List.of(new ByteRange(0, segment.dataEnd())) : List.of();
        }
        List<ByteRange> ranges = new ArrayList<>();
        if (!hasHeader(segment.id())) {
            ranges.add(new ByteRange(0, SegmentHeader.LENGTH_BYTES));
        }
        try (FrameScan scan = view.scan(segment, false, bytesRead)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE) {
                    Damage damage = scan.damage();
                    boolean toTheEnd = !endKnown && damage.end() >= segment.lengthBytes();
                    ranges.add(
                            new ByteRange(
                                    damage.start(),
                                    toTheEnd ? ByteRange.UNKNOWN_END : damage.end()));
                }
            }
        }
        return ranges;
    }

    private boolean hasHeader(SegmentId id) throws IOException {
        try {
            return view.header(id).isOfStore(view.meta().storeId());
        } catch (CorruptSegmentException _) {
            return false;
        }
    }

    /** Undamaged copies, of the newest backup first, each once. */
    private List<SegmentCopy> copiesOf(SegmentId id) {
        Map<String, SegmentCopy> copies = new LinkedHashMap<>();
        for (BackupManifest manifest : newestFirst) {
            for (SegmentCopy copy : manifest.segments()) {
                if (copy.bucketId() == id.bucketId()
                        && copy.segmentNumber() == id.segmentNumber()
                        && copy.damages().isEmpty()) {
                    copies.putIfAbsent(copy.file(), copy);
                }
            }
        }
        return List.copyOf(copies.values());
    }

    private List<Found> foundIn(
            SegmentCopy copy,
            SegmentFile segment,
            List<ByteRange> damaged,
            List<ByteRange> left,
            LogEnd before)
            throws IOException {
        BackupTarget target = backups.orElseThrow();
        CopyContents contents = CopyContents.read(target.open(copy), segment.id(), left);
        if (!contents.isWhole()) {
            problems.accept(target.describe(copy) + " is damaged too and not used");
            return List.of();
        }
        if (copy.lengthBytes() == segment.dataEnd() && !contents.endsAt(nextCheckpoint(segment))) {
            problems.accept(target.describe(copy) + " does not end as the next segment says");
            return List.of();
        }
        boolean isNewest =
                segment.kind() == Kind.MISSING && segment.dataEnd() == SegmentFile.UNKNOWN_END;
        if (isNewest && !contents.beginsBehind(before)) {
            problems.accept(
                    target.describe(copy) + " does not begin where the segment before it ends");
            return List.of();
        }
        if (!agrees(copy, segment, damaged, contents.headEnd())) {
            problems.accept(target.describe(copy) + " has another log and is not used");
            return List.of();
        }
        List<Found> found = new ArrayList<>();
        for (ByteRange range : left) {
            boolean isOpen = range.end() == ByteRange.UNKNOWN_END;
            long end = isOpen ? copy.lengthBytes() : range.end();
            if (range.start() < end && end <= copy.lengthBytes() && contents.hasBounds(range)) {
                boolean isEndKnown =
                        !isOpen
                                || (!isNewest
                                        && isZeroFrom(segment, end)
                                        && !isZeroFrom(segment, contents.lastFrameStart()));
                Patch patch =
                        new Patch(
                                range.start(),
                                end,
                                (bytes, offset) -> read(copy, bytes, offset),
                                new Patch.Source.Copy(target.describe(copy)),
                                contents.eventsIn(range),
                                contents.givenUpIn(range));
                found.add(new Found(copy, patch, contents.header(), isEndKnown));
            }
        }
        return found;
    }

    private List<Position> nextCheckpoint(SegmentFile segment) throws IOException {
        try {
            return view.checkpoint(segment.id().next()).orElse(List.of());
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }

    private void read(SegmentCopy copy, ByteBuffer bytes, long offset) throws IOException {
        try (DeviceFile file = backups.orElseThrow().open(copy)) {
            file.read(bytes, offset);
        }
        if (bytes.hasRemaining()) {
            throw new IOException(copy.file() + " has become shorter");
        }
    }

    /** Whether a copy has the same bytes as the segment where that is not damaged. */
    private boolean agrees(
            SegmentCopy copy, SegmentFile segment, List<ByteRange> damaged, long headEnd)
            throws IOException {
        if (segment.kind() == Kind.MISSING) {
            return true;
        }
        long end = Math.min(copy.lengthBytes(), segment.lengthBytes());
        ByteBuffer ours = ByteBuffer.allocate(CHUNK_BYTES);
        ByteBuffer theirs = ByteBuffer.allocate(CHUNK_BYTES);
        try (DeviceFile mine = view.device().openForReading(segment.id().dataFile());
                DeviceFile other = backups.orElseThrow().open(copy)) {
            long at = ByteRange.skip(damaged, headEnd);
            while (at < end) {
                long stop = ByteRange.nextStart(damaged, at, Math.min(end, at + CHUNK_BYTES));
                mine.read(ours.clear().limit((int) (stop - at)), at);
                other.read(theirs.clear().limit((int) (stop - at)), at);
                if (ours.flip().mismatch(theirs.flip()) >= 0) {
                    return false;
                }
                at = ByteRange.skip(damaged, stop);
            }
        }
        return true;
    }

    /** Whether the file goes on and has nothing but zeros there: it had no more frames. */
    private boolean isZeroFrom(SegmentFile segment, long from) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (DeviceFile file = view.device().openForReading(segment.id().dataFile())) {
            for (long at = from; at < segment.lengthBytes(); at += CHUNK_BYTES) {
                file.read(chunk.clear(), at);
                chunk.flip();
                if (chunk.mismatch(ByteBuffer.allocate(chunk.limit())) >= 0) {
                    return false;
                }
            }
        }
        return segment.lengthBytes() >= from;
    }
}
