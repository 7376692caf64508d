package io.sierra.storage.index;

import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import java.io.IOException;

/** Which streams a sealed segment may have, by its index file. */
public final class SegmentStreams {
    private SegmentStreams() {}

    /**
     * Whether a segment may have events of a stream; false is certain, and true if the segment has
     * no index that can be used.
     */
    public static boolean mayContain(
            Device device, String bucketDirectory, int segment, long keyHigh) throws IOException {
        try (MappingCache mappings = new MappingCache(device, IndexKind.values().length)) {
            SealedTable table =
                    SealedTable.open(mappings, bucketDirectory, new SegmentRange(segment, segment));
            try {
                return table.file(IndexKind.STREAM).mayContain(keyHigh);
            } finally {
                table.discard();
            }
        } catch (CorruptIndexException _) {
            return true;
        }
    }
}
