package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes of a store that is not open, made again, and interrupted at that. */
final class ReindexTest {
    private static final int SEGMENTS = 9;
    private static final int PARTITIONS = 2;

    private StoreOnDisk disk;
    private List<List<String>> before = List.of();

    @BeforeEach
    void fillSegments() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
        while (disk.bucket().status().segments() < SEGMENTS) {
            disk.append(disk.bucket().status().segments() % PARTITIONS, "x".repeat(30_000));
            disk.awaitIndexes();
        }
        while (disk.bucket().status().index().runs() == 0) {
            Thread.onSpinWait();
        }
        before = payloads();
        disk.shutDown();
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    static LongStream seeds() {
        String seed = System.getProperty("sierra.seed");
        return seed == null ? new Random().longs(10) : LongStream.of(Long.parseLong(seed));
    }

    private List<List<String>> payloads() throws IOException {
        return List.of(disk.payloads(0), disk.payloads(1));
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void damagedIndexes_areWholeAgain(long seed) throws IOException {
        List<String> mischief = new IndexMischief(new Random(seed)).play(disk.disk(), 1);

        assertThat(StoreOnDisk.reindex(disk.disk())).isEmpty();
        assertThat(Heard.ofVerify(disk.disk()).findings).as("%s", mischief).isEmpty();
        disk.start();
        assertThat(disk.bucket().status().index().rebuilds()).isZero();
        assertThat(payloads()).isEqualTo(before);
    }

    /** What a power loss leaves is used by a server, and mended when the command is given again. */
    @ParameterizedTest(name = "all that was not synced is lost: {0}")
    @ValueSource(booleans = {true, false})
    void interruptedAnywhere_leavesAStoreThatOpens(boolean losing) throws IOException {
        MemoryDevice whole = disk.disk().crashKeepingAllUnsynced();
        boolean interrupted = true;
        int interruptions = 0;
        for (int operations = 0; interrupted; operations += 3) {
            MemoryDevice attempt = whole.crashKeepingAllUnsynced();
            FaultyDevice faulty = new FaultyDevice(attempt);
            faulty.faults().crashAfter(operations);
            try {
                StoreOnDisk.reindex(faulty);
                interrupted = false;
            } catch (IOException | UncheckedIOException e) {
                assertThat(e).hasStackTraceContaining("crashed as told");
                interruptions++;
            }
            MemoryDevice left =
                    losing ? attempt.crashLosingAllUnsynced() : attempt.crashKeepingAllUnsynced();
            try (EventStore store = EventStore.open(left.copy(), disk.options())) {
                assertThat(store.bucket(0).damageOf(0)).isNull();
                assertThat(store.bucket(0).status().index().rebuilds()).isZero();
            }
            assertThat(StoreOnDisk.reindex(left)).isEmpty();
            assertThat(Heard.ofVerify(left).findings).isEmpty();
        }
        assertThat(interruptions).isGreaterThan(10);
    }

    @Test
    void lostEvents_areNotedUntilTheyAreBack() throws IOException {
        long offset = disk.entry(3, 1).start();
        int partition = disk.entry(3, 1).partitionId();
        disk.flip(3, offset + 200);

        assertThat(StoreOnDisk.reindex(disk.disk())).containsOnlyKeys(partition);
        assertThat(StoreFiles.open(disk.disk()).damageNotes(0)).containsOnlyKeys(partition);
        disk.start();
        disk.assertOutOfService(partition);
        disk.shutDown();

        disk.flip(3, offset + 200);
        assertThat(StoreOnDisk.reindex(disk.disk())).isEmpty();
        assertThat(StoreFiles.open(disk.disk()).damageNotes(0)).isEmpty();
        disk.start();
        assertThat(payloads()).isEqualTo(before);
    }
}
