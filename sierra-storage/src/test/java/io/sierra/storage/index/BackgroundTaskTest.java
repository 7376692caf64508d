package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackgroundTaskTest {
    private final ManualExecutor executor = new ManualExecutor();
    private final IndexOptions options = new IndexOptions(executor, executor, executor, 2, 10, 100);

    @Test
    void failure_isTriedAgain() {
        BackgroundTask task = task(List.of());
        task.request();
        executor.runOne();

        assertThat(task.lastError()).contains("as told");
        assertThat(executor.lastDelayMillis()).isEqualTo(10);
        executor.runOne();
        assertThat(executor.lastDelayMillis()).isEqualTo(20);
    }

    /** Whoever stops it may have made it fail. */
    @Test
    void failureBehindStop_isNone() {
        List<BackgroundTask> stopped = new ArrayList<>();
        BackgroundTask task = task(stopped);
        stopped.add(task);
        task.request();
        executor.runOne();

        assertThat(task.lastError()).isNull();
        assertThat(executor.isIdle()).isTrue();
        assertThat(task.isClosed()).isTrue();
        task.close();
    }

    /** Fails always, and stops these before. */
    private BackgroundTask task(List<BackgroundTask> stopped) {
        return new BackgroundTask(
                "a test",
                executor,
                options,
                () -> {
                    stopped.forEach(BackgroundTask::stop);
                    throw new IOException("as told");
                });
    }
}
