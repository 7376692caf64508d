package io.sierra.storage.repair;

import io.sierra.storage.MetaFile;
import io.sierra.storage.backup.SegmentCopier;
import io.sierra.storage.bucket.DamageNotes;
import io.sierra.storage.bucket.Reindex;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.repair.RepairPlan.BadIndex;
import io.sierra.storage.repair.RepairPlan.SegmentRepair;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Carries out a plan. It may be killed at any time, and a new plan then goes on with what is left:
 *
 * <ol>
 *   <li>The report and the files that are replaced are copied to a directory of their own.
 *   <li>{@code meta.json} is written again if it has to be: no server opens the store without it.
 *   <li>Partitions that segments have to be replaced for are noted as damaged: a server that is
 *       started before the repair is completed has them out of service.
 *   <li>Indexes that do not fit the repaired segments are deleted. A start makes missing ones
 *       again; it would believe one that lacks events. Those of segments in which a loss is
 *       accepted stay until all of these have been written: they may be all that knows which
 *       versions of streams are lost.
 *   <li>Each segment is written as a new file there, synced, and given its name, oldest first. What
 *       the plan wants to be beforehand is, in the same way.
 *   <li>These notes are dropped, and those of partitions that are whole now.
 *   <li>The indexes are made again.
 * </ol>
 */
public final class RepairRun {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'repair-'uuuu-MM-dd'T'HH-mm-ss.SSS'Z'")
                    .withZone(ZoneOffset.UTC);

    /** Of a segment. */
    private static final int INDEX_FILES = 3;

    private final StoreFiles store;
    private final Device device;
    private final RepairPlan plan;
    private final String side;
    private final SegmentCopier copier;

    private RepairRun(StoreFiles store, RepairPlan plan, String side, LongConsumer written) {
        this.store = store;
        this.device = store.device();
        this.plan = plan;
        this.side = side;
        this.copier = new SegmentCopier(written);
    }

    /**
     * Repairs a store.
     *
     * @param store with its lock, unchanged since the plan was made
     * @param now names the directory
     * @param written is told how much was copied after each write
     * @return the directory, relative to the store's, with what was replaced
     * @throws IOException if there is not enough room, or the disk fails
     */
    public static String carryOut(
            StoreFiles store, RepairPlan plan, Instant now, LongConsumer written)
            throws IOException {
        Instant time = now;
        while (store.device().exists(NAME.format(time))) {
            time = time.plusMillis(1);
        }
        RepairRun run = new RepairRun(store, plan, NAME.format(time), written);
        run.carryOut();
        return run.side;
    }

    private void carryOut() throws IOException {
        requireRoom();
        device.createDirectories(side);
        RepairReport report = new RepairReport(store, plan);
        AtomicFile.write(
                device,
                side + "/report.txt",
                (String.join("\n", report.lines()) + "\n").getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(device, side + "/report.json", report.toJson());
        if (plan.restoresMeta()) {
            keepMeta();
        }
        for (SegmentRepair segment : plan.segments()) {
            keep(segment.id().directory(), "data.evts");
            if (segment.hasAcceptedLoss()) {
                keepIndexes(segment.id().directory());
            }
        }
        for (int bucketId : plan.backInService().keySet()) {
            keep(SegmentId.bucketDirectory(bucketId), "damage.json");
        }
        if (plan.restoresMeta()) {
            store.meta().write(device);
        }
        for (int bucketId : plan.unfinished().keySet()) {
            noteUnfinished(bucketId);
        }
        Map<Integer, NavigableSet<Integer>> indexes = segmentsOfBadIndexes();
        deleteIndexes(indexes, /* ofAcceptedLosses= */ false);
        for (SegmentRepair segment : plan.beforehand()) {
            replace(segment);
        }
        for (SegmentRepair segment : plan.segments()) {
            replace(segment);
        }
        deleteIndexes(indexes, /* ofAcceptedLosses= */ true);
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            dropNotes(bucketId);
        }
        makeIndexes(indexes);
    }

    private void requireRoom() throws IOException {
        long needed = 0;
        for (SegmentRepair segment : plan.segments()) { // what is beforehand is part of one
            try (DeviceFile file = open(segment)) {
                needed += 2 * file.size();
            }
        }
        long usable = device.usableBytes();
        if (needed > usable) {
            throw new IOException(
                    "%s has not enough room: the repair needs %,d bytes, half of them for the files that are replaced, and %,d are left"
                            .formatted(device.describe(""), needed, usable));
        }
    }

    private PatchedFile open(SegmentRepair segment) throws IOException {
        String path = segment.id().dataFile();
        return new PatchedFile(
                device.describe(path),
                device.exists(path) ? device.openForReading(path) : null,
                segment.patches());
    }

    private void keepMeta() throws IOException {
        if (device.exists(MetaFile.PATH)) {
            try (DeviceFile source = device.openForReading(MetaFile.PATH)) {
                copier.copy(source, source.size(), device, side + "/" + MetaFile.PATH);
            }
            device.syncDirectory(side);
        }
    }

    private void keepIndexes(String directory) throws IOException {
        for (String name : device.list(directory)) {
            if (name.endsWith("idx")) {
                keep(directory, name);
            }
        }
    }

