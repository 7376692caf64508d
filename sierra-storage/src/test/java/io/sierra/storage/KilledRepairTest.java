package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is started while a repair is not completed, of damage that no server has met. */
final class KilledRepairTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final int LOST = 3;

    private StoreOnDisk disk;
    private final MemoryDevice target = new MemoryDevice();
    private int others;

    /** Three frames of partition 0 are damaged in one place; one is before, one behind. */
    @BeforeEach
    void harm() throws IOException {
        disk = new StoreOnDisk(2);
        for (int i = 0; i < LOST + 2; i++) {
            disk.append(0, "payload-" + i);
        }
        while (disk.bucket().status().segments() < 3) {
            disk.append(1, "x".repeat(20_000));
            others++;
            disk.awaitIndexes();
        }
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        try (BackupTarget backups =
                BackupTarget.openOrCreate(target, MetaFile.read(disk.disk()).storeId())) {
            Backup.make(StoreFiles.open(disk.disk()), backups, BackupListener.NONE, () -> NOON);
        }
        Frame first = disk.entry(0, 1);
        Frame last = disk.entry(0, LOST);
        disk.overwrite(0, first.start(), (int) (last.end() - first.start()), 0xEE);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void partitionIsOutOfService_untilTheRepairIsDone(boolean fromBackup) throws IOException {
        byte[] damaged = disk.bytesOf(0);
        RepairPlan plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()),
                        fromBackup ? Optional.of(BackupTarget.open(target)) : Optional.empty(),
                        Optional.of(NOON),
                        _ -> {});
        int outOfService = 0;
        boolean killed = true;
        for (int operations = 0; killed; operations++) {
            MemoryDevice attempt = disk.disk().copy();
            killed = isKilledAfter(operations, attempt, plan);
            boolean isReplaced = !Arrays.equals(bytesOf(attempt), damaged);
            outOfService += isReplaced && !serves(attempt, fromBackup) ? 1 : 0;
        }
        assertThat(outOfService).isPositive();
    }

    private static boolean isKilledAfter(int operations, MemoryDevice attempt, RepairPlan plan)
            throws IOException {
        FaultyDevice faulty = new FaultyDevice(attempt);
        faulty.faults().crashAfter(operations);
        try {
            RepairRun.carryOut(StoreFiles.open(faulty), plan, NOON, _ -> {});
            return false;
        } catch (IOException | UncheckedIOException e) {
            assertThat(e).hasMessageContaining("crashed as told");
            return true;
        }
    }

    private static byte[] bytesOf(MemoryDevice device) throws IOException {
        return AtomicFile.read(device, StoreOnDisk.dataFile(0));
    }

    /** Whether partition 0 is served: with all that is left then. */
    private boolean serves(MemoryDevice found, boolean fromBackup) throws IOException {
        StoreOptions options = disk.options();
        try (EventStore store = EventStore.open(found.crash(new Random(1)), options)) {
            assertThat(payloads(store, 1, 0)).hasSize(others);
            if (store.bucket(0).damageOf(0) != null) {
                assertThat(store.bucket(0).damageOf(0)).contains("give the same command again");
                return false;
            }
            for (int from = 0; from < LOST + 2; from++) {
                List<String> expected = new ArrayList<>();
                for (int i = from; i < LOST + 2; i++) {
                    if (fromBackup || i < 1 || i > LOST) {
                        expected.add("payload-" + i);
                    }
                }
                assertThat(payloads(store, 0, from)).isEqualTo(expected);
            }
            return true;
        }
    }

    private static List<String> payloads(EventStore store, int partitionId, long from)
            throws IOException {
        List<String> payloads = new ArrayList<>();
        store.scanPartition(
                partitionId,
                from,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                event -> payloads.add(StoredEvent.of(event).payload()));
        return payloads;
    }
}
