package io.sierra.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
final class PushFlowTest {
    private static final int LOW_BYTES = 64 << 10;
    private static final int LIMIT_BYTES = 1 << 20;

    private final MemoryBudget memory = new MemoryBudget(LIMIT_BYTES);
    private final PushFlow flow = new PushFlow(memory);
    private final List<String> resumed = new ArrayList<>();

    private void await(String name) {
        flow.await(() -> resumed.add(name));
    }

    @Test
    void onGone_littleLeft_resumesAllInLine() {
        flow.onMade(LOW_BYTES + 2);
        await("a");
        await("b");
        flow.onGone(1);
        assertThat(resumed).isEmpty();
        flow.onGone(1);
        assertThat(resumed).containsExactly("a", "b");
    }

    @Test
    void onGone_roomIsTakenAtOnce_whoComesAfterwardsWaitsForMore() {
        flow.onMade(1);
        flow.await(() -> flow.onMade(LOW_BYTES + 1));
        await("next");
        flow.onGone(1);
        assertThat(resumed).isEmpty();
        flow.onGone(LOW_BYTES + 1);
        assertThat(resumed).containsExactly("next");
    }

    /** They line up again as quickly as they are resumed. */
    @Test
    void onGone_memoryIsShort_doesNotGoRoundWithThoseWhoFindNoRoom() {
        memory.newShare().hold(0, LIMIT_BYTES);
        flow.onMade(2);
        lineUp();
        flow.onGone(1);
        assertThat(resumed).isEmpty();
        flow.onGone(1);
        assertThat(resumed).containsExactly("went on");
    }

    private void lineUp() {
        flow.await(() -> {
            if (flow.hasRoom()) {
                resumed.add("went on");
            } else {
                lineUp();
            }
        });
    }
}