    /** Copies a file as it is; what the disk cannot read of it is zero there. */
    private void keep(String directory, String name) throws IOException {
        String path = directory + "/" + name;
        if (!device.exists(path)) {
            return;
        }
        device.createDirectories(side + "/" + directory);
        try (DeviceFile source = device.openForReading(path)) {
            copier.copy(source, source.size(), device, side + "/" + path);
        }
        device.syncDirectory(side + "/" + directory);
    }

    private Map<Integer, NavigableSet<Integer>> segmentsOfBadIndexes() throws IOException {
        Map<Integer, NavigableSet<Integer>> segments = new TreeMap<>();
        for (BadIndex index : plan.badIndexes()) {
            NavigableSet<Integer> ofBucket =
                    segments.computeIfAbsent(index.bucketId(), _ -> new TreeSet<>());
            if (index.firstSegment() == index.lastSegment()) { // a run is made of its segments
                ofBucket.add(index.firstSegment());
            }
        }
        addThoseOfAcceptedLosses(segments);
        for (Map.Entry<Integer, NavigableSet<Integer>> bucket : segments.entrySet()) {
            addMissing(bucket.getKey(), bucket.getValue());
        }
        return segments;
    }

    /** No index from before fits, whether the check could see that or not; so no run stays. */
    private void addThoseOfAcceptedLosses(Map<Integer, NavigableSet<Integer>> segments)
            throws IOException {
        for (SegmentRepair repair : plan.segments()) {
            if (repair.hasAcceptedLoss()) {
                SegmentId id = repair.id();
                NavigableSet<Integer> ofBucket =
                        segments.computeIfAbsent(id.bucketId(), _ -> new TreeSet<>());
                List<SegmentFile> found = store.segments(id.bucketId());
                if (id.segmentNumber() < found.size() - 1 // the last one has no index
                        && found.get(id.segmentNumber()).hasSuccessor()) {
                    ofBucket.add(id.segmentNumber());
                }
            }
        }
    }

    /** One that is missing was not written yet, as far as is known, until a later one is made. */
    private void addMissing(int bucketId, NavigableSet<Integer> segments) throws IOException {
        int last = segments.isEmpty() ? -1 : segments.last();
        for (SegmentFile segment : store.segments(bucketId)) {
            int number = segment.id().segmentNumber();
            if (number < last && segment.indexFiles().size() < INDEX_FILES) {
                segments.add(number);
            }
        }
    }

    private void deleteIndexes(
            Map<Integer, NavigableSet<Integer>> segments, boolean ofAcceptedLosses)
            throws IOException {
        for (Map.Entry<Integer, NavigableSet<Integer>> bucket : segments.entrySet()) {
            newReindex(bucket.getKey()).close(); // deletes the runs
            for (int number : bucket.getValue()) {
                SegmentId id = store.segment(bucket.getKey(), number);
                if (hasAcceptedLoss(id) == ofAcceptedLosses) {
                    deleteIndexes(id.directory());
                }
            }
        }
    }

    private void deleteIndexes(String directory) throws IOException {
        device.createDirectories(directory); // which may be missing with all that was in it
        for (String name : device.list(directory)) {
            if (name.endsWith("idx")) {
                device.delete(directory + "/" + name);
            }
        }
        device.syncDirectory(directory);
    }

    private boolean hasAcceptedLoss(SegmentId id) {
        return plan.segments().stream()
                .anyMatch(segment -> segment.id().equals(id) && segment.hasAcceptedLoss());
    }

    private Reindex newReindex(int bucketId) throws IOException {
        return new Reindex(device, store.meta().storeId(), bucketId, store.partitionIds(bucketId));
    }

    private void replace(SegmentRepair segment) throws IOException {
        String directory = segment.id().directory();
        String repaired = side + "/" + segment.id().dataFile() + ".repaired";
        device.createDirectories(side + "/" + directory);
        device.createDirectories(directory);
        try (PatchedFile source = open(segment)) {
            List<String> problems = copier.copy(source, source.size(), device, repaired).problems();
            if (!problems.isEmpty()) {
                throw new IOException(problems.getFirst());
            }
        }
        device.rename(repaired, segment.id().dataFile());
        device.syncDirectory(directory);
        device.syncDirectory(side + "/" + directory);
    }

    private void noteUnfinished(int bucketId) throws IOException {
        DamageNotes notes = DamageNotes.read(device, bucketId, store.partitionIds(bucketId));
        for (int partitionId : partitions(plan.unfinished(), bucketId)) {
            notes.add(partitionId, "its repair was not completed; give the same command again");
        }
        notes.save();
    }

    private void dropNotes(int bucketId) throws IOException {
        DamageNotes notes = DamageNotes.read(device, bucketId, store.partitionIds(bucketId));
        Set<Integer> left = new HashSet<>(notes.damages().keySet());
        left.removeAll(partitions(plan.backInService(), bucketId));
        left.removeAll(partitions(plan.unfinished(), bucketId));
        notes.keepOnly(left);
        notes.save();
    }

    private static Set<Integer> partitions(
            Map<Integer, NavigableSet<Integer>> byBucket, int bucketId) {
        return byBucket.getOrDefault(bucketId, Collections.emptyNavigableSet());
    }

    private void makeIndexes(Map<Integer, NavigableSet<Integer>> segments) throws IOException {
        for (Map.Entry<Integer, NavigableSet<Integer>> bucket : segments.entrySet()) {
            try (Reindex reindex = newReindex(bucket.getKey())) {
                for (int number : bucket.getValue()) {
                    reindex.rebuild(number);
                }
            }
        }
    }
}
