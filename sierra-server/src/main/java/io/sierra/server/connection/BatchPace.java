package io.sierra.server.connection;

/**
 * How many reads a reader thread takes at once, and whether it fetches what they need beforehand.
 * After a fetch that waited for the disk it takes no more than its share for a while and fetches
 * nothing, so that reads wait on all threads at once. For one thread.
 */
final class BatchPace {
    /** Reads that a thread takes though others have nothing to do: some 50 microseconds of work. */
    static final int MIN_BATCH = 16;

    /** Most reads that a thread takes at once. */
    static final int MAX_BATCH = 32;

    /** Longest time to fetch what a read needs from memory; the disk takes longer. */
    static final long MAX_FETCH_NANOS_PER_READ = 20_000;

    /** Batches that are taken without a fetch after one that waited for the disk. */
    static final int COLD_BATCHES = 64;

    private int coldBatches;

    /**
     * Reads that the next batch takes, if so many wait, though other threads have nothing to do.
     */
    int minBatch() {
        return coldBatches > 0 ? 1 : MIN_BATCH;
    }

    /**
     * Begins a batch.
     *
     * @return whether to fetch what its reads need
     */
    boolean begin(int reads) {
        if (coldBatches > 0) {
            coldBatches--;
            return false;
        }
        return reads > 1;
    }

    /** Notes how long the fetch of a batch took. */
    void onFetched(int reads, long fetchNanos) {
        if (fetchNanos > reads * MAX_FETCH_NANOS_PER_READ) {
            coldBatches = COLD_BATCHES;
        }
    }
}
