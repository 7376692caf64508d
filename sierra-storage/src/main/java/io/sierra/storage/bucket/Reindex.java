package io.sierra.storage.bucket;

import io.sierra.storage.index.IndexFiles;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Makes the indexes of a bucket's sealed segments again, from their frames. The store must not be
 * open.
 *
 * <p>It may be interrupted at any time: an index is replaced file by file, each whole; and what an
 * index leaves out because it is lost is noted in {@code damage.json} before the index is there.
 * Notes of damage that is gone are dropped when all segments have been read.
 */
public final class Reindex implements AutoCloseable {
    /** One is read at a time, and the head of the next. */
    private static final int MAX_MAPPINGS = 2;

    private final Map<Integer, PartitionLog> logs = new HashMap<>();
    private final MappingCache mappings;
    private final DamageNotes notes;
    private final IndexFiles indexes;

    /**
     * Begins with a bucket: deletes its merged indexes.
     *
     * @param partitionIds of the bucket
     */
    public Reindex(Device device, UUID storeId, int bucketId, Collection<Integer> partitionIds)
            throws IOException {
        partitionIds.forEach(id -> logs.put(id, new PartitionLog(id)));
        mappings = new MappingCache(device, MAX_MAPPINGS);
        notes = DamageNotes.read(device, bucketId, partitionIds);
        BucketFiles files =
                new BucketFiles(
                        device,
                        mappings,
                        storeId,
                        /* segmentSizeBytes= */ 0,
                        SegmentLengths.DEFAULT,
                        Runnable::run,
                        InstantSource.system());
        indexes =
                new IndexFiles(
                        device,
                        mappings,
                        SegmentId.bucketDirectory(bucketId),
                        new SealedSegments(files, bucketId, logs, notes));
        indexes.deleteRuns();
    }

    /** Makes the index of a sealed segment again. */
    public void rebuild(int segmentNumber) throws IOException {
        indexes.rebuild(segmentNumber);
    }

    /** Ends when all sealed segments have been rebuilt: drops notes of damage that is gone. */
    public void finish() throws IOException {
        notes.keepOnly(damages().keySet());
        notes.save();
    }

    /** Partitions of which something is lost in the segments that were read, and why. */
    public Map<Integer, String> damages() {
        Map<Integer, String> damages = new TreeMap<>();
        logs.forEach((id, log) -> {
            String damage = log.damage();
            if (damage != null) {
                damages.put(id, damage);
            }
        });
        return damages;
    }

    @Override
    public void close() {
        mappings.close();
    }
}
