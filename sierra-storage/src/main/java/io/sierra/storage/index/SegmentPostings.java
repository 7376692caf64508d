package io.sierra.storage.index;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The postings of segments that a run covers. Their files are mapped when somebody asks for them,
 * and no more of them at a time than the cache of mappings allows.
 */
final class SegmentPostings {
    /** States that are kept; to forget one costs no more than verifying the blocks again. */
    private static final int MAX_STATES = 1 << 16;

    private final MappingCache mappings;
    private final String bucketDirectory;
    private final ConcurrentMap<IndexFileId, VerifiedBlocks> states = new ConcurrentHashMap<>();

    SegmentPostings(MappingCache mappings, String bucketDirectory) {
        this.mappings = mappings;
        this.bucketDirectory = bucketDirectory;
    }

    /**
     * Locations of a series' events in a segment that a run says has them.
     *
     * @throws CorruptIndexException if the segment's file is missing, bad or does not have them
     */
    int locate(
            IndexKind kind,
            int segment,
            long keyHigh,
            long keyLow,
            long number,
            long[] locations,
            int max)
            throws IOException {
        IndexFileId id = new IndexFileId(bucketDirectory, kind, segment, segment);
        try (Lease lease = id.lease(mappings, () -> state(id, 0))) {
            VerifiedBlocks state = state(id, lease.segment().byteSize());
            IndexFile file = IndexFile.open(id, lease.segment(), state);
            SeriesIndexFile series = new SeriesIndexFile(file);
            long entry = series.find(keyHigh, keyLow, number);
            int found =
                    entry == SeriesIndexFile.NONE
                            ? 0
                            : series.locate(entry, number, locations, max);
            if (found == 0) throw file.corrupt("lacks number " + number + " of a series");
            return found;
        }
    }

    /** The state of a file that is in use, null if it was not used yet. */
    @Nullable VerifiedBlocks state(IndexFileId id) {
        return states.get(id);
    }

    /** Forgets what is known of the files of a segment, since they have been replaced. */
    void invalidate(int segment) {
        for (IndexKind kind : IndexKind.values()) {
            states.remove(new IndexFileId(bucketDirectory, kind, segment, segment));
        }
    }

    private VerifiedBlocks state(IndexFileId id, long fileLength) {
        VerifiedBlocks state = states.get(id);
        if (state != null && state.fileLength() == fileLength) return state;
        VerifiedBlocks fresh = new VerifiedBlocks(fileLength);
        if (states.size() >= MAX_STATES) states.clear();
        states.put(id, fresh);
        return fresh;
    }
}
