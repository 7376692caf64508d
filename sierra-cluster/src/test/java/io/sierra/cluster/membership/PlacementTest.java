package io.sierra.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlacementTest {
    private static final int PARTITIONS = 1_024;

    @Test
    void replicasOf_oneNode_isThatNode() {
        assertThat(Placement.alone().replicasOf(31)).containsExactly(0);
        assertThat(Placement.alone().quorum()).isEqualTo(1);
    }

    @Test
    void replicasOf_anyPartition_areDifferentNodes() {
        Placement placement = new Placement(5, 3);
        for (int id = 0; id < PARTITIONS; id++) {
            assertThat(placement.replicasOf(id)).hasSize(3).doesNotHaveDuplicates();
        }
    }

    @Test
    void replicasOf_samePartition_neverChanges() {
        // Pinned: a change of this function moves partitions away from their data.
        assertThat(List.of(0, 1, 2, 3))
                .extracting(new Placement(5, 3)::replicasOf)
                .containsExactly(
                        List.of(1, 2, 0), List.of(3, 2, 0), List.of(2, 1, 0), List.of(1, 4, 2));
    }

    @Test
    void deathOfOneNode_spreadsItsLeadershipsOverAllOthers() {
        Placement placement = new Placement(5, 3);
        Map<Integer, Integer> heirs = new HashMap<>();
        for (int id = 0; id < PARTITIONS; id++) {
            if (placement.leaderOf(id, 0) == 2) {
                heirs.merge(placement.leaderOf(id, 1), 1, Integer::sum);
            }
        }
        assertThat(heirs).containsOnlyKeys(0, 1, 3, 4);
        assertThat(heirs.values()).allMatch(count -> count > 30);
    }

    @Test
    void leaderOf_termsOfOnePartition_goRoundItsReplicas() {
        Placement placement = new Placement(5, 3);
        List<Integer> replicas = placement.replicasOf(7);
        for (int term = 0; term < 9; term++) {
            assertThat(placement.leaderOf(7, term)).isEqualTo(replicas.get(term % 3));
        }
    }

    @Test
    void constructor_impossibleNumbers_isRefused() {
        assertThatThrownBy(() -> new Placement(0, 1)).hasMessageContaining("node count");
        assertThatThrownBy(() -> new Placement(2, 3)).hasMessageContaining("1 to 2");
    }
}
