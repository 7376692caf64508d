package io.sierra.storage.io;

import io.sierra.storage.concurrent.References;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One mapped file of a {@link MappingCache}. It starts with two references, that of the cache and
 * that of the thread that loads it; at none it is over and stays so.
 */
final class Mapping {
    private final String path;
    private final References references = new References(2);
    private final Arena arena = Arena.ofShared();
    private final CompletableFuture<MemorySegment> segment = new CompletableFuture<>();
    private volatile long lengthBytes;
    private volatile long lastUse;

    Mapping(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }

    /** Maps the whole file and closes it again, since a mapping needs no descriptor. */
    void load(Device device) throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            MemorySegment bytes = file.map(0, file.size(), arena);
            lengthBytes = bytes.byteSize();
            segment.complete(bytes);
        } catch (IOException | RuntimeException | Error e) {
            segment.completeExceptionally(e);
            throw e;
        }
    }

    /** The mapped bytes, as soon as the thread that loads them is done. */
    MemorySegment await() throws IOException {
        try {
            return segment.join();
        } catch (CompletionException e) {
            throw new IOException("cannot map " + path + ": " + e.getCause(), e);
        }
    }

    /** Takes a reference, unless the last one is gone. */
    boolean tryRetain() {
        return references.tryRetain();
    }

    /** Gives a reference back; true if it was the last one. */
    boolean release() {
        return references.release();
    }

    /** Unmaps the file. Only for the thread that gave back the last reference. */
    void unmap() {
        arena.close();
    }

    boolean isLoaded() {
        return segment.isDone() && !segment.isCompletedExceptionally();
    }

    long lengthBytes() {
        return lengthBytes;
    }

    /** Whether only the cache holds it. */
    boolean isIdle() {
        return references.count() == 1;
    }

    void touch(long use) {
        lastUse = use;
    }

    long lastUse() {
        return lastUse;
    }
}
