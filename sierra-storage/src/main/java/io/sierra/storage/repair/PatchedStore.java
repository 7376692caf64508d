package io.sierra.storage.repair;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** A store as it will be with its patches, to be read: nothing on the disk is changed. */
final class PatchedStore implements Device {
    private final Device device;
    private final Map<String, List<Patch>> patches = new HashMap<>();

    PatchedStore(Device device) {
        this.device = device;
    }

    /** Lays a patch over a file and all its earlier patches. */
    void add(String path, Patch patch) {
        patches.computeIfAbsent(path, _ -> new ArrayList<>()).add(patch);
    }

    /** Patches of a file, the lowest first. */
    List<Patch> patchesOf(String path) {
        return patches.getOrDefault(path, List.of());
    }

    @Override
    public DeviceFile openForReading(String path) throws IOException {
        List<Patch> patched = patchesOf(path);
        if (patched.isEmpty()) {
            return device.openForReading(path);
        }
        DeviceFile original = device.exists(path) ? device.openForReading(path) : null;
        return new PatchedFile(device.describe(path), original, patched);
    }

    @Override
    public boolean exists(String path) {
        return !patchesOf(path).isEmpty() || device.exists(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        SortedSet<String> names = new TreeSet<>(device.list(directory));
        String prefix = directory + "/";
        for (String path : patches.keySet()) {
            if (path.startsWith(prefix)) {
                String below = path.substring(prefix.length());
                int end = below.indexOf('/');
                names.add(end < 0 ? below : below.substring(0, end));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public long usableBytes() throws IOException {
        return device.usableBytes();
    }

    @Override
    public String describe(String path) {
        return device.describe(path);
    }

    @Override
    public Optional<String> lockHolder() {
        return Optional.empty();
    }

    @Override
    public void lock() {
        throw readOnly();
    }

    @Override
    public DeviceFile create(String path) {
        throw readOnly();
    }

    @Override
    public DeviceFile open(String path) {
        throw readOnly();
    }

    @Override
    public void createDirectories(String directory) {
        throw readOnly();
    }

    @Override
    public void rename(String from, String to) {
        throw readOnly();
    }

    @Override
    public void delete(String path) {
        throw readOnly();
    }

    @Override
    public void syncDirectory(String directory) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("a plan is there to be read");
    }

    /** Leaves the device open. */
    @Override
    public void close() {}
}
