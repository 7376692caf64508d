package io.sierra.storage.io;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the file system.
 *
 * <p>A thread that is interrupted while it reads or writes closes the file for everybody, as {@link
 * FileChannel} does: do not interrupt threads that work on a store.
 */
public final class FileDevice implements Device {
    /** Windows has no way to force a directory, and writes names through. */
    private static final boolean DIRECTORIES_CAN_BE_FORCED = File.separatorChar == '/';

    private static final OpenOption[] UNCACHED_WRITE = uncached(WRITE);
    private static final OpenOption[] UNCACHED_READ = uncached(READ);

    private final Path directory;
    private final String directoryText;
    private final FileStore fileStore;
    private @Nullable DirectoryLock lock;

    private FileDevice(Path directory) throws IOException {
        this.directory = directory;
        this.directoryText = directory.toString();
        this.fileStore = Files.getFileStore(directory);
    }

    /** Opens a directory, which is created with its parents if there is none. Takes no lock. */
    public static FileDevice open(Path directory) throws IOException {
        createWithParents(directory.toAbsolutePath().normalize());
        return new FileDevice(directory.toRealPath());
    }

    @Override
    public synchronized void lock() throws IOException {
        DirectoryLock taken = DirectoryLock.take(directory);
        if (lock != null) throw new IllegalStateException("two locks on " + directory);
        lock = taken;
    }

    @Override
    public Optional<String> lockHolder() throws IOException {
        return DirectoryLock.holder(directory);
    }

    @Override
    public DeviceFile create(String path) throws IOException {
        return openChannel(path, CREATE_NEW, READ, WRITE);
    }

    @Override
    public DeviceFile createUncached(String path) throws IOException {
        create(path).close();
        try {
            return openChannel(path, UNCACHED_WRITE);
        } catch (UnsupportedOperationException | FileSystemException _) {
            return open(path);
        }
    }

    @Override
    public DeviceFile openUncachedForReading(String path) throws IOException {
        try {
            return openChannel(path, UNCACHED_READ);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException _) {
            return openForReading(path);
        }
    }

    @Override
    public DeviceFile open(String path) throws IOException {
        return openChannel(path, READ, WRITE);
    }

    @Override
    public DeviceFile openForReading(String path) throws IOException {
        return openChannel(path, READ);
    }

    private DeviceFile openChannel(String path, OpenOption... options) throws IOException {
        Path file = resolve(path);
        try {
            return new ChannelFile(file.toString(), FileChannel.open(file, options));
        } catch (NoSuchFileException _) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(directory.resolve(DevicePath.checkDirectory(path)));
    }

    @Override
    public List<String> list(String path) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolveDirectory(path))) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (NoSuchFileException _) {
            return List.of();
        }
        Collections.sort(names);
        return List.copyOf(names);
    }

    @Override
    public void createDirectories(String path) throws IOException {
        Path current = directory;
        for (String part : DevicePath.parts(DevicePath.check(path))) {
            Path parent = current;
            current = parent.resolve(part);
            Files.createDirectories(current);
            // Also if it was there: whoever created it may have died before he forced it.
            force(parent);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(resolve(path));
    }

    @Override
    public void syncDirectory(String path) throws IOException {
        force(resolveDirectory(path));
    }

    @Override
    public long usableBytes() throws IOException {
        return fileStore.getUsableSpace();
    }

    /** The absolute path. */
    @Override
    public String describe(String path) {
        return path.isEmpty() ? directoryText : directoryText + File.separator + path;
    }

    @Override
    public synchronized void close() throws IOException {
        if (lock != null) lock.close();
        lock = null;
    }

    private Path resolve(String path) {
        return directory.resolve(DevicePath.check(path));
    }

    private Path resolveDirectory(String path) {
        return directory.resolve(DevicePath.checkDirectory(path));
    }

    /** The JDK has the option in a module that not every runtime brings. */
    private static OpenOption[] uncached(OpenOption access) {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            for (Object option : options.getEnumConstants()) {
                if (option.toString().equals("DIRECT")) {
                    return new OpenOption[] {access, (OpenOption) option};
                }
            }
        } catch (ClassNotFoundException _) {
            // then without it
        }
        return new OpenOption[] {access};
    }

    private static void createWithParents(Path directory) throws IOException {
        if (Files.isDirectory(directory)) return;
        Path parent = directory.getParent();
        if (parent != null) createWithParents(parent);
        Files.createDirectories(directory);
        if (parent != null) force(parent);
    }

    private static void force(Path directory) throws IOException {
        if (!DIRECTORIES_CAN_BE_FORCED) return;
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        }
    }
}
