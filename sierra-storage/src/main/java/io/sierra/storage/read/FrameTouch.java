package io.sierra.storage.read;

import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.TouchList;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;

/**
 * Reads the beginnings of frames, whatever they are, so that they are in the processor's caches
 * when the frames are read.
 */
final class FrameTouch implements AutoCloseable {
    /** Leased at once; further ones are left out, or they would push each other out. */
    private static final int MAX_SEGMENTS = 32;

    private final DataFiles files;
    private final TouchList places;
    private final Lease[] leases = new Lease[MAX_SEGMENTS];
    private final int[] segmentNumbers = new int[MAX_SEGMENTS];
    private int count;

    /**
     * No frames yet.
     *
     * @param places an empty list, which is empty again in the end
     */
    FrameTouch(DataFiles files, TouchList places) {
        this.files = files;
        this.places = places;
    }

    /** Adds the frame at a {@link FrameLocation}. */
    void add(long location) throws IOException {
        int segmentNumber = FrameLocation.segmentNumber(location);
        int held = 0;
        while (held < count && segmentNumbers[held] != segmentNumber) {
            held++;
        }
        if (held == MAX_SEGMENTS) {
            return;
        }
        if (held == count) {
            leases[count] = files.of(segmentNumber).mapped().acquire();
            segmentNumbers[count] = segmentNumber;
            count++;
        }
        long start = FrameLocation.fileOffset(location);
        places.add(leases[held].segment(), start, start + FrameCursor.TOUCHED_BYTES);
    }

    /** Reads them. */
    void touch() {
        places.touch();
    }

    @Override
    public void close() {
        places.clear();
        for (int i = 0; i < count; i++) {
            leases[i].close();
        }
    }
}
