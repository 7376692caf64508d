package io.sierra.storage;

import static io.sierra.storage.NewEvents.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk that fills up, A13 of the field lessons: refused before anything is damaged, resumed
 * without a restart, and a start works on the full disk.
 */
@DisplayName("A13: disk full")
final class DiskFullTest {
    /** Less than the store leaves for the operator, and enough to write over what it has. */
    private static final long LITTLE = 31L << 20;

    private static final StoreOptions LARGE_SEGMENTS =
            StoreOptions.defaults().withPartitioning(2, 1).withSegmentSizeBytes(64 << 20);

    private static final String LARGE_DIGEST = StoredEvent.digest(utf8("x".repeat(50_000)));

    /** Appends until one is refused for lack of room; returns how many were not. */
    private static int fill(StoreOnDisk disk) {
        int appended = 0;
        while (true) {
            AppendResult result = disk.tryAppend(0, "x".repeat(50_000));
            if (result instanceof AppendResult.Appended) {
                appended++;
            } else if (result instanceof AppendResult.Refused(Failure.DiskFull _)) {
                return appended;
            } else {
                assertThat(result)
                        .as("indexes that are being written")
                        .isEqualTo(new AppendResult.Refused(new Failure.MailboxFull(0)));
            }
        }
    }

    @Test
    void fullDisk_refusesAndResumesByItself() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(LARGE_SEGMENTS)) {
            disk.faults().setUsableBytes(LITTLE);
            int appended = fill(disk);
            assertThat(disk.bucket().failure()).isNull();
            assertThat(disk.bucket().status().readOnly()).isEqualTo("disk full");
            assertThat(disk.payloads(0)).hasSize(appended);
            assertThat(fill(disk)).isZero();
            disk.faults().setUsableBytes(Long.MAX_VALUE);
            assertThat(disk.append(0, "room").firstPartitionSequence()).isEqualTo(appended);
            assertThat(disk.bucket().status().readOnly()).isNull();
            disk.restart();
            assertThat(disk.payloads(0)).hasSize(appended + 1).endsWith("room");
            assertThat(disk.findings()).isEmpty();
        }
    }

    /** Somebody else takes the room, down to the last block, at any moment. */
    @ParameterizedTest(name = "{0} bytes are left")
    @ValueSource(longs = {0, 4_096, 8_192, 100_000, 1 << 20, (32 << 20) + (1 << 20)})
    void whateverRoomIsLeft_noFrameIsHalfWrittenAndTheNextStartWorks(long room) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            List<String> told = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                disk.disk().setUsableBytes(room);
                int appended = fill(disk);
                told.addAll(Collections.nCopies(appended, LARGE_DIGEST));
                assertThat(disk.bucket().failure()).isNull();
                assertThat(disk.bucket().status().readOnly()).isNotNull();
                assertThat(disk.payloads(0)).isEqualTo(told);

                disk.restart();
                assertThat(disk.findings()).isEmpty();
                assertThat(disk.payloads(0)).isEqualTo(told);
                told.addAll(Collections.nCopies(fill(disk), LARGE_DIGEST));

                disk.disk().setUsableBytes(1L << 40);
                disk.append(0, "room");
                told.add("room");
                assertThat(disk.bucket().status().readOnly()).isNull();
            }
            disk.awaitIndexes();
            disk.losePower();
            disk.start();
            assertThat(disk.payloads(0)).isEqualTo(told);
        }
    }

    @Test
    void fullDiskAtARollOver_refusesAndResumesByItself() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.faults().setUsableBytes(LITTLE);
            int appended = fill(disk);
            assertThat(disk.bucket().status().readOnly()).isEqualTo("disk full");
            assertThat(disk.bucket().status().segments()).isEqualTo(1);
            long creates = disk.faults().count(Operation.CREATE);
            assertThat(fill(disk)).isZero();
            assertThat(disk.faults().count(Operation.CREATE)).isEqualTo(creates);
            disk.faults().setUsableBytes(Long.MAX_VALUE);
            disk.append(0, "room");
            assertThat(disk.bucket().status().readOnly()).isNull();
            disk.restart();
            assertThat(disk.payloads(0)).hasSize(appended + 1).endsWith("room");
        }
    }

    @Test
    void restartOnAFullDisk_servesReads() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(LARGE_SEGMENTS)) {
            disk.append(0, "a");
            disk.append(1, "b");
            disk.shutDown();
            disk.startWithUsableBytes(0);
            assertThat(disk.payloads(0)).containsExactly("a");
            assertThat(disk.payloads(1)).containsExactly("b");
            assertThat(disk.tryAppend(0, "c")).isInstanceOf(AppendResult.Refused.class);
            disk.faults().setUsableBytes(Long.MAX_VALUE);
            disk.append(0, "c");
        }
    }

    /** What a torn tail needs is written over what the file has already. */
    @Test
    void restartOnAFullDiskWithATornTail_cutsIt() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(LARGE_SEGMENTS)) {
            disk.append(0, "a");
            disk.writeUnsynced(0, "torn");
            long torn = disk.entry(0, 1).start();
            disk.kill();
            disk.flip(0, torn + 12);
            disk.startWithUsableBytes(8_192);
            assertThat(disk.findings()).hasSize(1);
            assertThat(disk.payloads(0)).containsExactly("a");
        }
    }

    @Test
    void restartOnAFullDiskWithoutIndexes_servesReadsAndWritesThemLater() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.faults().failAt(Operation.CREATE, "idx");
            while (disk.bucket().status().segments() < 4) {
                disk.append(0, "x".repeat(50_000));
            }
            int events = disk.payloads(0).size();
            disk.append(0, "last");
            disk.bucket().noteDurableEnd();
            disk.kill();
            disk.startWithUsableBytes(0);
            assertThat(disk.payloads(0)).hasSize(events + 1).endsWith("last");
            assertThat(disk.bucket().status().index().pendingSeals()).isEqualTo(3);
            disk.faults().setUsableBytes(Long.MAX_VALUE);
            disk.awaitIndexes();
            assertThat(disk.payloads(0)).hasSize(events + 1).endsWith("last");
            disk.append(0, "more");
        }
    }

    /** A kill may come when a new segment has its size and nothing else: all of it is a hole. */
    @Test
    void segmentThatIsAHole_isNotTouchedInItsMapping() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "told");
            disk.kill();
            disk.disk().createDirectories(new SegmentId(0, 1, 0).directory());
            disk.create(1, new byte[1 << 16]);
            disk.startWithUnreadableMappings(StoreOnDisk.dataFile(1));
            assertThat(disk.payloads(0)).containsExactly("told");
            assertThat(disk.findings()).isEmpty();
            disk.faults().heal();
            disk.append(0, "more");
        }
    }

    @Test
    void newStoreOnAFullDisk_saysWhatIsMissing() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.kill();
            disk.disk().delete(StoreOnDisk.dataFile(0));
            assertThatThrownBy(() -> disk.startWithUsableBytes(LITTLE))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("no room for a new segment: disk full");
            disk.start();
            disk.append(0, "room");
        }
    }

    @Test
    void failingAllocation_isToldInTheDisksWordsAndNotTheEndOfTheBucket() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(LARGE_SEGMENTS)) {
            disk.faults().failFrom(Operation.SET_SIZE, 1);
            requireAllocationFailed(disk, "SET_SIZE fails as told");
            disk.faults().setUsableBytes(LITTLE);
            assertThat(refusal(disk)).isInstanceOf(Failure.DiskFull.class);
            disk.faults().heal();
            disk.append(0, "room");
            assertThat(disk.bucket().failure()).isNull();
            assertThat(disk.bucket().status().readOnly()).isNull();
        }
    }

    /** As when there are too many open files. */
    @ParameterizedTest
    @EnumSource(names = {"CREATE", "OPEN", "CREATE_DIRECTORIES", "SYNC", "SYNC_DIRECTORY"})
    void segmentThatCannotBeMade_isToldInTheDisksWordsAndMadeLater(Operation operation)
            throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.faults().failAt(operation, "segments/0000000001");
            requireAllocationFailed(disk, operation + " fails as told");
            int events = disk.payloads(0).size();
            disk.faults().heal();
            disk.append(0, "room");
            assertThat(disk.bucket().status().readOnly()).isNull();
            disk.restart();
            assertThat(disk.payloads(0)).hasSize(events + 1).endsWith("room");
        }
    }

    private static void requireAllocationFailed(StoreOnDisk disk, String reason) {
        Failure refusal = refusal(disk);
        while (refusal == null) {
            refusal = refusal(disk);
        }
        assertThat(refusal)
                .isInstanceOfSatisfying(
                        Failure.AllocationFailed.class,
                        failed -> assertThat(failed.reason()).contains(reason));
        assertThat(disk.bucket().status().readOnly()).contains(reason);
        assertThat(disk.bucket().failure()).isNull();
    }

    @Test
    void indexesThatCannotBeWritten_areTriedAgain() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.faults().failAt(Operation.CREATE, "idx");
            while (disk.bucket().status().segments() < 4) {
                disk.append(0, "x".repeat(50_000));
            }
            int events = disk.payloads(0).size();
            assertThat(disk.bucket().status().index().pendingSeals()).isEqualTo(3);
            disk.faults().heal();
            disk.awaitIndexes();
            assertThat(disk.payloads(0)).hasSize(events);
            disk.restart();
            assertThat(disk.payloads(0)).hasSize(events);
        }
    }

    @Test
    void indexesThatCannotBeWritten_makeTheBucketReadOnlyAndItResumesByItself() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.faults().failAt(Operation.CREATE, "idx");
            Failure refusal = fillUntilIndexesAreMissed(disk);

            assertThat(refusal).isInstanceOf(Failure.IndexingFailed.class);
            assertThat(disk.bucket().status().readOnly()).contains("CREATE fails as told");
            assertThat(disk.bucket().failure()).isNull();
            disk.faults().setUsableBytes(LITTLE);
            assertThat(refusal(disk)).isInstanceOf(Failure.DiskFull.class);
            int events = disk.payloads(0).size();
            disk.faults().heal();
            disk.awaitIndexes();
            assertThat(disk.bucket().status().readOnly()).isNull();
            disk.append(0, "resumed");
            assertThat(disk.payloads(0)).hasSize(events + 1).endsWith("resumed");
        }
    }

    /** Appends until one is refused for another reason than indexes that are being written. */
    private static Failure fillUntilIndexesAreMissed(StoreOnDisk disk) {
        Failure failure = null;
        while (failure == null || failure instanceof Failure.MailboxFull) {
            failure = refusal(disk);
        }
        return failure;
    }

    private static @Nullable Failure refusal(StoreOnDisk disk) {
        return disk.tryAppend(0, "x".repeat(50_000)) instanceof AppendResult.Refused(Failure why)
                ? why
                : null;
    }
}
