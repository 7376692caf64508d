package io.sierra.cluster.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class PartitionProtocolTest {
    @Test
    void onDurable_alone_confirmsAtOnce() {
        PartitionProtocol partition = new PartitionProtocol(1, 1, 1);
        assertThat(partition.onDurable(0, 5)).isEqualTo(5);
        assertThat(partition.term()).isEqualTo(1);
    }

    @Test
    void onDurable_ofThree_confirmsWhatTwoHave() {
        PartitionProtocol partition = new PartitionProtocol(1, 3, 2);
        assertThat(partition.onDurable(0, 5)).isZero();
        assertThat(partition.onDurable(2, 3)).isEqualTo(3);
        assertThat(partition.onDurable(1, 9)).isEqualTo(5);
    }

    @Test
    void onDurable_lateAndDoubledMessages_neverFalls() {
        PartitionProtocol partition = new PartitionProtocol(1, 3, 2);
        partition.onDurable(0, 5);
        partition.onDurable(1, 5);
        assertThat(partition.onDurable(1, 2)).isEqualTo(5);
        assertThat(partition.onDurable(0, 1)).isEqualTo(5);
    }

    @Test
    void constructor_impossibleQuorum_isRefused() {
        assertThatThrownBy(() -> new PartitionProtocol(1, 3, 4)).hasMessageContaining("quorum 4");
    }
}
