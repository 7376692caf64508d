package io.sierra.storage.backup;

import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/**
 * A directory with backups of one store.
 *
 * <pre>
 * store-id                                   the store that all backups here are of
 * manifests/2026-11-21T17-13-01.042Z.json    one for each backup, see {@link BackupManifest}
 * segments/00000/0000000007-4c1f….evts       segments of bucket 0, shared by the backups
 * segments/00000/0000000008-90ab…-damaged-5e….evts    one that did not verify
 * LOCK                                       one process at a time
 * </pre>
 *
 * Files that have these names are complete and durable, and never change. Those that no manifest
 * names belong to a backup that did not end, and are used by the next one or removed.
 */
public final class BackupTarget implements AutoCloseable {
    private static final String STORE_ID = "store-id";
    private static final String MANIFESTS = "manifests";
    private static final String MANIFEST_SUFFIX = ".json";
    private static final String SEGMENTS = "segments";

    private final Device device;

    /**
     * What there is of manifests.
     *
     * @param readable oldest first
     * @param problems of those that cannot be read, naming their files
     */
    public record Contents(List<BackupManifest> readable, List<String> problems) {}

    private BackupTarget(Device device) {
        this.device = device;
    }

    /**
     * Opens a directory with backups.
     *
     * @throws IOException if there are none in it
     */
    public static BackupTarget open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + ": there is no such directory");
        }
        return open(FileDevice.open(directory));
    }

    /** Opens backups on a device, and closes the device with them, also if this fails. */
    public static BackupTarget open(Device device) throws IOException {
        try {
            if (!device.exists(STORE_ID)) {
                throw new IOException(
                        "%s holds no backups: there is no file %s in it"
                                .formatted(device.describe(""), STORE_ID));
            }
            return new BackupTarget(device);
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /**
     * Opens a directory for backups of a store, or creates it, and takes it for this process.
     *
     * @throws IOException if it is a data directory, if it holds backups of another store, or if
     *     another process has it
     */
    public static BackupTarget openOrCreate(Path directory, UUID storeId) throws IOException {
        return openOrCreate(FileDevice.open(directory), storeId);
    }

    /** The same on a device, which is closed with it, also if this fails. */
    public static BackupTarget openOrCreate(Device device, UUID storeId) throws IOException {
        try {
            device.lock();
            BackupTarget target = new BackupTarget(device);
            target.claim(storeId);
            return target;
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private void claim(UUID storeId) throws IOException {
        if (device.exists(STORE_ID)) {
            String found = text(STORE_ID).strip();
            if (!found.equals(storeId.toString())) {
                throw new IOException(
                        "%s holds backups of store %s, not of %s: name another directory"
                                .formatted(device.describe(""), found, storeId));
            }
            return;
        }
        if (device.exists("meta.json") || device.exists("buckets")) {
            throw new IOException(
                    device.describe("") + " is a data directory: name one for backups alone");
        }
        device.createDirectories(MANIFESTS);
        device.createDirectories(SEGMENTS);
        AtomicFile.write(device, STORE_ID, (storeId + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Takes the directory for this process until {@link #close}. */
    public void lock() throws IOException {
        device.lock();
    }

    /** All backups. */
    public Contents contents() throws IOException {
        List<BackupManifest> readable = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String name : device.list(MANIFESTS)) {
            if (name.endsWith(MANIFEST_SUFFIX)) {
                try {
                    readable.add(read(MANIFESTS + "/" + name));
                } catch (IOException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Contents(List.copyOf(readable), List.copyOf(problems));
    }

    /**
     * One backup.
     *
     * @param id its name; empty for the newest
     * @throws IOException if there is none of this name or its manifest is damaged
     */
    public BackupManifest manifest(Optional<String> id) throws IOException {
        List<String> names =
                device.list(MANIFESTS).stream()
                        .filter(name -> name.endsWith(MANIFEST_SUFFIX))
                        .toList();
        if (names.isEmpty()) {
            throw new IOException(device.describe("") + " holds no backup yet");
        }
        String name = id.map(given -> given + MANIFEST_SUFFIX).orElse(names.getLast());
        if (!names.contains(name)) {
            throw new IOException(
                    "%s holds no backup %s".formatted(device.describe(""), id.orElse("")));
        }
        return read(MANIFESTS + "/" + name);
    }

    private BackupManifest read(String path) throws IOException {
        return BackupManifest.parse(AtomicFile.read(device, path), device.describe(path));
    }

    /** Whether a backup has this name. */
    boolean has(String id) {
        return device.exists(manifestPath(id));
    }

    /** Ends a backup: from now on it exists. Its segments must be durable. */
    void write(BackupManifest manifest) throws IOException {
        AtomicFile.write(device, manifestPath(manifest.id()), manifest.toJson());
    }

    /**
     * Removes old backups, and all files that no backup left needs. Only for whoever has the lock.
     *
     * @param keep how many of the newest backups stay, at least 1; empty for all
     * @return names of those that are removed
     * @throws IOException if a manifest cannot be read, as nobody knows then what it needs; nothing
     *     is removed
     */
    public List<String> prune(OptionalInt keep) throws IOException {
        Contents contents = contents();
        if (!contents.problems().isEmpty()) {
            throw new IOException("nothing is removed: " + contents.problems().getFirst());
        }
        List<BackupManifest> manifests = contents.readable();
        int removed = Math.max(0, manifests.size() - keep.orElse(manifests.size()));
        for (BackupManifest manifest : manifests.subList(0, removed)) {
            device.delete(manifestPath(manifest.id()));
        }
        device.syncDirectory(MANIFESTS); // or a manifest could come back without its files
        removeUnneeded(manifests.subList(removed, manifests.size()));
        return manifests.subList(0, removed).stream().map(BackupManifest::id).toList();
    }

    private void removeUnneeded(List<BackupManifest> manifests) throws IOException {
        Set<String> needed = new HashSet<>();
        for (BackupManifest manifest : manifests) {
            manifest.segments().stream().map(SegmentCopy::file).forEach(needed::add);
        }
        for (String bucket : device.list(SEGMENTS)) {
            String directory = SEGMENTS + "/" + bucket;
            for (String name : device.list(directory)) {
                String path = directory + "/" + name;
                if (!needed.contains(path)) {
                    device.delete(path);
                }
            }
        }
    }

    /** Directory with the segments of a bucket, which is created. */
    String segmentsDirectory(int bucketId) throws IOException {
        String directory = "%s/%05d".formatted(SEGMENTS, bucketId);
        device.createDirectories(directory);
        return directory;
    }

    /** Length of a file, or -1 if there is none. */
    long lengthOf(String path) throws IOException {
        if (!device.exists(path)) {
            return -1;
        }
        try (DeviceFile file = device.openForReading(path)) {
            return file.size();
        }
    }

    /**
     * Opens the file of a copy.
     *
     * @throws IOException if it is missing or not as long as noted
     */
    public DeviceFile open(SegmentCopy copy) throws IOException {
        DeviceFile file = device.openForReading(copy.file());
        if (file.size() != copy.lengthBytes()) {
            file.close();
            throw new IOException(
                    "%s should have %d bytes".formatted(describe(copy), copy.lengthBytes()));
        }
        return file;
    }

    /** Name of a copy's file, for people. */
    public String describe(SegmentCopy copy) {
        return device.describe(copy.file());
    }

    Device device() {
        return device;
    }

    private String text(String path) throws IOException {
        return new String(AtomicFile.read(device, path), StandardCharsets.UTF_8);
    }

    private static String manifestPath(String id) {
        return MANIFESTS + "/" + id + MANIFEST_SUFFIX;
    }

    /** Gives the lock back if this has it. */
    @Override
    public void close() throws IOException {
        device.close();
    }
}
