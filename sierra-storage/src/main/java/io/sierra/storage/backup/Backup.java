package io.sierra.storage.backup;

import io.sierra.storage.backup.BackupCut.CutSegment;
import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.SegmentId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Makes one backup of a store, whether a server has it open or not: a {@link BackupCut} of it.
 *
 * <pre>
 * the target has of a segment                 decision
 * a file that a manifest notes as undamaged   used, if its length is as noted; nothing is read
 * a file that no manifest notes               left by a backup that was interrupted: read, and used
 *                                             if all verifies
 * none, or one that is not as noted           copied, verified, synced, given its name
 * </pre>
 *
 * <p>A copy that does not verify gets another name than a good one would have, so it never takes
 * the place of a good one and is never used again. The manifest comes last: until it is there,
 * nothing of the backup is, and the ones before are as they were.
 */
public final class Backup {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Left for manifests, and for the target's file system. */
    private static final long RESERVED_BYTES = 1 << 20;

    private final StoreFiles store;
    private final BackupTarget target;
    private final BackupListener listener;
    private final InstantSource clock;
    private final SegmentCopier copier;
    private final Map<String, SegmentCopy> undamaged = new HashMap<>();
    private long copiedBytes;
    private int copiedFiles;

    private Backup(
            StoreFiles store, BackupTarget target, BackupListener listener, InstantSource clock) {
        this.store = store;
        this.target = target;
        this.listener = listener;
        this.clock = clock;
        this.copier = new SegmentCopier(listener::read);
    }

    /**
     * What a backup came to.
     *
     * @param copiedFiles segments that were not in the target yet
     * @param copiedBytes length of these
     */
    public record Result(BackupManifest manifest, int copiedFiles, long copiedBytes) {}

    /**
     * Makes a backup.
     *
     * @param target of this store, with its lock
     * @throws IOException if the target has not enough room, or cannot be written; nothing that was
     *     there before is changed
     */
    public static Result make(
            StoreFiles store, BackupTarget target, BackupListener listener, InstantSource clock)
            throws IOException {
        return new Backup(store, target, listener, clock).make();
    }

    private Result make() throws IOException {
        Instant start = clock.instant();
        for (BackupManifest manifest : target.contents().readable()) {
            manifest.segments().stream()
                    .filter(copy -> copy.damages().isEmpty())
                    .forEach(copy -> undamaged.put(copy.file(), copy));
        }
        BackupCut cut = BackupCut.of(store);
        requireRoom(cut);
        reportPartitionsOutOfService();
        List<SegmentCopy> copies = new ArrayList<>();
        for (CutSegment segment : cut.segments()) {
            copies.add(copyOf(segment));
        }
        for (int bucketId : new TreeSet<>(copies.stream().map(SegmentCopy::bucketId).toList())) {
            target.device().syncDirectory(target.segmentsDirectory(bucketId));
        }
        BackupManifest manifest =
                BackupManifest.of(
                        freeId(start),
                        store.meta(),
                        clock.instant().toString(),
                        copies,
                        cut.partitions());
        target.write(manifest);
        return new Result(manifest, copiedFiles, copiedBytes);
    }

    private String freeId(Instant start) {
        Instant time = start;
        while (target.has(ID.format(time))) {
            time = time.plusMillis(1);
        }
        return ID.format(time);
    }

    private void requireRoom(BackupCut cut) throws IOException {
        long needed = 0;
        for (CutSegment segment : cut.segments()) {
            if (target.lengthOf(pathOf(segment)) != segment.end()) {
                needed += segment.end();
            }
        }
        listener.planned(needed);
        long usable = target.device().usableBytes();
        if (needed + RESERVED_BYTES > usable) {
            throw new IOException(
                    "%s has not enough room: the backup needs %,d bytes and %,d are left"
                            .formatted(
                                    target.device().describe(""), needed + RESERVED_BYTES, usable));
        }
    }

    private String pathOf(CutSegment segment) throws IOException {
        SegmentId id = segment.file().id();
        return "%s/%010d-%s.evts"
                .formatted(
                        target.segmentsDirectory(id.bucketId()),
                        id.segmentNumber(),
                        segment.identity());
    }

    private SegmentCopy copyOf(CutSegment segment) throws IOException {
        String path = pathOf(segment);
        long length = target.lengthOf(path);
        SegmentCopy noted = undamaged.get(path);
        if (noted != null && length == noted.lengthBytes()) {
            reportDamage(segment);
            return noted;
        }
        if (noted == null && length == segment.end()) {
            Optional<SegmentCopy> found = leftBehind(segment, path);
            if (found.isPresent()) {
                reportDamage(segment);
                return found.get();
            }
        }
        if (segment.file().kind() == Kind.MISSING) {
            return missing(segment);
        }
        try {
            return copy(segment, path);
        } catch (NoSuchFileException | FileNotFoundException _) {
            return missing(segment);
        }
    }

    /** Their damage may be where nothing is read, because the target has it already. */
    private void reportPartitionsOutOfService() throws IOException {
        for (int bucketId = 0; bucketId < store.meta().bucketCount(); bucketId++) {
            store.damageNotes(bucketId)
                    .forEach((partitionId, damage) ->
                            listener.damaged(
                                    "partition %d is out of service: %s"
                                            .formatted(partitionId, damage)));
        }
    }

    /** The target has what is damaged here, and somebody should know. */
    private void reportDamage(CutSegment segment) {
        segment.damages().forEach(damage -> listener.damaged(damage.problem()));
        if (segment.file().kind() == Kind.MISSING) {
            listener.damaged(store.describe(segment.file().id().dataFile()) + " is missing");
        }
    }

    private Optional<SegmentCopy> leftBehind(CutSegment segment, String path) throws IOException {
        if (!damagesOf(segment, path).isEmpty()) {
            return Optional.empty();
        }
        try (DeviceFile file = target.device().openForReading(path)) {
            return Optional.of(noted(segment, path, copier.checksum(file), List.of()));
        }
    }

    private SegmentCopy missing(CutSegment segment) {
        SegmentId id = segment.file().id();
        String problem = store.describe(id.dataFile()) + " is missing";
        listener.damaged(problem);
        return new SegmentCopy(id.bucketId(), id.segmentNumber(), "", 0, "", List.of(problem));
    }

    private SegmentCopy copy(CutSegment segment, String path) throws IOException {
        Device device = target.device();
        String temporaryPath = path + AtomicFile.TEMPORARY_SUFFIX;
        SegmentCopier.Copied copied;
        try (DeviceFile source = store.device().openForReading(segment.file().id().dataFile())) {
            copied = copier.copy(source, segment.end(), device, temporaryPath);
        }
        List<String> damages = new ArrayList<>(copied.problems());
        damages.addAll(damagesOf(segment, temporaryPath));
        damages.forEach(listener::damaged);
        String name =
                damages.isEmpty()
                        ? path
                        : path.replace(
                                ".evts",
                                "-damaged-%s.evts".formatted(copied.sha256().substring(0, 8)));
        device.rename(temporaryPath, name);
        copiedFiles++;
        copiedBytes += segment.end();
        return noted(segment, name, copied.sha256(), damages);
    }

    private List<String> damagesOf(CutSegment segment, String path) throws IOException {
        SegmentId id = segment.file().id();
        return SegmentCopier.verify(
                target.device(), path, id, store.describe(id.dataFile()), segment.end());
    }

    private static SegmentCopy noted(
            CutSegment segment, String path, String sha256, List<String> damages) {
        SegmentId id = segment.file().id();
        return new SegmentCopy(
                id.bucketId(), id.segmentNumber(), path, segment.end(), sha256, damages);
    }
}
