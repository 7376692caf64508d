package io.sierra.storage.repair;

import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.LogEnd;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.repair.RepairPlan.BadIndex;
import io.sierra.storage.repair.RepairPlan.SegmentRepair;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Finds out what can be repaired, and changes nothing: it lays bytes of backups over the store
 * where that is damaged, then checks the result as {@code verify} does.
 *
 * <pre>
 * found                                       planned
 * meta.json that is damaged or missing        what the manifests of backups say
 * damaged or missing frames, header, segment  the bytes of the newest backup that has them
 * partition out of service by a checkpoint    its place there, if its log is whole up to it
 * partition out of service by a note          the note is dropped, if its log is whole
 * an index that is not what the frames say    made again
 * all else                                    lost; if losses are accepted, frames that say so
 * </pre>
 */
public final class RepairPlanner {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StoreFiles store;
    private final LongConsumer bytesRead;
    private final PatchedStore patched;
    private final StoreFiles view;
    private final SegmentMending mending;
    private final Optional<Instant> acceptedAt;
    private final List<SegmentRepair> beforehand = new ArrayList<>();
    private final List<SegmentRepair> segments = new ArrayList<>();
    private final Map<Integer, NavigableSet<Integer>> backInService = new TreeMap<>();
    private final Map<Integer, NavigableSet<Integer>> unfinished = new TreeMap<>();
    private final Set<BadIndex> badIndexes = new LinkedHashSet<>();
    private final List<AcceptedLoss> accepted = new ArrayList<>();
    private final List<Finding> lost = new ArrayList<>();

    private final Set<String> problems = new LinkedHashSet<>();

    private RepairPlanner(
            StoreFiles store,
            Optional<BackupTarget> backups,
            Optional<Instant> acceptedAt,
            LongConsumer bytesRead)
            throws IOException {
        this.store = store;
        this.acceptedAt = acceptedAt;
        this.bytesRead = bytesRead;
        this.patched = new PatchedStore(store.device());
        this.view = StoreFiles.of(patched, store.meta());
        this.mending = new SegmentMending(view, backups, bytesRead, problems::add);
    }

    /** Reads of the store's bytes, how often at least. */
    public static final int PASSES = 3;

    /**
     * Plans the repair of a store that nobody else changes meanwhile.
     *
     * @param store of which {@link MetaMending} knows what it was created with
     * @param backups where to look for what is damaged; empty to do without
     * @param acceptLossAt the time now, to give up what no backup has; empty to leave that as it is
     * @param bytesRead is told how much was read after each read, by several threads
     */
    public static RepairPlan plan(
            StoreFiles store,
            Optional<BackupTarget> backups,
            Optional<Instant> acceptLossAt,
            LongConsumer bytesRead)
            throws IOException {
        return new RepairPlanner(store, backups, acceptLossAt, bytesRead).plan();
    }

