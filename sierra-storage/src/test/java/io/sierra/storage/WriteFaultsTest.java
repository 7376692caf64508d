package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.event;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.io.Pause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes and syncs that fail, once or for good. */
final class WriteFaultsTest {
    /** Three of these fit into a segment. */
    private static final String LARGE = "x".repeat(40_000);

    private static void assertWriteFailed(AppendResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused ->
                                assertThat(refused.failure())
                                        .isInstanceOf(Failure.WriteFailed.class));
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "SYNC"})
    void operationThatFailsOnce_isFinalUntilTheNextStart(Operation operation) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "told");
            disk.faults().failOnce(operation, 1);
            assertWriteFailed(disk.tryAppend(0, "failed"));
            for (int i = 0; i < 3; i++) {
                assertWriteFailed(disk.tryAppend(i % 2, "refused"));
                assertThat(disk.payloads(0)).containsExactly("told");
                assertThat(disk.payloads(1)).isEmpty();
            }
            assertThat(disk.bucket().status().failure()).isNotNull();
            disk.losePower();
            disk.start();
            assertThat(disk.payloads(0)).containsExactly("told");
            assertThat(disk.append(0, "again").firstPartitionSequence()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"WRITE", "SYNC"})
    void batchThatFails_isAcknowledgedInNoPart(Operation operation) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            BucketStore bucket = disk.bucket();
            disk.faults().failOnce(operation, 1);
            for (int i = 0; i < 5; i++) {
                NewEvent event = event(i % 2, "batch" + i);
                assertThat(bucket.stage(key(i % 2), List.of(event), 1, 0))
                        .isInstanceOf(AppendResult.Appended.class);
            }
            assertThatThrownBy(
                            () -> {
                                bucket.write();
                                bucket.sync();
                            })
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(bucket::write).isInstanceOf(IOException.class);
            assertThatThrownBy(bucket::sync).isInstanceOf(IOException.class);
            bucket.drainStaged(bucket::confirm);
            bucket.endBatch();
            bucket.noteDurableEnd();
            assertThat(disk.payloads(0)).isEmpty();
            assertThat(disk.payloads(1)).isEmpty();
            assertWriteFailed(bucket.stage(key(0), List.of(event(0, "x")), 1, 0));
        }
    }

    @Test
    void writeThatIsCutShort_leavesATornTail() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "told");
            disk.faults().shortenWrite(1, 70);
            assertWriteFailed(disk.tryAppend(0, "failed"));
            disk.restart();
            assertThat(disk.findings()).hasSize(1);
            assertThat(disk.payloads(0)).containsExactly("told");
            assertThat(disk.append(0, "again").firstPartitionSequence()).isEqualTo(1);
        }
    }

    @Test
    void failedSync_leavesTheOtherBucketsAlone() throws IOException {
        MemoryDevice disk = new MemoryDevice();
        FaultyDevice device = new FaultyDevice(disk);
        StoreOptions options =
                StoreOptions.defaults()
                        .withPartitioning(2, 2)
                        .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
        try (EventStore store = EventStore.open(device, options)) {
            device.faults().failOnce(Operation.SYNC, 1);
            assertWriteFailed(store.append(key(0), List.of(event(0, "a"))));
            assertThat(store.append(key(1), List.of(event(1, "b"))))
                    .isInstanceOf(AppendResult.Appended.class);
            assertThat(store.reader().watermark(1)).isEqualTo(1);
            assertWriteFailed(store.append(key(0), List.of(event(0, "a"))));
        }
    }

    /** The system takes a page for written whose writing has failed: it must be written again. */
    @Test
    void restartAfterAFailedSync_writesAgainWhatItServes() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "told");
            long end = disk.frames(0).getLast().end();
            disk.faults().failOnce(Operation.SYNC, 1);
            assertWriteFailed(disk.tryAppend(0, "unknown"));
            disk.kill();
            long writes = disk.faults().count(Operation.WRITE);
            disk.start();
            assertThat(disk.payloads(0)).containsExactly("told", "unknown");
            assertThat(disk.faults().count(Operation.WRITE)).isPositive().isLessThan(writes + 3);
            assertThat(disk.frames(0).getLast().start()).isEqualTo(end);
        }
    }

    @Test
    void nobodySeesAnEventBeforeItsSyncEnds() throws Exception {
        try (StoreOnDisk disk = new StoreOnDisk(1);
                ExecutorService writer = Executors.newSingleThreadExecutor()) {
            disk.append(0, "first");
            Pause pause = disk.faults().pauseNext(Operation.SYNC);
            Future<AppendResult> result = writer.submit(() -> disk.tryAppend(0, "second"));
            pause.awaitReached();
            assertThat(disk.payloads(0)).containsExactly("first");
            assertThat(result.isDone()).isFalse();
            pause.release();
            assertThat(result.get()).isInstanceOf(AppendResult.Appended.class);
            assertThat(disk.payloads(0)).containsExactly("first", "second");
        }
    }

    /** The new segment may be on disk by then, and the next start would begin at its checkpoint. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rollOverThatFailsAtAnyPoint_losesNothingThatIsAcknowledgedAfterwards(boolean powerIsLost)
            throws IOException {
        int failed = 0;
        for (Operation operation : Operation.values()) {
            for (int nth = 1; nth <= 4; nth++) {
                for (List<String> payloads :
                        List.of(List.of(LARGE, "a", "b"), List.of(LARGE, "a", LARGE, "b"))) {
                    failed += rollOverWith(operation, nth, payloads, powerIsLost);
                }
            }
        }
        assertThat(failed).as("roll-overs that were hit").isGreaterThan(10);
    }

    /** Appends around a roll-over in which one operation fails; 1 if an append did. */
    private static int rollOverWith(
            Operation operation, int nth, List<String> payloads, boolean powerIsLost)
            throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            List<String> told = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                disk.append(0, LARGE);
                told.add(StoredEvent.digest(NewEvents.utf8(LARGE)));
            }
            disk.faults().failOnce(operation, nth);
            boolean failed = false;
            for (String payload : payloads) {
                if (disk.tryAppend(0, payload) instanceof AppendResult.Appended) {
                    told.add(StoredEvent.digest(NewEvents.utf8(payload)));
                } else {
                    failed = true;
                }
            }
            if (powerIsLost) {
                disk.losePower();
            } else {
                disk.kill();
            }
            disk.start();
            assertThat(disk.payloads(0))
                    .as("%s %d", operation, nth)
                    .startsWith(told.toArray(new String[0]));
            disk.append(0, "after");
            return failed ? 1 : 0;
        }
    }
}
