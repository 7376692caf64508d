package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.reply.AppendResult;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.backup.Restore;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairReport;
import io.sierra.storage.repair.RepairRun;
import io.sierra.storage.segment.FrameKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A damaged store gets back from its backups what they have, wherever the repair is killed. */
final class RepairTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final int PARTITIONS = 3;
    private static final int SEGMENTS = 4;

    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(PARTITIONS, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);

    private StoreOnDisk disk;
    private final MemoryDevice target = new MemoryDevice();
    private List<List<String>> expected = List.of();

    @BeforeEach
    void fill() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
        fillUpTo(SEGMENTS);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void fillUpTo(int segments) {
        for (int i = 0; disk.bucket().status().segments() < segments; i++) {
            append(i % PARTITIONS, "x".repeat(9_000));
        }
        for (int i = 0; i < 6; i++) {
            append(i % PARTITIONS, "in the last of " + segments);
        }
    }

    private void beginAgainWithSixEntriesInSegment1() throws IOException {
        disk.close();
        disk = new StoreOnDisk(PARTITIONS);
        while (disk.bucket().status().segments() < 2) {
            append(0, "x".repeat(9_000));
        }
        for (int i = 1; i < 6; i++) {
            append(i % PARTITIONS, "x".repeat(9_000));
        }
    }

    private void append(int partitionId, String payload) {
        if (disk.bucket().damageOf(partitionId) == null) {
            disk.append(partitionId, payload);
        }
        disk.awaitIndexes();
    }

    private void backUp() throws IOException {
        backUp(target);
    }

    private void backUp(Device device) throws IOException {
        try (BackupTarget backups =
                BackupTarget.openOrCreate(device, MetaFile.read(disk.disk()).storeId())) {
            Backup.make(StoreFiles.open(disk.disk()), backups, BackupListener.NONE, () -> NOON);
        }
    }

    private static List<List<String>> payloads(StoreOnDisk store) throws IOException {
        List<List<String>> payloads = new ArrayList<>();
        for (int id = 0; id < PARTITIONS; id++) {
            payloads.add(store.payloads(id));
        }
        return payloads;
    }

    private RepairPlan plan(Device device) throws IOException {
        return RepairPlanner.plan(
                StoreFiles.open(device),
                Optional.of(BackupTarget.open(target)),
                Optional.empty(),
                _ -> {});
    }

    private RepairPlan repair(Device device) throws IOException {
        RepairPlan plan = plan(device);
        if (!plan.isEmpty()) {
            RepairRun.carryOut(StoreFiles.open(device), plan, NOON, _ -> {});
        }
        return plan;
    }

    static List<Finding> verify(Device device) throws IOException {
        return List.copyOf(Heard.ofVerify(device).findings);
    }

    private void assertWhole(MemoryDevice device) throws IOException {
        assertThat(verify(device)).isEmpty();
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            for (int id = 0; id < PARTITIONS; id++) {
                assertThat(StoreOnDisk.payloads(store, id)).isEqualTo(expected.get(id));
                assertThat(store.append(StoreOnDisk.key(id), List.of(StoreOnDisk.event(id, "on"))))
                        .isInstanceOf(AppendResult.Appended.class);
            }
        }
        assertThat(verify(device)).isEmpty();
    }

    /** A partition is as it was, or out of service. */
    private void assertServesNoHole(MemoryDevice device) throws IOException {
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            for (int id = 0; id < PARTITIONS; id++) {
                if (store.bucket(0).damageOf(id) == null) {
                    assertThat(StoreOnDisk.payloads(store, id)).isEqualTo(expected.get(id));
                }
            }
        }
    }

    private void harm(Harm harm) throws IOException {
        disk.bucket().noteDurableEnd();
        expected = payloads(disk);
        disk.shutDown();
        harm.doTo(disk);
    }

    /** A server that makes the index again sees what is lost, and takes that out of service. */
    private void letAServerNotice() throws IOException {
        disk.disk().delete("buckets/00000/segments/0000000001/index.eidx");
        disk.start();
        disk.awaitIndexes();
        int segments = disk.bucket().status().segments();
        fillIfAnythingServes(segments + 2);
        List<List<String>> grown = new ArrayList<>(expected);
        for (int id = 0; id < PARTITIONS; id++) {
            if (disk.bucket().damageOf(id) == null) {
                grown.set(id, disk.payloads(id));
            }
        }
        expected = grown;
        disk.shutDown();
    }

    private void fillIfAnythingServes(int segments) {
        for (int id = 0; id < PARTITIONS; id++) {
            while (disk.bucket().damageOf(id) == null
                    && disk.bucket().status().segments() < segments) {
                append(id, "y".repeat(9_000));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            mode = Mode.EXCLUDE,
            names = {"OPEN_CUT_OFF", "OPEN_MISSING", "OPEN_ZEROED", "OPEN_DIRECTORY_MISSING"})
    void whatABackupHas_isRestored(Harm harm) throws IOException {
        backUp();
        harm(harm);
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost()).isEmpty();
        assertThat(new RepairReport(StoreFiles.open(disk.disk()), plan).lines())
                .contains("nothing is lost");
        assertWhole(disk.disk());
    }

    /** The copy of segment 1 is a part of it, as it was open then. */
    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"BODY", "HEADER_OF_A_FRAME", "SEVERAL_FRAMES", "SEGMENT_HEADER", "CHECKPOINT"})
    void copyOfThePartThatIsDamaged_isEnough(Harm harm) throws IOException {
        beginAgainWithSixEntriesInSegment1();
        backUp();
        fillUpTo(SEGMENTS);
        harm(harm);

        assertThat(repair(disk.disk()).lost()).isEmpty();
        assertWhole(disk.disk());
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"BODY", "HEADER_OF_A_FRAME", "SEVERAL_FRAMES", "LAST_FRAME", "OPEN_BODY"})
    void partitionsThatAServerTookOutOfService_areBack(Harm harm) throws IOException {
        backUp();
        harm(harm);
        letAServerNotice();
        assertThat(verify(disk.disk())).isNotEmpty();
        backUp(); // of the damaged store; what the target has stays

        assertThat(repair(disk.disk()).lost()).isEmpty();
        assertWhole(disk.disk());
        assertThat(disk.disk().exists("buckets/00000/damage.json")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"TWO_PLACES", "MISSING", "OPEN_BODY"})
    void repairThatIsKilledAnywhere_isCompletedByTheNext(Harm harm) throws IOException {
        backUp();
        harm(harm);
        if (harm != Harm.MISSING) { // which a server refuses
            letAServerNotice();
        }
        Random random = new Random(harm.name().hashCode());
        KilledRepairs.carryOut(
                disk.disk(),
                plan(disk.disk()),
                NOON,
                (killed, _) -> {
                    MemoryDevice found = killed.crash(random);
                    if (random.nextBoolean() && harm != Harm.MISSING) {
                        assertServesNoHole(found);
                    }
                    assertThat(repair(found).lost()).isEmpty();
                    assertWhole(found);
                });
    }

    @Test
    void backupOfTheRepairedStore_hasNothingOutOfService() throws IOException {
        backUp();
        harm(Harm.BODY);
        letAServerNotice();
        backUp();
        repair(disk.disk());
        backUp();

        MemoryDevice restored = new MemoryDevice();
        BackupTarget backups = BackupTarget.open(target);
        Restore.restore(backups, backups.manifest(Optional.empty()), restored, BackupListener.NONE);
        assertWhole(restored);
    }

    @Test
    void whatIsReplaced_isKeptBesideAReport() throws IOException {
        backUp();
        harm(Harm.BODY);
        byte[] damaged = disk.bytesOf(1);
        StoreFiles files = StoreFiles.open(disk.disk());
        String side = RepairRun.carryOut(files, plan(disk.disk()), NOON, _ -> {});

        assertThat(side).isEqualTo("repair-2026-11-21T12-00-00.000Z");
        String data = side + "/buckets/00000/segments/0000000001/data.evts";
        assertThat(AtomicFile.read(disk.disk(), data)).isEqualTo(damaged);
        assertThat(text(side + "/report.txt"))
                .contains("restored: memory:/buckets/00000/segments/0000000001/data.evts, offsets")
                .contains("  partition ", "(1 event)", "nothing is lost");
        assertThat(text(side + "/report.json")).contains("\"first_sequence\" :");
    }

    private String text(String path) throws IOException {
        return new String(AtomicFile.read(disk.disk(), path), StandardCharsets.UTF_8);
    }

    @Test
    void plan_changesNothing() throws IOException {
        backUp();
        harm(Harm.TWO_PLACES);
        FaultyDevice readOnly = new FaultyDevice(disk.disk());
        readOnly.faults().setReadOnlyAfter(0);

        assertThat(plan(readOnly).isEmpty()).isFalse();
        assertThat(readOnly.faults().hits()).isZero();
    }

    @Test
    void whatNoBackupHas_isNamedAndStaysOutOfService() throws IOException {
        harm(Harm.BODY);
        Loss lost = firstLost();
        BackupTarget.openOrCreate(target, MetaFile.read(disk.disk()).storeId()).close();
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost().stream().flatMap(f -> f.losses().stream())).contains(lost);
        assertThat(new RepairReport(StoreFiles.open(disk.disk()), plan).lines())
                .anyMatch(line -> line.startsWith("LOST: memory:/buckets/00000/segments/"))
                .anyMatch(line -> line.contains("stay out of service"));
        assertThat(verify(disk.disk())).isNotEmpty();
    }

    private Loss firstLost() throws IOException {
        return verify(disk.disk()).stream()
                .flatMap(finding -> finding.losses().stream())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void copyOfAStoreThatWentAnotherWay_isNotUsed() throws IOException {
        disk.shutDown();
        MemoryDevice fork = disk.disk().copy();
        disk.start();
        fillUpTo(SEGMENTS + 2);
        backUp();
        disk.shutDown();
        try (EventStore store = EventStore.open(fork, OPTIONS)) {
            for (int i = 0; store.bucket(0).status().segments() < SEGMENTS + 2; i++) {
                store.append(
                        StoreOnDisk.key(i % PARTITIONS),
                        List.of(StoreOnDisk.event(i % PARTITIONS, "z".repeat(9_000))));
                while (store.bucket(0).status().index().pendingSeals() > 0) {
                    Thread.onSpinWait();
                }
            }
        }
        fork.delete(StoreOnDisk.dataFile(SEGMENTS));
        RepairPlan plan = plan(fork);

        assertThat(plan.segments()).isEmpty();
        assertThat(plan.lost()).isNotEmpty();
        assertThat(plan.problems()).anyMatch(p -> p.contains("does not end as the next segment"));
    }

    /**
     * A copy of the store has lost the same, its owner has accepted that, and backs up here too.
     */
    private void backUpACopyWithAnAcceptedLoss(Harm harm) throws IOException {
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        MemoryDevice whole = disk.disk().copy();
        harm.doTo(disk);
        RepairPlan plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()), Optional.empty(), Optional.of(NOON), _ -> {});
        assertThat(plan.accepted()).isNotEmpty();
        RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});
        backUp();
        disk.replaceDisk(whole);
        disk.start();
    }

    /** Of the newest segment: what came after the backup, if anything, nobody knows. */
    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"OPEN_CUT_OFF", "OPEN_MISSING", "OPEN_ZEROED", "OPEN_DIRECTORY_MISSING"})
    void endOfTheLogThatABackupHas_isPutBackAndWhatIsBehindItStaysInDoubt(Harm harm)
            throws IOException {
        backUp();
        List<List<String>> backedUp = payloads(disk);
        append(0, "after the backup");
        harm(harm);
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost()).isNotEmpty();
        assertThat(linesOf(plan))
                .anyMatch(line -> line.startsWith("restored: memory:/"))
                .anyMatch(line -> line.contains("end of the log should be known but is not"))
                .anyMatch(line -> line.contains("what came behind that, if anything, is in no"))
                .doesNotContain("nothing is lost");
        assertThat(plan(disk.disk()).isEmpty()).isTrue();
        assertThat(plan(disk.disk()).lost()).isNotEmpty();
        disk.start();
        for (int id = 0; id < PARTITIONS; id++) {
            disk.assertOutOfService(id);
        }
        disk.shutDown();
        giveUp(Optional.empty());
        assertGoesOnBehindAllThatWasGiven(backedUp);
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"OPEN_CUT_OFF", "OPEN_MISSING", "OPEN_ZEROED", "OPEN_DIRECTORY_MISSING"})
    void endOfTheLogThatABackupHas_isNotGivenUp(Harm harm) throws IOException {
        backUp();
        List<List<String>> backedUp = payloads(disk);
        append(0, "after the backup");
        harm(harm);

        giveUp(Optional.of(BackupTarget.open(target)));
        assertGoesOnBehindAllThatWasGiven(backedUp);
    }

    /** A small store has one segment, and no index. */
    @Test
    void onlySegmentThatIsMissing_isPutBack() throws IOException {
        disk.close();
        disk = new StoreOnDisk(PARTITIONS);
        append(0, "a");
        append(1, "b");
        backUp();
        List<List<String>> backedUp = payloads(disk);
        harm(Harm.OPEN_DIRECTORY_MISSING);

        assertThat(repair(disk.disk()).lost()).isNotEmpty();
        giveUp(Optional.empty());
        assertGoesOnBehindAllThatWasGiven(backedUp);
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"OPEN_MISSING", "OPEN_ZEROED", "OPEN_DIRECTORY_MISSING"})
    void newestSegmentThatNoBackupHas_isLost(Harm harm) throws IOException {
        harm(harm);
        BackupTarget.openOrCreate(target, MetaFile.read(disk.disk()).storeId()).close();

        assertThat(plan(disk.disk()).lost())
                .anyMatch(finding -> finding.file().endsWith(StoreOnDisk.dataFile(SEGMENTS - 1)));
    }

    private void giveUp(Optional<BackupTarget> backups) throws IOException {
        RepairPlan plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()), backups, Optional.of(NOON), _ -> {});
        assertThat(plan.lost()).isEmpty();
        assertThat(linesOf(plan)).contains("nothing else is lost");
        RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});
    }

    private void assertGoesOnBehindAllThatWasGiven(List<List<String>> left) throws IOException {
        assertThat(verify(disk.disk())).isEmpty();
        disk.start();
        for (int id = 0; id < PARTITIONS; id++) {
            assertThat(disk.payloads(id)).isEqualTo(left.get(id));
            assertThat(disk.append(id, "on").firstPartitionSequence())
                    .isGreaterThanOrEqualTo(expected.get(id).size());
        }
    }

    @Test
    void copiesThatTellDifferentEndsOfTheLog_areNotUsed() throws IOException {
        MemoryDevice fork = forkAndBackUp();
        MemoryDevice here = disk.disk();
        disk.replaceDisk(fork);
        disk.start();
        appendThree(disk.store(), "away");
        backUp();
        disk.shutDown();
        disk.replaceDisk(here);
        disk.start();
        harm(Harm.OPEN_CUT_OFF);
        RepairPlan plan = plan(disk.disk());

        assertThat(plan.segments()).isEmpty();
        assertThat(plan.lost()).isNotEmpty();
        assertThat(plan.problems()).anyMatch(p -> p.contains("tell different logs behind offset"));
    }

    @Test
    void newestSegmentOfAStoreThatWentAnotherWay_isNotUsed() throws IOException {
        disk.shutDown();
        MemoryDevice fork = disk.disk().copy();
        disk.start();
        fillUpTo(SEGMENTS + 1);
        backUp();
        disk.shutDown();
        disk.replaceDisk(fork);
        disk.start();
        append(1, "away");
        fillUpTo(SEGMENTS + 1);
        harm(Harm.OPEN_MISSING);
        RepairPlan plan = plan(disk.disk());

        assertThat(plan.segments()).isEmpty();
        assertThat(plan.problems()).anyMatch(p -> p.contains("does not begin where the segment"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"BODY", "SEVERAL_FRAMES", "SEGMENT_HEADER", "MISSING"})
    void wholeCopy_isPreferredToANewerOneWithAnAcceptedLoss(Harm harm) throws IOException {
        backUp();
        backUpACopyWithAnAcceptedLoss(Harm.SEVERAL_FRAMES);
        harm(harm);
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost()).isEmpty();
        assertThat(linesOf(plan)).contains("nothing is lost");
        assertWhole(disk.disk());
    }

    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"SEVERAL_FRAMES", "MISSING"})
    void whatOnlyACopyWithAnAcceptedLossHas_isTakenAndTheLossTold(Harm harm) throws IOException {
        backUpACopyWithAnAcceptedLoss(Harm.SEVERAL_FRAMES);
        harm(harm);
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost()).isEmpty();
        assertThat(linesOf(plan))
                .anyMatch(
                        line -> line.startsWith("  lost, as was accepted before the backup: part"))
                .contains("nothing else is lost")
                .doesNotContain("nothing is lost");
        Heard heard = Heard.ofVerify(disk.disk());
        assertThat(heard.findings).isEmpty();
        assertThat(heard.notes).anyMatch(note -> note.contains("lost, as was accepted"));
        long events = 0;
        try (EventStore store = EventStore.open(disk.disk(), OPTIONS)) {
            for (int id = 0; id < PARTITIONS; id++) {
                List<String> left = StoreOnDisk.payloads(store, id);
                assertThat(expected.get(id)).containsAll(left);
                events += expected.get(id).size() - left.size();
            }
        }
        assertThat(events).isPositive();
        assertThat(
                        StoreFiles.open(disk.disk())
                                .header(StoreFiles.open(disk.disk()).segment(0, 1))
                                .isOfAcceptedLoss())
                .isTrue();
    }

    private List<String> linesOf(RepairPlan plan) throws IOException {
        return new RepairReport(StoreFiles.open(disk.disk()), plan).lines();
    }

    @Test
    void copyOfAnotherEndOfTheOpenSegment_isNotUsed() throws IOException {
        MemoryDevice fork = forkAndBackUp();
        long offset =
                disk.frames(SEGMENTS - 1).stream()
                        .filter(frame -> frame.kind() == FrameKind.EVENTS)
                        .mapToLong(Frame::start)
                        .max()
                        .orElseThrow();
        try (EventStore store = EventStore.open(fork, OPTIONS)) {
            appendThree(store, "away");
            store.bucket(0).noteDurableEnd();
        }
        fork.flipBits(StoreOnDisk.dataFile(SEGMENTS - 1), offset + 120, 1);
        RepairPlan plan = plan(fork);

        assertThat(plan.segments()).isEmpty();
        assertThat(plan.lost()).isNotEmpty();
        assertThat(plan.problems()).anyMatch(p -> p.contains("has another log"));
    }

    /** The store before three events that a backup has, and that the disk has, which is closed. */
    private MemoryDevice forkAndBackUp() throws IOException {
        disk.shutDown();
        MemoryDevice fork = disk.disk().copy();
        disk.start();
        appendThree(disk.store(), "here");
        backUp();
        disk.shutDown();
        return fork;
    }

    private static void appendThree(EventStore store, String payload) {
        for (int id = 0; id < PARTITIONS; id++) {
            assertThat(store.append(StoreOnDisk.key(id), List.of(StoreOnDisk.event(id, payload))))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void rottenCopy_isNotUsedAndAnOlderOneIs() throws IOException {
        beginAgainWithSixEntriesInSegment1();
        backUp();
        fillUpTo(SEGMENTS);
        backUp();
        harm(Harm.BODY);
        for (String name : target.list("segments/00000")) {
            String path = "segments/00000/" + name;
            if (name.startsWith("0000000001") && target.openForReading(path).size() > 100_000) {
                target.flipBits(path, 70_000, 1);
            }
        }
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.problems()).anyMatch(p -> p.contains("is damaged too"));
        assertThat(plan.lost()).isEmpty();
        assertWhole(disk.disk());
    }

    @Test
    void fullDisk_isRefusedBeforeAnythingIsChanged() throws IOException {
        backUp();
        harm(Harm.BODY);
        RepairPlan plan = plan(disk.disk());
        FaultyDevice full = new FaultyDevice(disk.disk());
        full.faults().setUsableBytes(100_000);

        assertThatThrownBy(() -> RepairRun.carryOut(StoreFiles.open(full), plan, NOON, _ -> {}))
                .hasMessageContaining("not enough room");
        assertThat(disk.disk().list("")).noneMatch(name -> name.startsWith("repair"));
    }

    @Test
    void wholeStore_needsNoRepair() throws IOException {
        backUp();
        harm(Harm.SEGMENT_HEADER);
        Harm.SEGMENT_HEADER.doTo(disk); // flips the same bits back
        RepairPlan plan = plan(disk.disk());

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.lost()).isEmpty();
    }

    /** As if somebody had brought a file back by hand. */
    @Test
    void damageThatIsGone_needsNoBackup() throws IOException {
        harm(Harm.SEGMENT_HEADER);
        Harm.SEGMENT_HEADER.doTo(disk);
        long offset = disk.entry(1, 2).end() - 20;
        disk.flip(1, offset);
        letAServerNotice();
        disk.flip(1, offset);
        RepairPlan plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()), Optional.empty(), Optional.empty(), _ -> {});
        RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});

        assertThat(plan.lost()).isEmpty();
        assertWhole(disk.disk());
    }
}
