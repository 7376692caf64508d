package io.sierra.storage;

import io.sierra.storage.index.IndexMaintenance;
import io.sierra.storage.index.IndexOptions;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Who does what a store does beside its callers' threads. */
interface Background extends AutoCloseable {

    /** Allocates room ahead of the writers. */
    Executor allocation();

    /** How indexes are kept, and who writes and merges them. */
    IndexOptions indexes();

    /** Starts no more work and waits for what is being done. */
    @Override
    void close();

    /** Threads of its own, as a server wants them. */
    static Background threads() {
        return new Background() {
            private final IndexMaintenance maintenance = new IndexMaintenance();
            private final ExecutorService allocation =
                    Executors.newSingleThreadExecutor(
                            Thread.ofPlatform().daemon().name("sierra-allocator").factory());

            @Override
            public Executor allocation() {
                return allocation;
            }

            @Override
            public IndexOptions indexes() {
                return IndexOptions.of(maintenance);
            }

            @Override
            public void close() {
                allocation.shutdown();
                maintenance.close();
            }
        };
    }
}
