package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IndexMaintenanceTest {

    @Test
    void close_waitsForWhatRuns_andDropsWhatWaits() throws InterruptedException {
        IndexMaintenance maintenance = new IndexMaintenance();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        maintenance
                .merging()
                .schedule(
                        () -> {
                            running.countDown();
                            await(mayEnd);
                            done.addAndGet(1);
                        },
                        0);
        maintenance.merging().schedule(() -> done.addAndGet(10), 0);
        maintenance.merging().schedule(() -> done.addAndGet(100), 600_000);
        running.await();
        Thread closing = Thread.ofPlatform().start(maintenance::close);
        while (closing.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
        mayEnd.countDown();
        closing.join();
        assertThat(done.get() % 10).isEqualTo(1);
        assertThat(done.get()).isLessThan(100);
        maintenance.sealing().schedule(() -> done.set(-1), 0);
        assertThat(done.get()).isNotEqualTo(-1);
    }

    @Test
    void sealing_goesOnWhileAMergeRuns() throws InterruptedException {
        try (IndexMaintenance maintenance = new IndexMaintenance()) {
            CountDownLatch sealed = new CountDownLatch(1);
            CountDownLatch merged = new CountDownLatch(1);
            maintenance
                    .merging()
                    .schedule(
                            () -> {
                                await(sealed);
                                merged.countDown();
                            },
                            0);
            maintenance.sealing().schedule(sealed::countDown, 0);
            merged.await();
            assertThat(merged.getCount()).isZero();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
