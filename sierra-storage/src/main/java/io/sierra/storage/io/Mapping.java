package io.sierra.storage.io;

import io.sierra.storage.concurrent.RefCounted;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One mapped file of a {@link MappingCache}. It starts with two references, that of the cache and
 * that of the thread that loads it; at none it is over and stays so.
 */
final class Mapping extends RefCounted {
    private final String path;
    private final Arena arena = Arena.ofShared();
    private final CompletableFuture<MemorySegment> loading = new CompletableFuture<>();
    private volatile @Nullable MemorySegment segment;
    private volatile boolean forgotten;
    private volatile long lastUse;

    Mapping(String path) {
        super(2);
        this.path = path;
    }

    String path() {
        return path;
    }

    /** Maps the whole file and closes it again, since a mapping needs no descriptor. */
    void load(Device device) throws IOException {
        MemorySegment bytes;
        try (DeviceFile file = device.openForReading(path)) {
            bytes = file.map(0, file.size(), arena);
        } catch (IOException | RuntimeException | Error e) {
            loading.completeExceptionally(e);
            throw e;
        }
        segment = bytes;
        loading.complete(bytes);
    }

    /** The mapped bytes, as soon as the thread that loads them is done. */
    MemorySegment await() throws IOException {
        MemorySegment loaded = segment;
        try {
            return loaded == null ? loading.join() : loaded;
        } catch (CompletionException e) {
            throw new IOException("cannot map " + path + ": " + e.getCause(), e);
        }
    }

    /** Gives a reference back; true if it was the last one. */
    boolean release() {
        return releaseReference();
    }

    /** Unmaps the file. Only for the thread that gave back the last reference. */
    void unmap() {
        arena.close();
    }

    boolean isLoaded() {
        return segment != null;
    }

    /** Length of what is mapped, 0 if nothing is. */
    long lengthBytes() {
        MemorySegment loaded = segment;
        return loaded == null ? 0 : loaded.byteSize();
    }

    /**
     * The cache gives it up: who comes later gets another one. To be said before it leaves the
     * cache's map, or somebody could find it gone there and go on with it from elsewhere.
     */
    void forget() {
        forgotten = true;
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** Whether only the cache holds it. */
    boolean isIdle() {
        return references() == 1;
    }

    /** Notes a use; who uses it again before the clock moves on writes nothing. */
    void usedAt(long clock) {
        if (lastUse != clock) {
            lastUse = clock;
        }
    }

    /** What the cache's clock showed at the last use. */
    long lastUse() {
        return lastUse;
    }
}
