package io.sierra.storage.repair;

import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file as it will be with its patches, to be read. */
final class PatchedFile implements DeviceFile {
    private final String name;
    private final @Nullable DeviceFile original;
    private final List<Patch> patches;

    /**
     * A file with patches, of which later ones lie over earlier ones.
     *
     * @param original closed with this; null if there is none
     */
    PatchedFile(String name, @Nullable DeviceFile original, List<Patch> patches) {
        this.name = name;
        this.original = original;
        this.patches = List.copyOf(patches);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() throws IOException {
        long size = original == null ? 0 : original.size();
        for (Patch patch : patches) {
            size = Math.max(size, patch.end());
        }
        return size;
    }

    @Override
    public int read(ByteBuffer target, long fileOffset) throws IOException {
        int length = Math.clamp(size() - fileOffset, 0, target.remaining());
        read(target.slice(target.position(), length), fileOffset, patches.size());
        target.position(target.position() + length);
        return length;
    }

    /** Reads with the first {@code count} patches. */
    private void read(ByteBuffer target, long from, int count) throws IOException {
        long to = from + target.remaining();
        for (int i = count - 1; i >= 0; i--) {
            Patch patch = patches.get(i);
            if (patch.overlaps(from, to)) {
                long start = Math.max(from, patch.start());
                long end = Math.min(to, patch.end());
                read(part(target, from, from, start), from, i);
                patch.bytes().read(part(target, from, start, end), start);
                read(part(target, from, end, to), end, i);
                return;
            }
        }
        if (original != null && from < to) {
            original.read(target, from);
        }
        target.put(new byte[target.remaining()]);
    }

    private static ByteBuffer part(ByteBuffer target, long offset, long start, long end) {
        return target.slice((int) (start - offset), (int) (end - start));
    }

    @Override
    public void setSize(long sizeBytes) {
        throw readOnly();
    }

    @Override
    public void write(ByteBuffer source, long fileOffset) {
        throw readOnly();
    }

    @Override
    public void sync() {
        throw readOnly();
    }

    @Override
    public MemorySegment map(long fileOffset, long lengthBytes, Arena arena) {
        throw readOnly();
    }

    private UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException(name + " is planned, and there to be read");
    }

    @Override
    public void close() throws IOException {
        if (original != null) {
            original.close();
        }
    }
}
