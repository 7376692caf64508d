package io.sierra.storage.repair;

import io.sierra.storage.MetaFile;
import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Opens a store to be repaired, also one whose {@code meta.json} is damaged or missing: each
 * manifest of its backups has the same fields, and a checksum. They are believed if the segments
 * that are there are of the store that they name.
 *
 * <p>A restore that did not end leaves no {@code meta.json} either. It has less than the backup, so
 * a directory without the file has to have every byte of the newest backup's segments.
 */
public final class MetaMending {
    private final Device device;
    private final BackupTarget backups;

    private MetaMending(Device device, BackupTarget backups) {
        this.device = device;
        this.backups = backups;
    }

    /**
     * Opens a data directory.
     *
     * @param backups empty to believe what {@code meta.json} says
     * @throws IOException if there is no store in it, or nobody knows what it was created with
     */
    public static StoreFiles open(Path directory, Optional<BackupTarget> backups)
            throws IOException {
        if (backups.isEmpty() || !Files.isDirectory(directory)) {
            return StoreFiles.open(directory);
        }
        return open(FileDevice.open(directory), backups.get());
    }

    /** Opens the store on a device, and closes the device with it, also if this fails. */
    public static StoreFiles open(Device device, BackupTarget backups) throws IOException {
        Optional<MetaFile> restored;
        try {
            restored = new MetaMending(device, backups).restored();
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
        return restored.isPresent()
                ? StoreFiles.of(device, restored.get())
                : StoreFiles.open(device);
    }

    /** Whether the file on the disk has to be written again. */
    static boolean isNeeded(StoreFiles store) throws IOException {
        return !MetaFile.readIfUndamaged(store.device()).equals(Optional.of(store.meta()));
    }

    /** What the file should say if it does not. */
    private Optional<MetaFile> restored() throws IOException {
        List<BackupManifest> manifests = backups.contents().readable();
        if (manifests.isEmpty() || device.list("buckets").isEmpty()) {
            return Optional.empty();
        }
        Optional<MetaFile> found = MetaFile.readIfUndamaged(device);
        MetaFile told = manifests.getLast().store();
        if (found.equals(Optional.of(told)) || !areSegmentsOf(told)) {
            return Optional.empty();
        }
        if (!device.exists(MetaFile.PATH)) {
            requireAllOf(manifests.getLast());
        }
        return Optional.of(told);
    }

    /** Whether headers of segments name this store, and none names another one. */
    private boolean areSegmentsOf(MetaFile store) throws IOException {
        boolean isAnyOfIt = false;
        for (String bucket : device.list("buckets")) {
            String segments = "buckets/" + bucket + "/segments";
            for (String name : device.list(segments)) {
                Optional<SegmentHeader> header = headerOf(segments + "/" + name + "/data.evts");
                if (header.isPresent()) {
                    if (!header.get().isOfStore(store.storeId())
                            || header.get().segment().bucketId() >= store.bucketCount()) {
                        return false;
                    }
                    isAnyOfIt = true;
                }
            }
        }
        return isAnyOfIt;
    }

    private Optional<SegmentHeader> headerOf(String path) throws IOException {
        if (!device.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
        try (DeviceFile file = device.openForReading(path)) {
            file.read(head, 0);
            return Optional.of(SegmentHeader.decode(head, path));
        } catch (CorruptSegmentException _) {
            return Optional.empty();
        }
    }

    private void requireAllOf(BackupManifest newest) throws IOException {
        for (SegmentCopy copy : newest.segments()) {
            String path =
                    new SegmentId(
                                    copy.bucketId(),
                                    copy.segmentNumber(),
                                    SegmentId.saltOf(newest.storeId()))
                            .dataFile();
            if (lengthOf(path) < copy.lengthBytes()) {
                throw new IOException(
                        "%s is missing, and %s has less than backup %s, as a restore that did not end leaves it: restore again into another directory"
                                .formatted(
                                        device.describe(MetaFile.PATH),
                                        device.describe(path),
                                        newest.id()));
            }
        }
    }

    private long lengthOf(String path) throws IOException {
        if (!device.exists(path)) {
            return 0;
        }
        try (DeviceFile file = device.openForReading(path)) {
            return file.size();
        }
    }
}
