package io.sierra.storage.repair;

import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.CheckListener;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.repair.RepairPlan.BadIndex;
import io.sierra.storage.repair.RepairPlan.SegmentRepair;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
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
 * damaged or missing frames, header, segment  the bytes of the newest backup that has them
 * partition out of service by a checkpoint    its place there, if its log is whole up to it
 * partition out of service by a note          the note is dropped, if its log is whole
 * an index that is not what the frames say    made again
 * all else                                    lost
 * </pre>
 */
public final class RepairPlanner {
    private final StoreFiles store;
    private final LongConsumer bytesRead;
    private final PatchedStore patched;
    private final StoreFiles view;
    private final SegmentMending mending;
    private final List<SegmentRepair> segments = new ArrayList<>();
    private final Map<Integer, NavigableSet<Integer>> backInService = new TreeMap<>();
    private final Set<BadIndex> badIndexes = new LinkedHashSet<>();
    private final List<Finding> lost = new ArrayList<>();
    private final Set<String> problems = new LinkedHashSet<>();

    private RepairPlanner(StoreFiles store, Optional<BackupTarget> backups, LongConsumer bytesRead)
            throws IOException {
        this.store = store;
        this.bytesRead = bytesRead;
        this.patched = new PatchedStore(store.device());
        this.view = StoreFiles.open(patched);
        this.mending = new SegmentMending(view, backups, bytesRead, problems::add);
    }

    /** Reads of the store's bytes, how often. */
    public static final int PASSES = 3;

    /**
     * Plans the repair of a store that nobody else changes meanwhile.
     *
     * @param backups where to look for what is damaged; empty to do without
     * @param bytesRead is told how much was read after each read, by several threads
     */
    public static RepairPlan plan(
            StoreFiles store, Optional<BackupTarget> backups, LongConsumer bytesRead)
            throws IOException {
        return new RepairPlanner(store, backups, bytesRead).plan();
    }

    private RepairPlan plan() throws IOException {
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            planBucket(bucketId);
        }
        new StoreCheck(view, new Listener()).verify(StoreCheck.threads());
        return new RepairPlan(
                segments, backInService, List.copyOf(badIndexes), lost, List.copyOf(problems));
    }

    private void planBucket(int bucketId) throws IOException {
        List<SegmentFile> listed = store.segments(bucketId);
        for (SegmentFile segment : listed.reversed()) { // the later one tells where this one ends
            if (segment.kind() != SegmentFile.Kind.NOT_BEGUN) {
                for (Patch patch : mending.mend(withEnd(segment))) {
                    patched.add(segment.id().dataFile(), patch);
                }
            }
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
    }

    /** Its end as the next segment tells it, which may have been damaged until now. */
    private SegmentFile withEnd(SegmentFile segment) throws IOException {
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
