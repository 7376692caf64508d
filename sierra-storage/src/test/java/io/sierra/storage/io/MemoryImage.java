package io.sierra.storage.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The bytes of one file of a {@link MemoryDevice}: as reads and maps see them, and, for each sector
 * written since the last sync, as they are on the disk.
 *
 * <p>After a sync that failed, the system takes what it could not write for written: these sectors
 * are <em>forgotten</em>, and no later sync makes them durable unless they are written once more
 * (Rebello et al., Can Applications Recover from fsync Failures?, 2020).
 *
 * <p>Growth beyond the reserved bytes moves to a block twice as large. The old blocks are written
 * along, so that a map taken before keeps seeing what is written within its range.
 */
final class MemoryImage {
    static final int SECTOR_BYTES = 512;
    private static final long SMALLEST_BLOCK = 4 * 1024;

    /** Keeps the memory under a map as long as the map's arena holds on to this clean-up. */
    private record KeptReachable(MemorySegment block) implements Consumer<MemorySegment> {
        @Override
        public void accept(MemorySegment map) {}
    }

    private final List<MemorySegment> blocks = new ArrayList<>();
    private final NavigableMap<Long, byte[]> unsyncedSectors = new TreeMap<>();
    private final Set<Long> forgottenSectors = new HashSet<>();

    /** Parts of the file that take room on the disk, in units of {@link MemoryRoom#UNIT_BYTES}. */
    private final BitSet occupied = new BitSet();

    private MemoryRoom room;
    private long size;
    private long syncedSize;

    /** Smallest size since the last sync, if it was ever made smaller. */
    private long cutAt = Long.MAX_VALUE;

    MemoryImage(MemoryRoom room) {
        this.room = room;
    }

    synchronized long size() {
        return size;
    }

    synchronized void setSize(long sizeBytes) {
        if (sizeBytes < size) {
            rememberSectors(sizeBytes, size);
            cutAt = Math.min(cutAt, sizeBytes);
            giveUp(MemoryRoom.unitsOf(sizeBytes));
            for (MemorySegment block : blocks) {
                long end = Math.min(size, block.byteSize());
                if (sizeBytes < end) block.asSlice(sizeBytes, end - sizeBytes).fill((byte) 0);
            }
        }
        reserve(sizeBytes);
        size = sizeBytes;
    }

    /** Writes what there is room for; false if that is not all of it. */
    synchronized boolean write(ByteBuffer source, long fileOffset) {
        long wanted = fileOffset + source.remaining();
        long end = occupy(fileOffset, wanted);
        if (end > fileOffset) {
            int length = Math.toIntExact(end - fileOffset);
            writeAll(source.slice(source.position(), length), fileOffset);
            source.position(source.position() + length);
        }
        return end >= wanted;
    }

    private void writeAll(ByteBuffer source, long fileOffset) {
        long end = fileOffset + source.remaining();
        reserve(end);
        rememberSectors(fileOffset, end);
        MemorySegment bytes = MemorySegment.ofBuffer(source);
        for (MemorySegment block : blocks) {
            long length = Math.min(bytes.byteSize(), block.byteSize() - fileOffset);
            if (length > 0) MemorySegment.copy(bytes, 0, block, fileOffset, length);
        }
        size = Math.max(size, end);
    }

    /** Takes room for what is a hole yet; returns up to where there is room. */
    private long occupy(long start, long end) {
        int lastUnit = MemoryRoom.unitsOf(end);
        for (int unit = (int) (start / MemoryRoom.UNIT_BYTES); unit < lastUnit; unit++) {
            if (!occupied.get(unit)) {
                if (!room.tryTake()) return Math.max(start, unit * MemoryRoom.UNIT_BYTES);
                occupied.set(unit);
            }
        }
        return end;
    }

    private void giveUp(int firstUnit) {
        int before = occupied.cardinality();
        occupied.clear(firstUnit, Math.max(firstUnit, occupied.length()));
        room.give(before - occupied.cardinality());
    }

    /** The file has lost its name: what it takes is free again. */
    synchronized void delete() {
        giveUp(0);
        room = MemoryRoom.unlimited();
    }

    /** The disk that this file is on from now on. */
    private MemoryImage on(MemoryRoom newRoom) {
        room = newRoom;
        room.take(occupied.cardinality());
        return this;
    }

    synchronized int read(ByteBuffer target, long fileOffset) {
        int length = (int) Math.max(0, Math.min(target.remaining(), size - fileOffset));
        if (length == 0) return 0;
        target.put(current().asSlice(fileOffset, length).asByteBuffer());
        return length;
    }

