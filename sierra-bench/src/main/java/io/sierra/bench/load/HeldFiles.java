package io.sierra.bench.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Files that are read into memory and stay there, because they are mapped, until this is closed.
 */
record HeldFiles(Arena arena) implements AutoCloseable {
    /** Holds the files that are in these directories now, but for those that merges delete. */
    static HeldFiles of(List<Path> directories) throws IOException {
        HeldFiles held = new HeldFiles(Arena.ofConfined());
        for (Path directory : directories) {
            Files.walkFileTree(directory, held.new Visitor());
        }
        return held;
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
            try (FileChannel file = FileChannel.open(path)) {
                file.map(MapMode.READ_ONLY, 0, file.size(), arena).load();
            } catch (NoSuchFileException _) {
                // Nobody will read it.
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
