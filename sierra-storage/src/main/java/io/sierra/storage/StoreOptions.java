package io.sierra.storage;

import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.segment.FrameEncoder;

/**
 * How a store is laid out and how much memory it may use.
 *
 * @param partitioning fixed for the store's life
 * @param segmentSizeBytes size that a segment may grow to, {@value #MIN_SEGMENT_BYTES} to {@value
 *     #MAX_SEGMENT_BYTES}; fixed for the store's life
 * @param cacheBytes for the ends of streams that writers keep at hand
 * @param maxMappings files of segments and indexes that may be mapped at a time
 * @param maxRebuildBytesAtOpen bytes of segments that opening the store may read to rebuild missing
 *     indexes, 0 or more. If there is more to read it is read in the background, and the buckets
 *     concerned are not served until then
 */
public record StoreOptions(
        Partitioning partitioning,
        long segmentSizeBytes,
        long cacheBytes,
        int maxMappings,
        long maxRebuildBytesAtOpen) {
    /** Smallest segment. */
    public static final long MIN_SEGMENT_BYTES = 131_072;

    /** Largest segment. */
    public static final long MAX_SEGMENT_BYTES = 10L << 30;

    private static final long DEFAULT_SEGMENT_BYTES = 256L << 20;
    private static final long DEFAULT_CACHE_BYTES = 32L << 20;

    /** A quarter of what Linux gives a process unless told otherwise (vm.max_map_count). */
    private static final int DEFAULT_MAX_MAPPINGS = 16_384;

    public StoreOptions {
        if (segmentSizeBytes < MIN_SEGMENT_BYTES || segmentSizeBytes > MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "segment size must be %d to %d bytes, not %d"
                            .formatted(MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES, segmentSizeBytes));
        }
        int perBucket = Math.ceilDiv(partitioning.partitionCount(), partitioning.bucketCount());
        if (FrameEncoder.lengthOfCheckpoint(perBucket) > segmentSizeBytes / 2) {
            throw new IllegalArgumentException(
                    "segments of %d bytes are too small for %d partitions in a bucket"
                            .formatted(segmentSizeBytes, perBucket));
        }
        if (cacheBytes < 0 || maxMappings < 1 || maxRebuildBytesAtOpen < 0) {
            throw new IllegalArgumentException(
                    "cache of %d bytes, %d mappings, %d bytes to rebuild"
                            .formatted(cacheBytes, maxMappings, maxRebuildBytesAtOpen));
        }
    }

    /** 32 partitions in 4 buckets, segments of 256 MiB; open when everything is served. */
    public static StoreOptions defaults() {
        return new StoreOptions(
                new Partitioning(32, 4),
                DEFAULT_SEGMENT_BYTES,
                DEFAULT_CACHE_BYTES,
                DEFAULT_MAX_MAPPINGS,
                Long.MAX_VALUE);
    }

    /** These options with other partitions and buckets. */
    public StoreOptions withPartitioning(int partitionCount, int bucketCount) {
        return new StoreOptions(
                new Partitioning(partitionCount, bucketCount),
                segmentSizeBytes,
                cacheBytes,
                maxMappings,
                maxRebuildBytesAtOpen);
    }

    /** These options with segments of another size. */
    public StoreOptions withSegmentSizeBytes(long bytes) {
        return new StoreOptions(
                partitioning, bytes, cacheBytes, maxMappings, maxRebuildBytesAtOpen);
    }

    /** These options with another cache. */
    public StoreOptions withCacheBytes(long bytes) {
        return new StoreOptions(
                partitioning, segmentSizeBytes, bytes, maxMappings, maxRebuildBytesAtOpen);
    }

    /** These options with another limit of mapped files. */
    public StoreOptions withMaxMappings(int mappings) {
        return new StoreOptions(
                partitioning, segmentSizeBytes, cacheBytes, mappings, maxRebuildBytesAtOpen);
    }

    /** These options with another limit of what opening may wait for. */
    public StoreOptions withMaxRebuildBytesAtOpen(long bytes) {
        return new StoreOptions(partitioning, segmentSizeBytes, cacheBytes, maxMappings, bytes);
    }
}
