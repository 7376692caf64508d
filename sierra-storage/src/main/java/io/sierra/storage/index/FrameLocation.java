package io.sierra.storage.index;

/**
 * Where a frame starts, in one long: segment number in the upper 32 bits, file offset in units of 8
 * bytes in the lower 32. Locations of one bucket sort in the order in which frames were written.
 */
public final class FrameLocation {
    /** No location. */
    public static final long NONE = -1;

    /** Frames start at multiples of this many bytes. */
    public static final int ALIGNMENT_BYTES = 8;

    /** Exclusive end of the file offsets that a location can name: 32 GiB. */
    public static final long FILE_OFFSET_END = ALIGNMENT_BYTES * (1L << Integer.SIZE);

    /** Exclusive end of the offsets in units. */
    static final long UNITS_END = 1L << Integer.SIZE;

    private FrameLocation() {}

    /**
     * Packs a location.
     *
     * @param segmentNumber 0 or more
     * @param fileOffset in bytes, a multiple of 8, below {@link #FILE_OFFSET_END}
     */
    public static long pack(int segmentNumber, long fileOffset) {
        return ofUnits(segmentNumber, units(fileOffset));
    }

    /** Number of the segment that holds the frame. */
    public static int segmentNumber(long location) {
        return (int) (location >>> Integer.SIZE);
    }

    /** Offset of the frame's first byte in its segment's data file. */
    public static long fileOffset(long location) {
        return (location & 0xFFFF_FFFFL) * ALIGNMENT_BYTES;
    }

    /** A location for people. */
    public static String describe(long location) {
        return segmentNumber(location) + "@" + fileOffset(location);
    }

    /** A file offset as an unsigned int, in units of {@link #ALIGNMENT_BYTES}. */
    static int units(long fileOffset) {
        if (fileOffset < 0 || fileOffset >= FILE_OFFSET_END || fileOffset % ALIGNMENT_BYTES != 0) {
            throw new IllegalArgumentException("no frame can start at file offset " + fileOffset);
        }
        return (int) (fileOffset / ALIGNMENT_BYTES);
    }

    static long ofUnits(int segmentNumber, int units) {
        return (long) segmentNumber << Integer.SIZE | Integer.toUnsignedLong(units);
    }
}
