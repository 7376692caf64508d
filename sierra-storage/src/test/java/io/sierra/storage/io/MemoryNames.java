package io.sierra.storage.io;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The names of a {@link MemoryDevice}: as they are seen, as they are on the disk, and the changes
 * that lead from the one to the other, in their order. Not thread-safe.
 */
final class MemoryNames {
    /** What a name stands for. */
    sealed interface Node {}

    /** A directory. */
    record Directory() implements Node {}

    /** A file; two are the same only if they are one object. */
    static final class RegularFile implements Node {
        final MemoryImage image;

        RegularFile(MemoryImage image) {
            this.image = image;
        }
    }

    /** {@code from} is empty when the name is new, {@code to} when it is deleted. */
    private record Change(String from, String to, Node node, Set<String> unsyncedDirectories) {
        static Change of(String from, String to, Node node) {
            Set<String> directories = new TreeSet<>();
            if (!from.isEmpty()) directories.add(DevicePath.parent(from));
            if (!to.isEmpty()) directories.add(DevicePath.parent(to));
            return new Change(from, to, node, directories);
        }

        /** A directory whose entries are still there cannot have been deleted. */
        void applyTo(Map<String, Node> names) {
            if (to.isEmpty() && hasEntries(names, from)) return;
            if (!from.isEmpty() && names.get(from) == node) names.remove(from);
            if (!to.isEmpty()) names.put(to, node);
        }
    }

    private final TreeMap<String, Node> seen = new TreeMap<>();
    private final TreeMap<String, Node> durable = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();

    private final MemoryRoom room;

    MemoryNames(MemoryRoom room) {
        this.room = room;
    }

    MemoryRoom room() {
        return room;
    }

    @Nullable Node get(String path) {
        return path.isEmpty() ? new Directory() : seen.get(path);
    }

    MemoryImage file(String path) throws IOException {
        return regularFile(path).image;
    }

    MemoryImage create(String path) throws IOException {
        if (seen.containsKey(path)) throw new FileAlreadyExistsException(path);
        requireDirectory(DevicePath.parent(path));
        requireRoom(path);
        RegularFile file = new RegularFile(new MemoryImage(room));
        change(Change.of("", path, file));
        return file.image;
    }

    void createDirectories(String path) throws IOException {
        String current = "";
        for (String part : DevicePath.parts(path)) {
            String parent = current;
            current = DevicePath.join(parent, part);
            if (seen.get(current) instanceof RegularFile) {
                throw new FileAlreadyExistsException(current);
            }
            if (!seen.containsKey(current)) {
                requireRoom(current);
                change(Change.of("", current, new Directory()));
            }
            sync(parent);
        }
    }

    void rename(String from, String to) throws IOException {
        RegularFile file = regularFile(from);
        requireDirectory(DevicePath.parent(to));
        if (seen.get(to) instanceof Directory) throw new FileAlreadyExistsException(to);
        if (seen.get(to) instanceof RegularFile replaced && replaced != file) {
            replaced.image.delete();
        }
        change(Change.of(from, to, file));
    }

    void delete(String path) throws IOException {
        Node node = seen.get(path);
        if (node == null) return;
        if (hasEntries(seen, path)) throw new DirectoryNotEmptyException(path);
        if (node instanceof RegularFile file) file.image.delete();
        change(Change.of(path, "", node));
    }

    List<String> list(String directory) {
        return seen.keySet().stream()
                .filter(path -> DevicePath.parent(path).equals(directory))
                .map(DevicePath::name)
                .sorted()
                .toList();
    }

    void sync(String directory) throws IOException {
        requireDirectory(directory);
        unsynced.forEach(change -> change.unsyncedDirectories().remove(directory));
        unsynced.stream()
                .filter(change -> change.unsyncedDirectories().isEmpty())
                .forEach(change -> change.applyTo(durable));
        unsynced.removeIf(change -> change.unsyncedDirectories().isEmpty());
    }

    /** The names after a power loss; their files are still the old ones. */
    MemoryNames crash(Survival survival) {
        MemoryNames names = new MemoryNames(MemoryRoom.unlimited());
        names.durable.putAll(durable);
        unsynced.stream()
                .filter(_ -> survival.survives())
                .forEach(change -> change.applyTo(names.durable));
        names.convert(image -> image.crash(survival, names.room));
        return names;
    }

    /** The same names and files once more, with everything synced. */
    MemoryNames copy() {
        MemoryNames names = new MemoryNames(MemoryRoom.unlimited());
        names.durable.putAll(seen);
        names.convert(image -> image.copy(names.room));
        return names;
    }

    private void convert(UnaryOperator<MemoryImage> conversion) {
        durable.replaceAll((_, node) ->
                switch (node) {
                    case Directory directory -> directory;
                    case RegularFile file -> new RegularFile(conversion.apply(file.image));
                });
        seen.putAll(durable);
    }

    /** A new name may need another block of its directory. */
    private void requireRoom(String path) throws IOException {
        if (room.usableBytes() == 0) throw new IOException(path + ": No space left on device");
    }

    private static boolean hasEntries(Map<String, Node> names, String directory) {
        return names.keySet().stream().anyMatch(path -> DevicePath.parent(path).equals(directory));
    }

    private void change(Change change) {
        change.applyTo(seen);
        unsynced.add(change);
    }

    private RegularFile regularFile(String path) throws IOException {
        Node node = seen.get(path);
        if (node instanceof RegularFile file) return file;
        if (node == null) throw new NoSuchFileException(path);
        throw new IOException(path + " is a directory");
    }

    private void requireDirectory(String path) throws IOException {
        if (!(get(path) instanceof Directory)) throw new NoSuchFileException(path);
    }
}
