package io.sierra.storage.read;

import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.index.TouchList;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the beginnings of frames, whatever they are, so that they are in the processor's caches
 * when the frames are read.
 */
final class FrameTouch implements AutoCloseable {
    /** Of a frame: its header and a short event. */
    private static final int TOUCHED_BYTES = 256;

    /** Leased at once; further ones are left out, or they would push each other out. */
    private static final int MAX_SEGMENTS = 32;

    private final MappingCache mappings;
    private final DataFiles files;
    private final TouchList places = new TouchList();
    private final List<Lease> leases = new ArrayList<>();
    private final List<Integer> segmentNumbers = new ArrayList<>();

    FrameTouch(MappingCache mappings, DataFiles files) {
        this.mappings = mappings;
        this.files = files;
    }

    /** Adds the frame at a {@link FrameLocation}, unless that is none. */
    void add(long location) throws IOException {
        if (location == FrameLocation.NONE) {
            return;
        }
        int segmentNumber = FrameLocation.segmentNumber(location);
        int held = segmentNumbers.indexOf(segmentNumber);
        if (held < 0 && leases.size() == MAX_SEGMENTS) {
            return;
        }
        if (held < 0) {
            held = leases.size();
            leases.add(mappings.acquire(files.of(segmentNumber).path()));
            segmentNumbers.add(segmentNumber);
        }
        long start = FrameLocation.fileOffset(location);
        places.add(leases.get(held).segment(), start, start + TOUCHED_BYTES);
    }

    /** Reads them. */
    void touch() {
        places.touch();
    }

    @Override
    public void close() {
        places.clear();
        leases.forEach(Lease::close);
    }
}
