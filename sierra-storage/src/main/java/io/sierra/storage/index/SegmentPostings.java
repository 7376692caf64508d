package io.sierra.storage.index;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The postings of segments that a run covers. Their files are mapped when somebody asks for them,
 * and no more of them at a time than the cache of mappings allows.
 */
final class SegmentPostings {
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
        try (Lease lease = acquire(id)) {
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

    /** Forgets the files of a segment, since they have been replaced. */
    void invalidate(int segment) {
        for (IndexKind kind : IndexKind.values()) {
            IndexFileId id = new IndexFileId(bucketDirectory, kind, segment, segment);
            mappings.invalidate(id.path());
            states.remove(id);
        }
    }

    private Lease acquire(IndexFileId id) throws IOException {
        try {
            return mappings.acquire(id.path());
        } catch (IOException e) {
            if (!isMissing(e)) throw e;
            throw new CorruptIndexException(id, state(id, 0), "is missing", e);
        }
    }

    /** Who waited for another thread to map the file gets that one's exception as a cause. */
    private static boolean isMissing(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchFileException) return true;
        }
        return false;
    }

    private VerifiedBlocks state(IndexFileId id, long fileLength) {
        VerifiedBlocks state = states.get(id);
        if (state != null && state.fileLength() == fileLength) return state;
        VerifiedBlocks fresh = new VerifiedBlocks(fileLength);
        states.put(id, fresh);
        return fresh;
    }
}
