package io.sierra.storage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs the simulations of many seeds on several threads. */
final class SimulationRun {
    private final AtomicLong next;
    private final long end;
    private final AtomicLong done = new AtomicLong();
    private final ConcurrentLinkedQueue<FailedSeed> failures = new ConcurrentLinkedQueue<>();

    /** A seed whose simulation found something. */
    record FailedSeed(long seed, Throwable problem) {}

    /**
     * Runs these seeds.
     *
     * @param first inclusive
     * @param end exclusive
     */
    SimulationRun(long first, long end) {
        this.next = new AtomicLong(first);
        this.end = end;
    }

    /**
     * Runs until all seeds are done or {@code enough} says so, which is asked before each one.
     *
     * @param onFailure is told at once, from any of the threads
     */
    void run(int threads, BooleanSupplier enough, Consumer<FailedSeed> onFailure) {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(
                    Thread.ofPlatform()
                            .name("simulation-" + i)
                            .start(() -> work(enough, onFailure)));
        }
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while seeds are run", e);
            }
        }
    }

    private void work(BooleanSupplier enough, Consumer<FailedSeed> onFailure) {
        while (!enough.getAsBoolean()) {
            long seed = next.getAndIncrement();
            if (seed >= end) {
                return;
            }
            try {
                new StoreSimulation(seed, SimulationTrace.off()).run();
            } catch (Exception | Error e) {
                FailedSeed failed = new FailedSeed(seed, e);
                failures.add(failed);
                onFailure.accept(failed);
            }
            done.incrementAndGet();
        }
    }

    /** Seeds that are done, failed ones included. */
    long done() {
        return done.get();
    }

    /** What failed, by seed. */
    List<FailedSeed> failures() {
        return failures.stream().sorted(Comparator.comparingLong(FailedSeed::seed)).toList();
    }
}
