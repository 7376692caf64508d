package io.sierra.storage;

import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.index.ManualExecutor;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Background work that goes on only when it is told to, in the caller's thread. */
final class SteppedBackground implements Background {
    private final ManualExecutor allocation = new ManualExecutor();
    private final ManualExecutor sealing = new ManualExecutor();
    private final ManualExecutor merging = new ManualExecutor();
    private final ManualExecutor rebuilding = new ManualExecutor();
    private final IndexOptions indexes;

    SteppedBackground(int fanOut) {
        this.indexes = new IndexOptions(sealing, merging, rebuilding, fanOut, 0, 0);
    }

    @Override
    public Executor allocation() {
        return allocation;
    }

    @Override
    public IndexOptions indexes() {
        return indexes;
    }

    /** Goes on with missing indexes, bucket by bucket; false if there is nothing to be done. */
    boolean stepRebuilding() {
        return rebuilding.runOne();
    }

    /** Runs one piece of waiting work, any; false if there is none. */
    boolean step(RandomGenerator random) {
        List<ManualExecutor> waiting = waiting();
        return !waiting.isEmpty() && waiting.get(random.nextInt(waiting.size())).runOne();
    }

    /** Runs up to {@code limit} pieces of work; false if there was more than that. */
    boolean settle(int limit) {
        for (int done = 0; done < limit; done++) {
            List<ManualExecutor> waiting = waiting();
            if (waiting.isEmpty()) {
                return true;
            }
            waiting.getFirst().runOne();
        }
        return false;
    }

    private List<ManualExecutor> waiting() {
        return List.of(allocation, sealing, merging, rebuilding).stream()
                .filter(executor -> !executor.isIdle())
                .toList();
    }

    @Override
    public void close() {
        allocation.clear();
        sealing.clear();
        merging.clear();
        rebuilding.clear();
    }
}
