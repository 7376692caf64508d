package io.sierra.storage.bucket;

import io.sierra.storage.index.IndexStatus;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to know of a bucket.
 *
 * @param failure why it takes no more writes until restart, or null
 * @param readOnly why appends are refused until the cause is gone, or null; no restart is needed
 * @param segments how many it has, the open one included
 * @param openSegmentBytes exclusive end of the frames in the open one
 * @param syncs since the start
 * @param writtenBytes since the start
 * @param headHits stream ends that the writer found in its cache
 * @param headMisses stream ends that it looked up in the indexes
 */
public record BucketStatus(
        int bucketId,
        @Nullable String failure,
        @Nullable String readOnly,
        int segments,
        long openSegmentBytes,
        long syncs,
        long writtenBytes,
        long headHits,
        long headMisses,
        IndexStatus index) {}
