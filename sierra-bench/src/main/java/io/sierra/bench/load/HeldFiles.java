package io.sierra.bench.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files that are read into memory and stay there, because they are mapped, until this is closed.
 */
record HeldFiles(Arena arena) implements AutoCloseable {
    /** Holds the files that are in these directories now. */
    static HeldFiles of(List<Path> directories) throws IOException {
        HeldFiles held = new HeldFiles(Arena.ofConfined());
        for (Path directory : directories) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.filter(Files::isRegularFile).toList()) {
                    held.hold(path);
                }
            }
        }
        return held;
    }

    private void hold(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            MemorySegment bytes = file.map(MapMode.READ_ONLY, 0, file.size(), arena);
            bytes.load();
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
