package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.reply.AppendResult;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupManifest.PartitionEnd;
import io.sierra.storage.backup.BackupManifest.SegmentCopy;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.backup.Restore;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Backups of a store that is open, and stores that are made of them. */
final class BackupTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final int PARTITIONS = 3;

    private StoreOnDisk disk;
    private MemoryDevice target = new MemoryDevice();
    private final List<String> damages = new ArrayList<>();

    /** Notes what is reported. */
    private final class Listener implements BackupListener {
        @Override
        public void damaged(String problem) {
            damages.add(problem);
        }
    }

    @BeforeEach
    void fillThreeSegments() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
        fillUpTo(3);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void fillUpTo(int segments) {
        while (disk.bucket().status().segments() < segments) {
            disk.append(disk.bucket().status().segments() % 2, "x".repeat(9_000));
        }
        disk.append(2, "in the last of " + segments);
    }

    private UUID storeId() throws IOException {
        return MetaFile.read(disk.disk()).storeId();
    }

    private Backup.Result backUp() throws IOException {
        return backUpTo(target);
    }

    private Backup.Result backUpTo(Device device) throws IOException {
        damages.clear();
        try (BackupTarget backups = BackupTarget.openOrCreate(device, storeId())) {
            return Backup.make(StoreFiles.open(disk.disk()), backups, new Listener(), () -> NOON);
        }
    }

    private BackupManifest manifest(String id) throws IOException {
        return BackupTarget.open(target).manifest(Optional.of(id));
    }

    private EventStore restored(BackupManifest manifest) throws IOException {
        MemoryDevice device = new MemoryDevice();
        Map<Integer, String> lost =
                Restore.restore(BackupTarget.open(target), manifest, device, BackupListener.NONE);
        assertThat(lost).isEmpty();
        return EventStore.open(
                device,
                StoreOptions.defaults()
                        .withPartitioning(PARTITIONS, 1)
                        .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES));
    }

    private static List<List<String>> allPayloads(EventStore store) throws IOException {
        List<List<String>> payloads = new ArrayList<>();
        for (int id = 0; id < PARTITIONS; id++) {
            payloads.add(StoreOnDisk.payloads(store, id));
        }
        return payloads;
    }

    private void assertRestores(BackupManifest manifest, List<List<String>> expected)
            throws IOException {
        try (EventStore store = restored(manifest)) {
            assertThat(allPayloads(store)).isEqualTo(expected);
            assertThat(store.recoveryFindings(0)).isEmpty();
            for (int id = 0; id < PARTITIONS; id++) {
                assertThat(store.append(StoreOnDisk.key(id), List.of(StoreOnDisk.event(id, "on"))))
                        .isInstanceOf(AppendResult.Appended.class);
            }
        }
    }

    @Test
    void restoredStore_hasExactlyWhatWasThereAtTheBackup() throws IOException {
        List<List<String>> before = allPayloads(disk.store());
        Backup.Result result = backUp();
        fillUpTo(5);

        assertRestores(result.manifest(), before);
        assertThat(result.manifest().segments()).hasSize(3);
        assertThat(result.manifest().damages()).isEmpty();
        assertThat(result.manifest().id()).isEqualTo("2026-11-21T12-00-00.000Z");
        assertThat(result.manifest().partitions())
                .contains(
                        new PartitionEnd(0, before.get(0).size(), before.get(0).size() - 1),
                        new PartitionEnd(2, before.get(2).size(), before.get(2).size() - 1));
    }

    @Test
    void indexesOfARestoredStore_areThereBeforeItIsOpened() throws IOException {
        BackupManifest manifest = backUp().manifest();
        try (EventStore store = restored(manifest)) {
            assertThat(store.bucket(0).status().index().rebuilds()).isZero();
        }
    }

    /** A server takes a directory for a store once {@code meta.json} is in it. */
    @Test
    void restoreThatIsInterruptedAnywhere_leavesAWholeStoreOrNone() throws IOException {
        List<List<String>> before = allPayloads(disk.store());
        BackupManifest manifest = backUp().manifest();
        boolean interrupted = true;
        for (int operations = 0; interrupted; operations++) {
            MemoryDevice attempt = new MemoryDevice();
            FaultyDevice faulty = new FaultyDevice(attempt);
            faulty.faults().crashAfter(operations);
            try {
                Restore.restore(BackupTarget.open(target), manifest, faulty, BackupListener.NONE);
                interrupted = false;
            } catch (IOException | UncheckedIOException e) {
                assertThat(e).hasStackTraceContaining("crashed as told");
            }
            MemoryDevice left = attempt.crashLosingAllUnsynced();
            assertThat(interrupted || left.exists(MetaFile.PATH)).isTrue();
            if (left.exists(MetaFile.PATH)) {
                try (EventStore store = EventStore.open(left, disk.options())) {
                    assertThat(allPayloads(store)).isEqualTo(before);
                    assertThat(store.bucket(0).status().index().rebuilds()).isZero();
                }
            }
        }
    }

    @Test
    void secondBackup_copiesOnlyWhatIsNew() throws IOException {
        Backup.Result first = backUp();
        fillUpTo(5);
        List<List<String>> before = allPayloads(disk.store());
        Backup.Result second = backUp();

        assertThat(first.copiedFiles()).isEqualTo(3);
        assertThat(second.copiedFiles()).isEqualTo(3); // the one that was open, and two more
        assertThat(second.copiedBytes())
                .isEqualTo(
                        second.manifest().segments().stream()
                                .skip(2)
                                .mapToLong(SegmentCopy::lengthBytes)
                                .sum());
        assertThat(second.manifest().segments().subList(0, 2))
                .isEqualTo(first.manifest().segments().subList(0, 2));
        assertRestores(second.manifest(), before);
    }

    @Test
    void backupOfAStoreThatDidNotChange_copiesNothing() throws IOException {
        backUp();
        Backup.Result second = backUp();

        assertThat(second.copiedFiles()).isZero();
        assertThat(second.manifest().id()).isEqualTo("2026-11-21T12-00-00.001Z");
    }

    @Test
    void openSegmentThatWasSealedWhereItEnded_isNotCopiedAgain() throws IOException {
        disk.append(0, "x".repeat(60_000));
        disk.append(0, "x".repeat(60_000));
        Backup.Result first = backUp();
        int segments = disk.bucket().status().segments();
        disk.append(0, "y".repeat(100_000));
        assertThat(disk.bucket().status().segments()).isEqualTo(segments + 1);

        Backup.Result second = backUp();
        assertThat(second.copiedFiles()).isEqualTo(1);
        assertThat(second.manifest().segments()).startsWith(lastOf(first));
    }

    private static SegmentCopy[] lastOf(Backup.Result result) {
        return result.manifest().segments().toArray(SegmentCopy[]::new);
    }

    @Test
    void backupThatIsInterruptedAnywhere_leavesEarlierOnesAndIsCompletedByTheNext()
            throws IOException {
        List<List<String>> before = allPayloads(disk.store());
        BackupManifest first = backUp().manifest();
        fillUpTo(4);
        List<List<String>> now = allPayloads(disk.store());
        MemoryDevice withFirst = target.crashLosingAllUnsynced();
        boolean interrupted = true;
        for (int operations = 0; interrupted; operations++) {
            MemoryDevice attempt = withFirst.crashKeepingAllUnsynced();
            FaultyDevice faulty = new FaultyDevice(attempt);
            faulty.faults().crashAfter(operations);
            try {
                backUpTo(faulty);
                interrupted = false;
            } catch (IOException | UncheckedIOException e) {
                assertThat(e).hasMessageContaining("crashed as told");
            }
            target = attempt.crashLosingAllUnsynced();
            assertRestores(manifest(first.id()), before);
            assertRestores(backUp().manifest(), now);
        }
        assertThat(damages).isEmpty();
    }

    @Test
    void segmentsOfAnInterruptedBackup_areNotCopiedAgain() throws IOException {
        FaultyDevice faulty = new FaultyDevice(target);
        faulty.faults().failAt(Operation.RENAME, "manifests/");
        assertThatThrownBy(() -> backUpTo(faulty)).isInstanceOf(IOException.class);

        Backup.Result result = backUp();
        assertThat(result.copiedFiles()).isZero();
        assertRestores(result.manifest(), allPayloads(disk.store()));
    }

    @Test
    void rotInTheTargetOfAnInterruptedBackup_isNotTakenOver() throws IOException {
        FaultyDevice faulty = new FaultyDevice(target);
        faulty.faults().failAt(Operation.RENAME, "manifests/");
        assertThatThrownBy(() -> backUpTo(faulty)).isInstanceOf(IOException.class);
        String file = "segments/00000/" + target.list("segments/00000").getFirst();
        target.flipBits(file, 3_000, 1);

        Backup.Result result = backUp();
        assertThat(result.copiedFiles()).isEqualTo(1);
        assertRestores(result.manifest(), allPayloads(disk.store()));
    }

    @Test
    void damagedSource_isReportedAndTheRestIsBackedUp() throws IOException {
        long offset = disk.entry(1, 2).start();
        disk.flip(1, offset + 200);
        Backup.Result result = backUp();

        assertThat(damages)
                .singleElement()
                .asString()
                .contains("buckets/00000/segments/0000000001/data.evts at offset " + offset);
        assertThat(result.manifest().damages()).isEqualTo(damages);
        assertThat(result.manifest().segments().get(1).file()).contains("-damaged-");
        Map<Integer, String> lost =
                Restore.restore(
                        BackupTarget.open(target),
                        result.manifest(),
                        new MemoryDevice(),
                        BackupListener.NONE);
        assertThat(lost).containsOnlyKeys(0);

        disk.flip(1, offset + 200); // somebody has brought the good one back
        Backup.Result healed = backUp();
        assertThat(healed.copiedFiles()).isEqualTo(1);
        assertThat(damages).isEmpty();
        assertRestores(healed.manifest(), allPayloads(disk.store()));
    }

    @Test
    void goodCopy_isUsedWhenTheSourceIsDamagedOrMissingLater() throws IOException {
        fillUpTo(5);
        List<List<String>> before = allPayloads(disk.store());
        backUp();
        disk.flip(0, disk.entry(0, 2).start() + 200);
        disk.disk().delete(StoreOnDisk.dataFile(3));
        BackupManifest second = backUp().manifest();

        assertThat(second.damages()).isEmpty();
        assertThat(damages).singleElement().asString().contains("0000000003/data.evts is missing");
        assertRestores(second, before);
    }

    /** The backup is whole, and who makes room for it must not remove older ones. */
    @Test
    void partitionOutOfService_isReportedThoughTheTargetHasAllOfIt() throws IOException {
        backUp();
        disk.shutDown();
        disk.disk().delete(StoreOnDisk.dataFile(0));
        disk.start();
        disk.assertOutOfService(1);
        BackupManifest second = backUp().manifest();

        assertThat(second.damages()).isEmpty();
        assertThat(damages)
                .anyMatch(text -> text.contains("partition 1 is out of service"))
                .anyMatch(text -> text.contains("0000000000/data.evts is missing"));
    }

    @Test
    void damageInTheOpenSegment_isReportedThoughTheTargetHasItUndamaged() throws IOException {
        disk.append(2, "one more");
        disk.append(2, "and another");
        List<List<String>> before = allPayloads(disk.store());
        backUp();
        disk.store().bucket(0).noteDurableEnd();
        backUp();
        disk.flip(2, disk.entry(2, 2).end() - 20);
        BackupManifest second = backUp().manifest();

        assertThat(damages).singleElement().asString().contains("0000000002/data.evts at offset");
        assertThat(second.damages()).isEmpty();
        assertRestores(second, before);
    }

    @Test
    void segmentThatCannotBeRead_isReportedWithItsOffset() throws IOException {
        FaultyDevice faulty = new FaultyDevice(disk.disk());
        faulty.faults().failAt(Operation.READ, "0000000000/data.evts");
        try (BackupTarget backups = BackupTarget.openOrCreate(target, storeId())) {
            Backup.Result result =
                    Backup.make(StoreFiles.open(faulty), backups, new Listener(), () -> NOON);
            assertThat(damages).anyMatch(problem -> problem.contains("0000000000/data.evts"));
            assertThat(result.manifest().segments().get(0).damages()).isNotEmpty();
            assertThat(result.manifest().segments().get(1).damages()).isEmpty();
        }
    }

    @Test
    void missingSegment_isReportedAndCannotBeRestored() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(1));
        BackupManifest manifest = backUp().manifest();

        assertThat(damages).singleElement().asString().contains("0000000001/data.evts is missing");
        assertThatThrownBy(() -> restored(manifest))
                .hasMessageContaining("is not whole")
                .hasMessageContaining("0000000001/data.evts is missing");
    }

    @Test
    void damagedTarget_isRefusedWithTheNamesOfAllFiles() throws IOException {
        BackupManifest manifest = backUp().manifest();
        String first = manifest.segments().get(0).file();
        String second = manifest.segments().get(1).file();
        target.flipBits(first, 5_000, 1);
        target.flipBits(second, 70, 1);
        MemoryDevice device = new MemoryDevice();

        assertThatThrownBy(() ->
                        Restore.restore(
                                BackupTarget.open(target), manifest, device, BackupListener.NONE))
                .hasMessageContainingAll(first, second, "SHA-256 should be");
        assertThat(device.list("")).isEmpty();
    }

    @Test
    void shortFileInTheTarget_isRefusedAndReplacedByTheNextBackup() throws IOException {
        BackupManifest manifest = backUp().manifest();
        String file = manifest.segments().getFirst().file();
        try (var open = target.open(file)) {
            open.setSize(1_000);
        }
        assertThatThrownBy(() -> restored(manifest)).hasMessageContaining("is 1000 bytes long");

        assertThat(backUp().copiedFiles()).isEqualTo(1);
        assertRestores(manifest, allPayloads(disk.store()));
    }

    @Test
    void damagedManifest_isToldAndNothingIsRemoved() throws IOException {
        String first = backUp().manifest().id();
        backUp();
        target.flipBits("manifests/" + first + ".json", 200, 1);

        assertThatThrownBy(() -> manifest(first)).hasMessageContaining("is damaged");
        try (BackupTarget backups = BackupTarget.openOrCreate(target, storeId())) {
            assertThat(backups.contents().problems()).hasSize(1);
            assertThatThrownBy(() -> backups.prune(OptionalInt.of(1)))
                    .hasMessageContaining("nothing is removed");
        }
        assertThat(target.list("manifests")).hasSize(2);
    }

    @Test
    void targetOfAnotherStore_isRefused() throws IOException {
        backUp();
        assertThatThrownBy(() -> BackupTarget.openOrCreate(target, new UUID(1, 2)))
                .hasMessageContainingAll("holds backups of store " + storeId(), "name another");
        assertThatThrownBy(() -> BackupTarget.openOrCreate(disk.disk(), storeId()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void targetInUse_isRefused() throws IOException {
        try (BackupTarget backups = BackupTarget.openOrCreate(target, storeId())) {
            assertThat(backups.contents().readable()).isEmpty();
            assertThatThrownBy(this::backUp).isInstanceOf(IOException.class);
        }
    }

    @Test
    void targetWithoutRoom_isRefusedBeforeAnythingIsCopied() throws IOException {
        FaultyDevice full = new FaultyDevice(target);
        full.faults().setUsableBytes(300_000);

        assertThatThrownBy(() -> backUpTo(full))
                .hasMessageContaining("has not enough room: the backup needs ");
        assertThat(target.list("segments/00000")).isEmpty();
    }

    @Test
    void prune_removesOnlyWhatNoBackupLeftNeeds() throws IOException {
        backUp();
        fillUpTo(4);
        backUp();
        fillUpTo(5);
        List<List<String>> before = allPayloads(disk.store());
        BackupManifest third = backUp().manifest();
        AtomicFile.write(target, "segments/00000/left-over", "x".getBytes(StandardCharsets.UTF_8));
        try (BackupTarget backups = BackupTarget.openOrCreate(target, storeId())) {
            assertThat(backups.prune(OptionalInt.of(1)))
                    .containsExactly("2026-11-21T12-00-00.000Z", "2026-11-21T12-00-00.001Z");
        }
        assertThat(target.list("segments/00000"))
                .containsExactlyElementsOf(
                        third.segments().stream()
                                .map(copy -> copy.file().replace("segments/00000/", ""))
                                .sorted()
                                .toList());
        assertRestores(third, before);
    }

    /** The older one of those that stay has a shorter copy of the segment that was open then. */
    @Test
    void prune_keepsWhatAnOlderBackupNeeds() throws IOException {
        backUp();
        fillUpTo(4);
        List<List<String>> before = allPayloads(disk.store());
        BackupManifest second = backUp().manifest();
        fillUpTo(5);
        BackupManifest third = backUp().manifest();
        try (BackupTarget backups = BackupTarget.openOrCreate(target, storeId())) {
            assertThat(backups.prune(OptionalInt.of(2))).hasSize(1);
            assertThat(backups.contents().readable()).containsExactly(second, third);
        }
        assertRestores(second, before);
        assertRestores(third, allPayloads(disk.store()));
    }
}
