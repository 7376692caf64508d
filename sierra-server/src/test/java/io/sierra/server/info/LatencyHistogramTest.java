package io.sierra.server.info;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 32, 33, 63, 64, 1_000, 123_456, 999_999_999, 1L << 40})
    void percentileNanos_oneValue_isThatValueWithinItsPrecision(long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(nanos);

        assertThat(percentile(histogram, 0.5)).isBetween(nanos, nanos + nanos / 32);
    }

    @Test
    void percentileNanos_hundredValues_splitsThemAtTheirRank() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 0; i < 99; i++) {
            histogram.record(10);
        }
        histogram.record(1_000_000);

        assertThat(percentile(histogram, 0.5)).isEqualTo(10);
        assertThat(percentile(histogram, 0.99)).isEqualTo(10);
        assertThat(percentile(histogram, 0.999)).isBetween(1_000_000L, 1_032_000L);
    }

    @Test
    void record_beyondTheRange_countsAsTheLargest() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.record(Long.MAX_VALUE);
        histogram.record(-5);

        assertThat(percentile(histogram, 0.5)).isZero();
        assertThat(percentile(histogram, 1)).isEqualTo((1L << 41) - 1);
    }

    @Test
    void percentileNanos_nothingRecorded_isZero() {
        assertThat(percentile(new LatencyHistogram(), 0.99)).isZero();
    }

    private static long percentile(LatencyHistogram histogram, double fraction) {
        long[] totals = LatencyHistogram.newTotals();
        histogram.addTo(totals);
        return LatencyHistogram.percentileNanos(totals, fraction);
    }
}
