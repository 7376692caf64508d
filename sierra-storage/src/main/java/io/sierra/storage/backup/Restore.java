package io.sierra.storage.backup;

import io.sierra.storage.MetaFile;
import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.bucket.Reindex;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a store of a backup. Files are compared with their checksums while they are copied, the
 * indexes of sealed segments are made from the frames, and {@code meta.json} comes last: without it
 * no server takes the directory for a store.
 */
public final class Restore {
    /** What a fresh file system or an attempt to lock leaves in a directory. */
    private static final Set<String> NO_DATA = Set.of("lost+found", "LOCK");

    /** Indexes are usually smaller than this part of the data. */
    private static final long INDEX_DIVISOR = 2;

    private final BackupTarget source;
    private final BackupManifest manifest;
    private final Device device;
    private final BackupListener listener;
    private final SegmentCopier copier;

    private Restore(
            BackupTarget source, BackupManifest manifest, Device device, BackupListener listener) {
        this.source = source;
        this.manifest = manifest;
        this.device = device;
        this.listener = listener;
        this.copier = new SegmentCopier(listener::read);
    }

    /**
     * Opens a directory to restore into and takes it for this process.
     *
     * @throws IOException if there is anything in it, or if another process has it
     */
    public static Device openEmpty(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    if (!NO_DATA.contains(String.valueOf(entry.getFileName()))) {
                        throw new IOException(
                                directory
                                        + " is not empty: name a directory that is, or none, or"
                                        + " delete what a restore that did not end left there");
                    }
                }
            }
        }
        Device device = FileDevice.open(directory);
        try {
            device.lock();
            return device;
        } catch (IOException e) {
            device.close();
            throw e;
        }
    }

    /**
     * Restores a backup.
     *
     * @param device empty, with its lock
     * @return partitions that are out of service because the backup was made of a damaged store,
     *     and why
     * @throws IOException if the backup is not whole, naming all files that are missing or not as
     *     noted; the device is empty again then as far as that can be done
     */
    public static Map<Integer, String> restore(
            BackupTarget source, BackupManifest manifest, Device device, BackupListener listener)
            throws IOException {
        return new Restore(source, manifest, device, listener).restore();
    }

    private Map<Integer, String> restore() throws IOException {
        requireFiles();
        requireRoom();
        try {
            copyAll();
        } catch (IOException e) {
            removeAll(e);
            throw e;
        }
        Map<Integer, String> damages = new TreeMap<>();
        for (int bucketId = 0; bucketId < manifest.store().bucketCount(); bucketId++) {
            damages.putAll(makeIndexes(bucketId));
        }
        manifest.store().write(device);
        return damages;
    }

    private void requireFiles() throws IOException {
        List<String> problems = new ArrayList<>();
        for (SegmentCopy copy : manifest.segments()) {
            if (copy.file().isEmpty()) {
                problems.addAll(copy.damages());
                continue;
            }
            long length = source.lengthOf(copy.file());
            if (length != copy.lengthBytes()) {
                String found = length < 0 ? "missing" : length + " bytes long";
                problems.add(
                        "%s is %s, but should have %d bytes"
                                .formatted(
                                        source.device().describe(copy.file()),
                                        found,
                                        copy.lengthBytes()));
            }
        }
        requireNone(problems);
    }

    private void requireNone(List<String> problems) throws IOException {
        if (!problems.isEmpty()) {
            throw new IOException(
                    "backup %s is not whole; take another one:\n  %s"
                            .formatted(manifest.id(), String.join("\n  ", problems)));
        }
    }

    private void requireRoom() throws IOException {
        long length = manifest.lengthBytes();
        listener.planned(2 * length); // copied, then read for the indexes
        long needed = length + length / INDEX_DIVISOR;
        long usable = device.usableBytes();
        if (needed > usable) {
            throw new IOException(
                    "%s has not enough room: the store needs up to %,d bytes and %,d are left"
                            .formatted(device.describe(""), needed, usable));
        }
    }

    private void copyAll() throws IOException {
        List<String> problems = new ArrayList<>();
        for (SegmentCopy copy : manifest.segments()) {
            SegmentId segment = segmentOf(copy);
            device.createDirectories(segment.directory());
            try (DeviceFile file = source.device().openForReading(copy.file())) {
                SegmentCopier.Copied copied =
                        copier.copy(file, copy.lengthBytes(), device, segment.dataFile());
                problems.addAll(copied.problems());
                if (!copied.sha256().equals(copy.sha256())) {
                    problems.add(
                            "%s: SHA-256 should be %s but is %s"
                                    .formatted(file.name(), copy.sha256(), copied.sha256()));
                }
            }
            device.syncDirectory(segment.directory());
        }
        requireNone(problems);
    }

    private SegmentId segmentOf(SegmentCopy copy) {
        return new SegmentId(
                copy.bucketId(), copy.segmentNumber(), SegmentId.saltOf(manifest.storeId()));
    }

    private Map<Integer, String> makeIndexes(int bucketId) throws IOException {
        MetaFile store = manifest.store();
        List<SegmentCopy> copies =
                manifest.segments().stream().filter(c -> c.bucketId() == bucketId).toList();
        try (Reindex reindex =
                new Reindex(
                        device,
                        store.storeId(),
                        bucketId,
                        store.partitioning().partitionsOf(bucketId))) {
            for (int i = 0; i < copies.size(); i++) {
                if (i < copies.size() - 1) { // the last one is open and is indexed at start
                    reindex.rebuild(copies.get(i).segmentNumber());
                }
                listener.read(copies.get(i).lengthBytes());
            }
            reindex.finish();
            return reindex.damages();
        }
    }

    /** So that the same command can be given again. */
    private void removeAll(IOException cause) {
        try {
            for (SegmentCopy copy : manifest.segments()) {
                device.delete(segmentOf(copy).dataFile());
                device.delete(segmentOf(copy).directory());
            }
            for (int bucketId = 0; bucketId < manifest.store().bucketCount(); bucketId++) {
                device.delete(SegmentId.segmentsDirectory(bucketId));
                device.delete(SegmentId.bucketDirectory(bucketId));
            }
            device.delete("buckets");
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