    synchronized void sync() {
        if (forgottenSectors.isEmpty()) {
            unsyncedSectors.clear();
        } else {
            unsyncedSectors.keySet().retainAll(forgottenSectors);
        }
        syncedSize = size;
        cutAt = Long.MAX_VALUE;
    }

    /** A sync has failed: the system forgets that it has not written these sectors. */
    synchronized void forget() {
        forgottenSectors.addAll(unsyncedSectors.keySet());
    }

    /** The same file once more, with everything synced. */
    synchronized MemoryImage copy(MemoryRoom newRoom) {
        MemoryImage image = new MemoryImage(MemoryRoom.unlimited());
        image.setSize(size);
        if (size > 0) image.current().copyFrom(current().asSlice(0, size));
        image.sync();
        image.occupied.or(occupied);
        return image.on(newRoom);
    }

    /** A view that lives as long as {@code arena}. */
    @SuppressWarnings("restricted")
    synchronized MemorySegment map(String name, long fileOffset, long lengthBytes, Arena arena)
            throws IOException {
        if (lengthBytes > size - fileOffset) {
            throw new IOException(
                    name
                            + ": cannot map "
                            + lengthBytes
                            + " bytes at "
                            + fileOffset
                            + " of "
                            + size);
        }
        reserve(1);
        MemorySegment block = current();
        return block.asSlice(fileOffset, lengthBytes)
                .reinterpret(arena, new KeptReachable(block))
                .asReadOnly();
    }

    /** The file after a power loss, with nothing left to sync; this one must not be used again. */
    synchronized MemoryImage crash(Survival survival, MemoryRoom newRoom) {
        if (unsyncedSectors.isEmpty() && cutAt == Long.MAX_VALUE && size == syncedSize) {
            return on(newRoom);
        }
        boolean cutIsLost = cutAt < syncedSize && !survival.survives();
        MemoryImage image = new MemoryImage(MemoryRoom.unlimited());
        image.setSize(Math.max(size, syncedSize));
        if (size > 0) image.current().copyFrom(current().asSlice(0, size));
        unsyncedSectors.forEach((sector, old) -> {
            boolean wasCut = (sector + 1) * SECTOR_BYTES > cutAt;
            boolean lost = (cutIsLost && wasCut) || !survival.survives();
            if (lost) image.restore(sector, old, cutIsLost ? Long.MAX_VALUE : cutAt);
        });
        long oldSize = Math.min(syncedSize, cutAt);
        image.setSize(cutIsLost ? syncedSize : survival.size(oldSize, size));
        image.sync();
        image.occupied.or(occupied);
        image.giveUp(MemoryRoom.unitsOf(image.size));
        return image.on(newRoom);
    }

    /** Flips bits on the disk itself: reads see it at once, and a crash does not undo it. */
    synchronized void flip(long fileOffset, int mask) {
        for (MemorySegment block : blocks) {
            if (fileOffset < block.byteSize()) {
                byte old = block.get(ValueLayout.JAVA_BYTE, fileOffset);
                block.set(ValueLayout.JAVA_BYTE, fileOffset, (byte) (old ^ mask));
            }
        }
    }

    /** Puts a sector back; what was cut away from the file stays zero. */
    private void restore(long sector, byte[] old, long cutAt) {
        long offset = sector * SECTOR_BYTES;
        int length = Math.clamp(cutAt - offset, 0, SECTOR_BYTES);
        reserve(offset + SECTOR_BYTES);
        MemorySegment target = current().asSlice(offset, SECTOR_BYTES).fill((byte) 0);
        MemorySegment.copy(MemorySegment.ofArray(old), 0, target, 0, length);
    }

    private void rememberSectors(long start, long end) {
        for (long sector = start / SECTOR_BYTES; sector * SECTOR_BYTES < end; sector++) {
            long offset = sector * SECTOR_BYTES;
            unsyncedSectors.computeIfAbsent(
                    sector,
                    _ -> current().asSlice(offset, SECTOR_BYTES).toArray(ValueLayout.JAVA_BYTE));
            if (!forgottenSectors.isEmpty()) forgottenSectors.remove(sector);
        }
    }

    /** Invariant: blocks hold zeros from the size of the file on. */
    private void reserve(long bytes) {
        long reserved = blocks.isEmpty() ? 0 : current().byteSize();
        if (bytes <= reserved) return;
        long sectors = Math.ceilDiv(Math.max(bytes, 2 * reserved), SECTOR_BYTES);
        MemorySegment block =
                Arena.ofAuto().allocate(Math.max(SMALLEST_BLOCK, sectors * SECTOR_BYTES), 8);
        if (reserved > 0) block.copyFrom(current());
        blocks.add(block);
    }

    private MemorySegment current() {
        return blocks.getLast();
    }
}
