package io.sierra.bench.crash;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/** Tells when files are created, renamed and deleted anywhere in a store. */
final class FileChanges implements AutoCloseable {
    private final WatchService watching;

    FileChanges(Path data) throws IOException {
        this.watching = data.getFileSystem().newWatchService();
        for (Path path : Directories.list(data)) {
            if (Files.isDirectory(path)) {
                watch(path);
            }
        }
    }

    private void watch(Path directory) throws IOException {
        directory.register(watching, ENTRY_CREATE, ENTRY_DELETE);
    }

    /** Waits for so many changes, but not longer; returns the last one for people. */
    String await(int changes, int timeoutMillis) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        String last = "nothing";
        for (int seen = 0; seen < changes; ) {
            WatchKey key = watching.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (key == null) {
                return last + ", then after " + timeoutMillis + " ms";
            }
            for (WatchEvent<?> event : key.pollEvents()) {
                Path path = ((Path) key.watchable()).resolve(String.valueOf(event.context()));
                last = event.kind() + " " + key.watchable() + "/" + event.context();
                seen++;
                if (event.kind() == ENTRY_CREATE && Files.isDirectory(path)) {
                    watch(path);
                }
            }
            key.reset();
        }
        return last;
    }

    @Override
    public void close() throws IOException {
        watching.close();
    }
}
