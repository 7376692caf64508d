package io.sierra.server.connection;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that may wait for the disk, before them a queue that refuses when it is full.
 *
 * <p>A thread takes several reads at once, fetches the memory of all of them together and carries
 * them out one after the other: to wake another thread would take longer than some reads that wait
 * for nothing. If they turn out to wait for the disk, it takes fewer for a while ({@link
 * BatchPace}), so that they wait on all threads. A result is held back for 50 microseconds at most,
 * which is less than a wait for the disk.
 */
final class ReaderPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);

    private static final String FULL =
            "MAILBOXFULL queue of the readers is full; nothing was done, try again";

    /** After so long results are handed on though there are more reads in the batch. */
    private static final long MAX_HELD_NANOS = 50_000;

    private final ReadExecutor executor;
    private final ReadQueue<PendingRead> queue;

    ReaderPool(int threadCount, int queueLength, ReadExecutor executor) {
        this.executor = executor;
        this.queue = new ReadQueue<>(queueLength, threadCount);
        // Netty's threads: others get no cache of the buffer pool.
        var factory = new DefaultThreadFactory("sierra-reader", true);
        for (int i = 0; i < threadCount; i++) {
            factory.newThread(this::run).start();
        }
    }

    /** Carries reads out, or refuses them; their connections are told in either case. */
    void submit(List<PendingRead> reads) {
        for (int i = queue.offer(reads); i < reads.size(); i++) {
            PendingRead read = reads.get(i);
            read.fail(FULL);
            CompletionQueue completions = read.connection().completions();
            completions.completed(read);
            completions.flush();
        }
    }

    /** Ends the threads after what has been submitted; does not wait, and interrupts no read. */
    @Override
    public void close() {
        queue.close();
    }

    private void run() {
        List<PendingRead> batch = new ArrayList<>(BatchPace.MAX_BATCH);
        ReadExecutor.Prefetcher prefetcher = executor.prefetcher();
        BatchPace pace = new BatchPace();
        while (true) {
            queue.take(pace.minBatch(), BatchPace.MAX_BATCH, batch);
            if (batch.isEmpty()) {
                return;
            }
            if (pace.begin(batch.size())) {
                long start = System.nanoTime();
                prefetcher.prefetch(batch);
                pace.onFetched(batch.size(), System.nanoTime() - start);
            }
            execute(batch);
            batch.clear();
        }
    }

    private void execute(List<PendingRead> batch) {
        long heldSince = System.nanoTime();
        int firstHeld = 0;
        for (int i = 0; i < batch.size(); i++) {
            execute(batch.get(i));
            if (System.nanoTime() - heldSince >= MAX_HELD_NANOS) {
                flush(batch, firstHeld, i + 1);
                firstHeld = i + 1;
                heldSince = System.nanoTime();
            }
        }
        flush(batch, firstHeld, batch.size());
    }

    /** A defect, or a lack of memory, must not take the other reads and this thread along. */
    private void execute(PendingRead read) {
        try {
            executor.execute(read);
            read.connection().completions().completed(read);
        } catch (RuntimeException | Error e) {
            LOG.error("{} has no reply", read.name(), e);
        }
    }

    /** Wakes the event loops of these reads; one that has been woken already is not again. */
    private static void flush(List<PendingRead> batch, int from, int to) {
        for (int i = from; i < to; i++) {
            batch.get(i).connection().completions().flush();
        }
    }
}
