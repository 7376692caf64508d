package io.sierra.storage.index;

import io.sierra.storage.io.MappingCache;
import io.sierra.storage.io.MappingCache.Lease;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * Which index a file holds, as its place says. The file says it too, so that one in the wrong place
 * is noticed.
 *
 * @param bucketDirectory on the device
 * @param firstSegment first segment that it covers
 * @param lastSegment last one, inclusive; the same for the index of one segment
 */
record IndexFileId(String bucketDirectory, IndexKind kind, int firstSegment, int lastSegment) {

    boolean isOfOneSegment() {
        return firstSegment == lastSegment;
    }

    /** Path on the device. */
    String path() {
        return IndexPaths.directory(bucketDirectory, firstSegment, lastSegment)
                + "/"
                + kind.fileName();
    }

    /** Name while it is written. */
    String temporaryPath() {
        return path() + IndexPaths.TEMPORARY_SUFFIX;
    }

    long bucketHash() {
        return IndexHash.ofName(bucketDirectory);
    }

    /** Goes into every checksum, so that a block of another file does not verify. */
    long seed() {
        long segments = (long) firstSegment << Integer.SIZE | lastSegment;
        return IndexHash.mix(bucketHash() + kind.magic()) ^ IndexHash.mix(segments);
    }

    /**
     * Maps the file.
     *
     * @throws CorruptIndexException if it is missing
     * @throws IOException if it cannot be mapped, which says nothing about it
     */
    Lease lease(MappingCache mappings) throws IOException {
        try {
            return mappings.acquire(path());
        } catch (IOException e) {
            if (!isMissing(e)) throw e;
            throw new CorruptIndexException(this, new VerifiedBlocks(0), "is missing", e);
        }
    }

    /** Who waited for another thread to map the file gets that one's exception as a cause. */
    private static boolean isMissing(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchFileException) return true;
        }
        return false;
    }

    @Override
    public String toString() {
        return path();
    }
}
