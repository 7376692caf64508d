package io.sierra.cluster;

import java.util.List;

/**
 * What an operator wants to know of a node.
 *
 * @param syncPolicy {@code always}, {@code interval} or {@code os}
 * @param recoveryMillis how long opening the store took
 * @param watermarks for each partition the number of its confirmed events
 * @param mappings files that are mapped to be read
 * @param rebuild of indexes that were missing at the start
 * @param indexes of the buckets that are open
 */
public record NodeStatus(
        String directory,
        String syncPolicy,
        long recoveryMillis,
        List<BucketStatus> buckets,
        List<Long> watermarks,
        Mappings mappings,
        IndexRebuild rebuild,
        Indexes indexes) {

    /**
     * Files that are mapped to be read.
     *
     * @param files now
     * @param maxFiles at a time
     * @param bytes length of those that are mapped
     * @param evictions since the start, because there were too many
     */
    public record Mappings(long files, int maxFiles, long bytes, long evictions) {}

    /**
     * How the indexes are doing that were missing at the start.
     *
     * @param state {@code off}, {@code running}, or {@code failed} until the next try
     * @param buckets that are not served before theirs are there
     * @param readBytes of segments, to make indexes again
     * @param plannedBytes about how many that will be
     */
    public record IndexRebuild(String state, int buckets, long readBytes, long plannedBytes) {}

    /**
     * How the indexes of the buckets are doing that are open, all together.
     *
     * @param pendingSeals of sealed segments, in memory only
     * @param files sets of index files: sealed segments that no run covers, and runs
     * @param rebuilds how many were made again since the start, because they were missing or bad
     * @param lastError what last failed in the background, of the first bucket in which something
     *     has; empty once it has succeeded
     */
    public record Indexes(int pendingSeals, int files, long rebuilds, String lastError) {}

    /**
     * One bucket.
     *
     * @param state {@code writable}, {@code read-only}, {@code loading} or {@code failed}
     * @param reason why it is not writable, else empty
     * @param recovery what opening found: {@code clean}, or what was cut or is damaged
     * @param syncs how often its files were synced since the start
     * @param writtenBytes frames written since the start
     * @param queued appends waiting in its mailbox
     */
    public record BucketStatus(
            int bucketId,
            String state,
            String reason,
            String recovery,
            int segments,
            long openSegmentLengthBytes,
            long syncs,
            long writtenBytes,
            int queued) {}
}
