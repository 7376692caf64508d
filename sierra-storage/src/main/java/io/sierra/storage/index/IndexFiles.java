package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;
import java.util.Arrays;

/** Makes the index files of a bucket again that nobody has open. */
public final class IndexFiles {
    private final TableStore store;

    /**
     * Index files of a bucket.
     *
     * @param bucketDirectory on the device, holds {@code segments/} and {@code runs/}
     * @param frames what the indexes are made from
     */
    public IndexFiles(
            Device device, MappingCache mappings, String bucketDirectory, SegmentEvents frames) {
        this.store = new TableStore(device, mappings, bucketDirectory, frames, () -> false);
    }

    /**
     * Whether a segment has an index file, good or bad. It gets one after its successor has a
     * durable beginning, and not before.
     */
    public static boolean exist(Device device, String bucketDirectory, int segment) {
        return Arrays.stream(IndexKind.values())
                .map(kind -> new IndexFileId(bucketDirectory, kind, segment, segment).path())
                .anyMatch(device::exists);
    }

    /**
     * Deletes the merged indexes. Those of segments hold the same, and are merged again when the
     * store is opened.
     */
    public void deleteRuns() throws IOException {
        for (SegmentRange run : store.listRuns()) {
            store.deleteRun(run);
        }
    }

    /**
     * Makes the index of a sealed segment again, in place of the one that there is: each of its
     * files is the old one or the new one at any time.
     */
    public void rebuild(int segmentNumber) throws IOException {
        store.deleteTemporaries(segmentNumber);
        store.rebuildSegment(segmentNumber, _ -> {}).discard();
    }
}
