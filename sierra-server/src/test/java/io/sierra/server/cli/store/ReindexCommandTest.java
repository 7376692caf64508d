package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/** {@code reindex} mends indexes, and nothing else. */
final class ReindexCommandTest extends FilledStoreTest {
    private void assertIndexesAreWhole() throws IOException {
        CommandRun verified = runOnStore("verify");
        assertThat(verified.exitCode()).as(verified.out()).isZero();
        try (EventStore store = filled.open()) {
            for (int bucket = 0; bucket < 2; bucket++) {
                assertThat(store.bucket(bucket).status().index().rebuilds()).isZero();
            }
        }
    }

    @Test
    void deletedDamagedAndSwappedIndexes_areMadeAgain() throws IOException {
        Files.delete(filled.indexOf(0, 1).getFirst());
        FilledStore.flip(filled.indexOf(0, 2).getLast(), 100);
        Files.copy(
                filled.indexOf(1, 3).get(1),
                filled.indexOf(1, 4).get(1),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(runOnStore("verify").exitCode()).isEqualTo(1);

        CommandRun reindexed = runOnStore("reindex");
        assertThat(reindexed.exitCode()).as(reindexed.err()).isZero();
        assertThat(reindexed.out()).containsPattern("^indexes of \\d+ segments in ");
        assertIndexesAreWhole();
    }

    @Test
    void namedBuckets_areTheOnlyOnes() throws IOException {
        byte[] before = Files.readAllBytes(filled.indexOf(0, 1).getFirst());
        FilledStore.flip(filled.indexOf(0, 1).getFirst(), 100);
        FilledStore.flip(filled.indexOf(1, 1).getFirst(), 100);

        assertThat(runOnStore("reindex", "--bucket", "1").exitCode()).isZero();
        assertThat(runOnStore("verify").out())
                .contains("buckets/00000/segments/0000000001/")
                .doesNotContain("buckets/00001/");
        assertThat(runOnStore("reindex", "--bucket", "0,1").exitCode()).isZero();
        assertThat(filled.indexOf(0, 1).getFirst()).hasBinaryContent(before);
        assertIndexesAreWhole();
    }

    @Test
    void storeThatIsOpen_isRefused() throws IOException {
        try (EventStore store = filled.open()) {
            filled.append(store);
            CommandRun reindexed = runOnStore("reindex");
            assertThat(reindexed.exitCode()).isEqualTo(1);
            assertThat(reindexed.err())
                    .contains("is in use by process " + ProcessHandle.current().pid())
                    .contains("stop the server first");
        }
        assertThat(runOnStore("reindex").exitCode()).isZero();
    }

    @Test
    void damagedLog_isToldAndItsBytesAreLeft() throws IOException {
        FilledStore.flip(filled.segment(0, 2), 5_000);
        byte[] damaged = Files.readAllBytes(filled.segment(0, 2));

        CommandRun reindexed = runOnStore("reindex");
        assertThat(reindexed.exitCode()).isEqualTo(1);
        assertThat(reindexed.err())
                .containsPattern("(?m)^partition \\d is out of service: .*0000000002/data.evts");
        assertThat(filled.segment(0, 2)).hasBinaryContent(damaged);

        FilledStore.flip(filled.segment(0, 2), 5_000);
        assertThat(runOnStore("reindex").exitCode()).isZero();
        assertIndexesAreWhole();
    }

    @Test
    void missingSegment_isNamedAndNothingIsDone() throws IOException {
        Files.delete(filled.segment(1, 2));
        byte[] before = Files.readAllBytes(filled.indexOf(0, 1).getFirst());

        CommandRun reindexed = runOnStore("reindex");
        assertThat(reindexed.exitCode()).isEqualTo(1);
        assertThat(reindexed.err())
                .contains(filled.segment(1, 2) + " is missing: restore it from a backup");
        assertThat(filled.indexOf(0, 1).getFirst()).hasBinaryContent(before);
    }

    @Test
    void wrongArguments_areNamed() {
        assertThat(runOnStore("reindex", "--bucket", "2").exitCode()).isEqualTo(2);
        assertThat(runOnStore("reindex", "--bucket", "0,2").err())
                .contains("--bucket must be 0 to 1, not 2");
        assertThat(runOnStore("reindex", "--bucket", "first").err()).contains("--bucket", "first");
    }
}
