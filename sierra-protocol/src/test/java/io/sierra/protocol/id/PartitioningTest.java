package io.sierra.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitioningTest {
    @Test
    void partitionOf_hashModuloCountUnsigned() {
        UUID largestHash = new UUID(0, -1);

        assertThat(new Partitioning(32, 4).partitionOf(PartitionKey.of(largestHash))).isEqualTo(31);
        assertThat(new Partitioning(65_535, 1).partitionOf(PartitionKey.of(largestHash))).isZero();
        assertThat(new Partitioning(1000, 1).partitionNamedBy(EventId.of(largestHash)))
                .isEqualTo(535);
    }

    @Test
    void bucketOf_partitionModuloCount() {
        Partitioning partitioning = new Partitioning(32, 4);

        assertThat(partitioning.bucketOf(0)).isZero();
        assertThat(partitioning.bucketOf(31)).isEqualTo(3);
    }

    @Test
    void hasPartition_endIsExclusive() {
        Partitioning partitioning = new Partitioning(32, 4);

        assertThat(partitioning.hasPartition(0)).isTrue();
        assertThat(partitioning.hasPartition(31)).isTrue();
        assertThat(partitioning.hasPartition(32)).isFalse();
        assertThat(partitioning.hasPartition(-1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "65536, 1", "4, 0", "4, 5", "-1, -1"})
    void counts_outOfRange_areRefused(int partitionCount, int bucketCount) {
        assertThatThrownBy(() -> new Partitioning(partitionCount, bucketCount))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
