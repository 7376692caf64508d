package io.sierra.storage.index;

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

    @Override
    public String toString() {
        return path();
    }
}
