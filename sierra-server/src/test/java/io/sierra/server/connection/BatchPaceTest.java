package io.sierra.server.connection;

import static io.sierra.server.connection.BatchPace.COLD_BATCHES;
import static io.sierra.server.connection.BatchPace.MAX_FETCH_NANOS_PER_READ;
import static io.sierra.server.connection.BatchPace.MIN_BATCH;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BatchPaceTest {
    private static final int READS = 10;
    private final BatchPace pace = new BatchPace();

    @Test
    void fetchFromMemory_changesNothing() {
        for (int i = 0; i < 3; i++) {
            assertThat(pace.begin(READS)).isTrue();
            pace.onFetched(READS, READS * MAX_FETCH_NANOS_PER_READ);
        }
        assertThat(pace.minBatch()).isEqualTo(MIN_BATCH);
    }

    @Test
    void singleRead_isNotFetched() {
        assertThat(pace.begin(1)).isFalse();
        assertThat(pace.minBatch()).isEqualTo(MIN_BATCH);
    }

    @Test
    void fetchFromTheDisk_sharesTheNextBatchesWithTheOtherThreads() {
        assertThat(pace.begin(READS)).isTrue();
        pace.onFetched(READS, READS * MAX_FETCH_NANOS_PER_READ + 1);
        for (int i = 0; i < COLD_BATCHES; i++) {
            assertThat(pace.minBatch()).as("before batch %d", i).isEqualTo(1);
            assertThat(pace.begin(READS)).as("fetch of batch %d", i).isFalse();
        }
        assertThat(pace.minBatch()).isEqualTo(MIN_BATCH);
        assertThat(pace.begin(READS)).isTrue();
    }
}
