package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SerialTaskTest {
    private static final int SIGNALLERS = 4;
    private static final int SIGNALS = 20_000;

    /** Counts what was asked for, and looks at the count without a lock as subclasses do. */
    private static final class Counting extends SerialTask {
        final AtomicLong asked = new AtomicLong();
        final AtomicBoolean inside = new AtomicBoolean();
        final AtomicBoolean overlapped = new AtomicBoolean();
        Runnable during = () -> {};
        volatile long seen;
        int runs;

        Counting(Executor executor) {
            super(executor);
        }

        void ask() {
            asked.incrementAndGet();
            signal();
        }

        @Override
        protected void work() {
            if (!inside.compareAndSet(false, true)) {
                overlapped.set(true);
            }
            runs++;
            seen = asked.get();
            try {
                during.run();
            } finally {
                inside.set(false);
            }
        }
    }

    static LongStream seeds() {
        return TestSeeds.of(3);
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void signal_byManyThreads_isFollowedByARunAndNeverByTwoAtOnce(long seed) throws Exception {
        SplittableRandom seeds = new SplittableRandom(seed);
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            Counting task = new Counting(executor);
            List<Thread> signallers = new ArrayList<>();
            for (int i = 0; i < SIGNALLERS; i++) {
                SplittableRandom random = seeds.split();
                signallers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int n = 0; n < SIGNALS; n++) {
                                        task.ask();
                                        for (int s = random.nextInt(50); s > 0; s--) {
                                            Thread.onSpinWait();
                                        }
                                    }
                                }));
            }
            for (Thread signaller : signallers) {
                signaller.join();
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (task.seen < SIGNALLERS * SIGNALS && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(task.seen).isEqualTo(SIGNALLERS * SIGNALS);
            assertThat(task.overlapped).isFalse();
        }
    }

    /** Each pair of a signal and the end of a run is tried at many distances. */
    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void signal_atTheEndOfARun_isNotLost(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
            Counting task = new Counting(executor);
            for (long n = 1; n <= SIGNALS; n++) {
                task.ask();
                for (int s = random.nextInt(400); s > 0; s--) {
                    Thread.onSpinWait();
                }
                task.ask();
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (task.seen < 2 * n) {
                    assertThat(System.nanoTime()).as("lost signal %d", n).isLessThan(deadline);
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void signal_manyBeforeTheRun_isOneRun() {
        SteppingExecutor executor = new SteppingExecutor();
        Counting task = new Counting(executor);
        for (int i = 0; i < 100; i++) {
            task.ask();
        }
        assertThat(executor.waiting()).isEqualTo(1);
        executor.runAll();
        assertThat(task.runs).isEqualTo(1);
        assertThat(task.seen).isEqualTo(100);
    }

    @Test
    void signal_duringTheRun_isOneMoreRunAndOthersComeBetween() {
        SteppingExecutor executor = new SteppingExecutor();
        Counting task = new Counting(executor);
        List<Integer> runsSeenByOther = new ArrayList<>();
        task.during =
                () -> {
                    task.during = () -> {};
                    task.ask();
                    task.ask();
                    executor.execute(() -> runsSeenByOther.add(task.runs));
                };
        task.ask();
        executor.runAll();
        assertThat(task.runs).isEqualTo(2);
        assertThat(task.seen).isEqualTo(3);
        assertThat(runsSeenByOther).containsExactly(1);
    }

    @Test
    void run_thatThrows_canBeAskedForAgain() {
        SteppingExecutor executor = new SteppingExecutor();
        Counting task = new Counting(executor);
        task.during =
                () -> {
                    throw new IllegalStateException("of the test");
                };
        task.ask();
        assertThatThrownBy(executor::runAll).hasMessage("of the test");
        task.during = () -> {};
        task.ask();
        executor.runAll();
        assertThat(task.runs).isEqualTo(2);
    }

    @Test
    void signal_afterTheThreadsHaveEnded_isNothing() {
        Counting task =
                new Counting(_ -> {
                    throw new RejectedExecutionException();
                });
        task.ask();
        task.ask();
        assertThat(task.runs).isZero();
    }
}