    private RepairPlan plan() throws IOException {
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            planBucket(bucketId);
        }
        new StoreCheck(view, new Listener()).verify(StoreCheck.threads());
        return new RepairPlan(
                MetaMending.isNeeded(store),
                beforehand,
                segments,
                backInService,
                unfinished,
                List.copyOf(badIndexes),
                accepted,
                lost,
                List.copyOf(problems));
    }

    private void planBucket(int bucketId) throws IOException {
        NavigableSet<Integer> concerned = new TreeSet<>();
        List<SegmentFile> begun = new ArrayList<>(store.segments(bucketId));
        begun.removeIf(segment -> segment.kind() == SegmentFile.Kind.NOT_BEGUN);
        Optional<SegmentId> lostNewest = lostNewest(bucketId, begun);
        if (lostNewest.isPresent()) {
            begun.removeIf(segment -> segment.id().equals(lostNewest.get()));
            lay(lostNewest.get(), mendNewest(lostNewest.get(), begun), concerned);
        }
        for (SegmentFile segment : begun.reversed()) { // the later one tells where this one ends
            lay(segment.id(), mending.mend(withEnd(view, segment)), concerned);
        }
        if (acceptedAt.isPresent()) {
            concerned.addAll(acceptLosses(bucketId, acceptedAt.get()));
        }
        CheckpointMending checkpoints = new CheckpointMending(view, bucketId, bytesRead);
        for (SegmentFile segment : view.segments(bucketId)) {
            if (segment.kind() == SegmentFile.Kind.NOT_BEGUN) {
                continue;
            }
            String path = segment.id().dataFile();
            checkpoints.mend(segment).ifPresent(patch -> patched.add(path, patch));
            if (!patched.patchesOf(path).isEmpty()) {
                segments.add(new SegmentRepair(segment.id(), patched.patchesOf(path)));
            }
        }
        NavigableSet<Integer> noted = new TreeSet<>(store.damageNotes(bucketId).keySet());
        noted.retainAll(checkpoints.whole());
        if (!noted.isEmpty()) {
            backInService.put(bucketId, noted);
        }
        concerned.retainAll(checkpoints.whole());
        if (!concerned.isEmpty()) {
            unfinished.put(bucketId, concerned);
        }
    }

    private void lay(SegmentId segment, List<Patch> patches, Set<Integer> concerned) {
        for (Patch patch : patches) {
            patched.add(segment.dataFile(), patch);
            patch.events().forEach(events -> concerned.add(events.partitionId()));
            patch.givenUp().forEach(loss -> concerned.add(loss.partitionId()));
        }
    }

    /**
     * The newest segment if nothing is left of it. No store with backups of it was ever without a
     * segment 0.
     */
    private Optional<SegmentId> lostNewest(int bucketId, List<SegmentFile> begun) {
        if (begun.isEmpty()) {
            return Optional.of(store.segment(bucketId, 0));
        }
        SegmentFile last = begun.getLast();
        return last.kind() == SegmentFile.Kind.MISSING ? Optional.of(last.id()) : Optional.empty();
    }

    /** Bytes of a newest segment behind these. */
    private List<Patch> mendNewest(SegmentId newest, List<SegmentFile> before) throws IOException {
        long length =
                store.device().exists(newest.dataFile()) ? store.lengthOf(newest.dataFile()) : 0;
        SegmentFile file =
                new SegmentFile(
                        newest,
                        SegmentFile.Kind.MISSING,
                        SegmentFile.UNKNOWN_END,
                        length,
                        List.of());
        LogEnd end = LogEnd.of(0, List.of());
        if (!before.isEmpty() && before.getLast().hasFrames()) {
            end = LogEnd.scan(store, before.getLast(), _ -> {});
        }
        return mending.mendNewest(file, end);
    }

    /** Returns the partitions that lose something. */
    private Set<Integer> acceptLosses(int bucketId, Instant now) throws IOException {
        LossAcceptance acceptance = LossAcceptance.of(view, bucketId, bytesRead, problems::add);
        AcceptedPatches patches =
                new AcceptedPatches(view, acceptance, now.toEpochMilli() * NANOS_PER_MILLI);
        List<AcceptedLoss> losses = patches.losses(bucketId, bytesRead);
        accepted.addAll(losses);
        if (!patches.beforehand().isEmpty()) {
            beforehand.add(
                    new SegmentRepair(
                            acceptance.segments().getLast().file.id(), patches.beforehand()));
        }
        patches.patches()
                .forEach((id, list) -> {
                    list.forEach(patch -> patched.add(id.dataFile(), patch));
                });
        Set<Integer> partitions = new TreeSet<>();
        losses.forEach(loss -> partitions.add(loss.loss().partitionId()));
        return partitions;
    }

    /** Its end as the next segment tells it, which may have been damaged until now. */
    static SegmentFile withEnd(StoreFiles view, SegmentFile segment) throws IOException {
        if (segment.kind() == SegmentFile.Kind.OPEN) {
            return segment;
        }
        SegmentId next = segment.id().next();
        long end;
        try {
            end = view.header(next).previousDataEnd();
        } catch (CorruptSegmentException | NoSuchFileException _) {
            end = SegmentFile.UNKNOWN_END;
        }
        return new SegmentFile(
                segment.id(), segment.kind(), end, segment.lengthBytes(), segment.indexFiles());
    }

    /** Sorts what a check of the planned store finds. */
    private final class Listener implements CheckListener {
        @Override
        public void read(long lengthBytes) {
            bytesRead.accept(lengthBytes);
        }

        @Override
        public synchronized void found(Finding finding) {
            if (finding.kind() == Kind.DATA) {
                lost.add(finding);
            }
        }

        @Override
        public synchronized void badIndex(int bucketId, int firstSegment, int lastSegment) {
            badIndexes.add(new BadIndex(bucketId, firstSegment, lastSegment));
        }

        @Override
        public void noted(String note) {}
    }
}
