package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The power goes at every operation of a repair, and nothing survives that was not synced. */
final class RepairSideFilesTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String NOTES = "buckets/00000/damage.json";

    private final MemoryDevice target = new MemoryDevice();
    private StoreOnDisk disk;
    private byte[] whole;
    private byte[] damaged;
    private byte[] notes;
    private RepairPlan plan;

    @BeforeEach
    void damageAStoreThatHasABackup() throws IOException {
        disk = new StoreOnDisk(2);
        while (disk.bucket().status().segments() < 2) {
            disk.append(0, "x".repeat(9_000));
        }
        disk.append(1, "y");
        disk.awaitIndexes();
        try (BackupTarget backups =
                BackupTarget.openOrCreate(target, MetaFile.read(disk.disk()).storeId())) {
            Backup.make(StoreFiles.open(disk.disk()), backups, BackupListener.NONE, () -> NOON);
        }
        disk.store().reportDamage(0, "lost");
        disk.shutDown();
        whole = disk.bytesOf(0);
        Frame lost = disk.entry(0, 1);
        disk.flip(0, lost.end() - 20);
        damaged = disk.bytesOf(0);
        notes = AtomicFile.read(disk.disk(), NOTES);
        plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()),
                        Optional.of(BackupTarget.open(target)),
                        Optional.empty(),
                        _ -> {});
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void whatIsReplaced_isKeptFirst_andDamageIsForgottenLast() throws IOException {
        KilledRepairs.carryOut(
                disk.disk(),
                plan,
                NOON,
                (killed, operations) -> checkAfter(killed.crashLosingAllUnsynced(), operations));
    }

    private void checkAfter(MemoryDevice found, int operations) throws IOException {
        byte[] segment = AtomicFile.read(found, StoreOnDisk.dataFile(0));
        assertThat(segment).as("segment 0 after %d", operations).isIn(whole, damaged);
        boolean isRepaired = Arrays.equals(segment, whole);
        if (isRepaired) {
            assertKept(found, StoreOnDisk.dataFile(0), damaged, operations);
        }
        if (!found.exists(NOTES)) {
            assertThat(isRepaired).as("forgotten after %d", operations).isTrue();
            assertKept(found, NOTES, notes, operations);
        }
    }

    private static void assertKept(MemoryDevice found, String path, byte[] bytes, int operations)
            throws IOException {
        List<String> side =
                found.list("").stream().filter(name -> name.startsWith("repair-")).toList();
        assertThat(side).as("side directory after %d", operations).hasSize(1);
        String kept = side.getFirst() + "/" + path;
        assertThat(found.exists(kept)).as("%s after %d", kept, operations).isTrue();
        assertThat(AtomicFile.read(found, kept)).isEqualTo(bytes);
    }
}
