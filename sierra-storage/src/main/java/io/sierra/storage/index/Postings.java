package io.sierra.storage.index;

import io.sierra.storage.concurrent.OwnedBy;

/**
 * Frame offsets of the events of many series, in chunks that grow from 4 to 1,024 offsets.
 *
 * <p>A series is one long, its state: number of offsets in the upper half; in the lower the only
 * offset, or from two on the address of the directory that lists the chunks. The chunk of an index
 * follows from arithmetic, so any offset is two reads away. What a state stands for is never
 * changed by later appends.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class Postings {
    private static final int FIRST_CHUNK_BITS = 2;
    private static final int LARGE_CHUNK_BITS = 10;
    private static final int LARGE_CHUNK = 1 << LARGE_CHUNK_BITS;

    /** Chunks hold indexes 0–3, 4–15, 16–63, 64–255, 256–1023, and then 1,024 each. */
    private static final int GROWING_CHUNKS = LARGE_CHUNK_BITS / 2;

    private static final int FIRST_DIRECTORY_LENGTH = 2;

    private final IntArena arena = new IntArena();

    /** State of a series with one offset. */
    long start(int units) {
        return state(1, units);
    }

    /** Adds an offset and returns the state that stands for it too. */
    long append(long state, int units) {
        int count = count(state);
        int directory = count == 1 ? spill((int) state) : (int) state;
        int chunk = chunkOf(count);
        if (count == startOf(chunk)) {
            directory = withRoomFor(directory, chunk);
            arena.set(directory, chunk, arena.allocate(lengthOf(chunk)));
        }
        arena.set(arena.get(directory, chunk), count - startOf(chunk), units);
        return state(count + 1, directory);
    }

    static int count(long state) {
        return (int) (state >>> Integer.SIZE);
    }

    /**
     * One offset, as an unsigned int.
     *
     * @param index below the count of {@code state}
     */
    int get(long state, int index) {
        if (count(state) == 1) return (int) state;
        int chunk = chunkOf(index);
        return arena.get(arena.get((int) state, chunk), index - startOf(chunk));
    }

    long memoryBytes() {
        return arena.memoryBytes();
    }

    /** Moves a lone offset to a first chunk and returns the directory. */
    private int spill(int units) {
        int directory = arena.allocate(FIRST_DIRECTORY_LENGTH);
        int chunk = arena.allocate(lengthOf(0));
        arena.set(chunk, 0, units);
        arena.set(directory, 0, chunk);
        return directory;
    }

    /** A directory is full when its length, always a power of two, has been reached. */
    private int withRoomFor(int directory, int chunk) {
        if (chunk < FIRST_DIRECTORY_LENGTH || Integer.bitCount(chunk) != 1) return directory;
        int grown = arena.allocate(chunk * 2);
        arena.copy(directory, grown, chunk);
        return grown;
    }

    private static long state(int count, int low) {
        return (long) count << Integer.SIZE | Integer.toUnsignedLong(low);
    }

    static int chunkOf(int index) {
        if (index >= LARGE_CHUNK) {
            return GROWING_CHUNKS + (index >>> LARGE_CHUNK_BITS) - 1;
        }
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(index);
        return index < 1 << FIRST_CHUNK_BITS ? 0 : (bits - 1) / 2;
    }

    static int startOf(int chunk) {
        if (chunk >= GROWING_CHUNKS) return (chunk - GROWING_CHUNKS + 1) << LARGE_CHUNK_BITS;
        return chunk == 0 ? 0 : 1 << (2 * chunk);
    }

    static int lengthOf(int chunk) {
        return startOf(chunk + 1) - startOf(chunk);
    }
}
