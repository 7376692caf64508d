package io.sierra.storage.index;

import org.jspecify.annotations.Nullable;

/**
 * How a bucket's indexes are doing.
 *
 * @param pendingSeals sealed segments whose index is still in memory only; while there are many,
 *     segments should not be rolled over
 * @param openIndexes indexes in memory, pending ones included
 * @param openMemoryBytes their approximate size
 * @param segmentTables sealed segments that no run covers
 * @param runs merged indexes
 * @param rebuilds indexes that had to be made again since the start, because they were missing or
 *     bad
 * @param lastError what last failed in the background, null once it has succeeded
 */
public record IndexStatus(
        int pendingSeals,
        int openIndexes,
        long openMemoryBytes,
        int segmentTables,
        int runs,
        long rebuilds,
        @Nullable String lastError) {}
