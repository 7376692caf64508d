package io.sierra.storage.read;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.MappedFile;
import io.sierra.storage.segment.SegmentId;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The data files of one bucket. They are kept, because every read needs one. */
final class DataFiles {
    private static final int FIRST_CAPACITY = 16;

    /** Segments whose files are kept: 256 TiB of them. Larger numbers come from bad indexes. */
    private static final int MAX_KNOWN = 1 << 20;

    private final Device device;
    private final MappingCache mappings;
    private final IntFunction<SegmentId> segments;
    private volatile @Nullable DataFile[] byNumber = {};

    /**
     * A segment's data file.
     *
     * @param mapped the file, to be read
     * @param description for messages
     */
    record DataFile(SegmentId segment, MappedFile mapped, String description) {}

    /** The files of these segments, by number. */
    DataFiles(Device device, MappingCache mappings, IntFunction<SegmentId> segments) {
        this.device = device;
        this.mappings = mappings;
        this.segments = segments;
    }

    /** The file of a segment. Any thread. */
    DataFile of(int segmentNumber) {
        @Nullable DataFile[] known = byNumber;
        if (segmentNumber < 0) {
            return make(segmentNumber);
        }
        DataFile file = segmentNumber < known.length ? known[segmentNumber] : null;
        return file == null ? add(segmentNumber) : file;
    }

    private DataFile make(int segmentNumber) {
        SegmentId segment = segments.apply(segmentNumber);
        String path = segment.dataFile();
        return new DataFile(segment, mappings.file(path), device.describe(path));
    }

    private synchronized DataFile add(int segmentNumber) {
        DataFile file = make(segmentNumber);
        if (segmentNumber >= MAX_KNOWN) {
            return file;
        }
        @Nullable DataFile[] known = byNumber;
        if (segmentNumber >= known.length) {
            int length = Math.max(FIRST_CAPACITY, segmentNumber + segmentNumber / 2 + 1);
            known = Arrays.copyOf(known, length);
        }
        known[segmentNumber] = file; // immutable, so who sees it sees all of it
        byNumber = known;
        return file;
    }
}
