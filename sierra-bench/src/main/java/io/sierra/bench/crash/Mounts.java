package io.sierra.bench.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A small file system of its own, mounted in a directory until it is closed. */
final class Mounts implements AutoCloseable {
    private final Path point;
    private final @Nullable Path image;

    private Mounts(Path point, @Nullable Path image) {
        this.point = point;
        this.image = image;
    }

    /** A file system in memory. */
    static Mounts tmpfs(Path point, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(point);
        Shell.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", point + "");
        return new Mounts(point, null);
    }

    /** An ext4 in a file. */
    static Mounts ext4(Path point, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(point);
        Path image = point.resolveSibling(point.getFileName() + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        Shell.run("mkfs.ext4", "-q", "-m", "0", image.toString());
        Mounts mounts = new Mounts(point, image);
        mounts.mount();
        return mounts;
    }

    Path point() {
        return point;
    }

    /** Mounts an image that is not mounted. */
    void mount() throws IOException, InterruptedException {
        Shell.run("mount", "-o", "loop", String.valueOf(image), point.toString());
    }

    void unmount() throws IOException, InterruptedException {
        Shell.run("umount", point.toString());
    }

    /** Mounts it anew with other options, such as {@code ro}. */
    void remount(String options) throws IOException, InterruptedException {
        Shell.run("mount", "-o", "remount," + options, point.toString());
    }

    /** Whether this process may mount. */
    static boolean canMount() {
        return works(point -> tmpfs(point, 1));
    }

    /** Whether there are loop devices, too. */
    static boolean canLoop() {
        return works(point -> ext4(point, 8));
    }

    private interface Mounting {
        Mounts at(Path point) throws IOException, InterruptedException;
    }

    private static boolean works(Mounting mounting) {
        try {
            Path directory = Files.createTempDirectory("sierra-mount");
            try (Mounts _ = mounting.at(directory.resolve("point"))) {
                return true;
            } finally {
                Directories.delete(directory);
            }
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        try {
            unmount();
            if (image != null) {
                Files.deleteIfExists(image);
            }
        } catch (IOException e) {
            System.err.println("cannot unmount " + point + ": " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
