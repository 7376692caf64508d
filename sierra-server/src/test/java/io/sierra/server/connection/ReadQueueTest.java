package io.sierra.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReadQueueTest {
    private static final int MAX = 32;
    private static final int MIN_SHARE = 16;

    private static List<Integer> numbers(int first, int end) {
        return IntStream.range(first, end).boxed().toList();
    }

    private static List<Integer> take(ReadQueue<Integer> queue) {
        List<Integer> taken = new ArrayList<>();
        queue.take(MIN_SHARE, MAX, taken);
        return taken;
    }

    @Test
    void offer_full_takesTheFirstOnes() {
        ReadQueue<Integer> queue = new ReadQueue<>(10, 1);
        assertThat(queue.offer(numbers(0, 7))).isEqualTo(7);
        assertThat(queue.offer(numbers(7, 20))).isEqualTo(3);
        assertThat(queue.offer(numbers(0, 1))).isZero();
        assertThat(take(queue)).isEqualTo(numbers(0, 10));
        assertThat(queue.offer(numbers(20, 21))).isEqualTo(1);
    }

    @Test
    void take_fewReads_givesAllToOneThread() {
        ReadQueue<Integer> queue = new ReadQueue<>(100, 4);
        queue.offer(numbers(0, MIN_SHARE));
        assertThat(take(queue)).isEqualTo(numbers(0, MIN_SHARE));
    }

    @Test
    void take_manyReads_givesEachThreadItsShare() {
        ReadQueue<Integer> queue = new ReadQueue<>(100, 4);
        queue.offer(numbers(0, 80));
        assertThat(take(queue)).isEqualTo(numbers(0, 20));
        assertThat(take(queue)).isEqualTo(numbers(20, 20 + MIN_SHARE));
    }

    @Test
    void take_veryManyReads_isBounded() {
        ReadQueue<Integer> queue = new ReadQueue<>(1_000, 2);
        queue.offer(numbers(0, 1_000));
        assertThat(take(queue)).isEqualTo(numbers(0, MAX));
    }

    @Test
    void close_whatWaitsIsTakenAndNothingIsLetIn() {
        ReadQueue<Integer> queue = new ReadQueue<>(100, 1);
        queue.offer(numbers(0, 5));
        queue.close();
        assertThat(queue.offer(numbers(5, 6))).isZero();
        assertThat(take(queue)).isEqualTo(numbers(0, 5));
        assertThat(take(queue)).isEmpty();
    }

    /** Threads that wait share what comes with one offer: each wakes the next. */
    @Test
    @Timeout(30)
    void waitingThreads_allGetTheirShareAndEnd() throws Exception {
        int threads = 4;
        ReadQueue<Integer> queue = new ReadQueue<>(10_000, threads);
        CyclicBarrier allHaveSome = new CyclicBarrier(threads);
        List<Future<List<Integer>>> results = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                results.add(
                        pool.submit(() -> {
                            List<Integer> first = take(queue);
                            allHaveSome.await(); // holds each thread until the last one is awake
                            first.addAll(takeUntilClosed(queue));
                            return first;
                        }));
            }
            assertThat(queue.offer(numbers(0, 10_000))).isEqualTo(10_000);
            while (queue.size() > 0) {
                Thread.onSpinWait();
            }
            queue.close();
        }
        List<Integer> all = new ArrayList<>();
        for (Future<List<Integer>> result : results) {
            assertThat(result.get()).isNotEmpty();
            all.addAll(result.get());
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(0, 10_000));
    }

    private static List<Integer> takeUntilClosed(ReadQueue<Integer> queue) {
        List<Integer> all = new ArrayList<>();
        for (List<Integer> taken = take(queue); !taken.isEmpty(); taken = take(queue)) {
            all.addAll(taken);
        }
        return all;
    }
}
