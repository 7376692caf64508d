package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.reply.AppendResult;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that is prepared for the next segment: taken when it is there, never missed. */
@Timeout(120)
final class SpareSegmentTest {
    private static final String SPARE = "buckets/00000/spare.evts";

    /** More than is allocated ahead when the spare is wanted. */
    private static final int SEGMENT_BYTES = 20 << 20;

    private static final StoreOptions OPTIONS =
            StoreOptions.defaults().withPartitioning(2, 1).withSegmentSizeBytes(SEGMENT_BYTES);

    private static final String MEBIBYTE = "x".repeat(1 << 20);

    /** Appends until a spare is wanted; returns the payloads as {@link StoredEvent} has them. */
    private static List<String> appendUntilWanted(StoreOnDisk disk) throws IOException {
        for (int i = 0; i < 9; i++) {
            disk.append(0, MEBIBYTE);
        }
        return new ArrayList<>(disk.payloads(0));
    }

    private static void awaitSpare(StoreOnDisk disk) throws IOException {
        while (!disk.disk().exists(SPARE) || sizeOf(disk, SPARE) < SEGMENT_BYTES) {
            Thread.onSpinWait();
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20)); // it has yet to be synced
    }

    private static long sizeOf(StoreOnDisk disk, String path) throws IOException {
        try (DeviceFile file = disk.disk().openForReading(path)) {
            return file.size();
        }
    }

    @Test
    void fewBytes_prepareNothing() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            for (int i = 0; i < 7; i++) {
                disk.append(0, MEBIBYTE);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(disk.disk().exists(SPARE)).isFalse();
        }
    }

    @Test
    void spare_becomesTheNextSegmentBeforeTheOpenOneHasToGrow() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            List<String> appended = appendUntilWanted(disk);
            while (disk.bucket().status().segments() == 1) {
                appended.add("more");
                disk.append(0, "more");
            }
            assertThat(disk.disk().exists(SPARE)).isFalse();
            assertThat(sizeOf(disk, StoreOnDisk.dataFile(0))).isGreaterThan(9 << 20);
            assertThat(sizeOf(disk, StoreOnDisk.dataFile(1))).isEqualTo(SEGMENT_BYTES);
            assertThat(disk.payloads(0)).isEqualTo(appended);
            disk.restart();
            assertThat(disk.payloads(0)).isEqualTo(appended);
            assertThat(disk.findings()).isEmpty();
        }
    }

    /** A second one is prepared while the first is written, and taken when that is full. */
    @Test
    void segmentThatWasPrepared_isFilledToItsEnd() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            int appended = appendUntilWanted(disk).size();
            awaitSpare(disk);
            while (disk.bucket().status().segments() < 3) {
                disk.append(0, MEBIBYTE);
                appended++;
            }
            long end = disk.frames(1).getLast().end();
            assertThat(SEGMENT_BYTES - end).isLessThan(2 << 20);
            assertThat(disk.payloads(0)).hasSize(appended);
        }
    }

    /** Most of it would be left unused, each time. */
    @Test
    void segmentThatWasPrepared_isNotGivenUpAfterARestart() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            appendUntilWanted(disk);
            awaitSpare(disk);
            disk.append(0, "more");
            assertThat(disk.bucket().status().segments()).isEqualTo(2);
            disk.restart();
            appendUntilWanted(disk);
            awaitSpare(disk);
            disk.append(0, "more");
            assertThat(disk.bucket().status().segments()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void endInTheMiddleOfTakingTheSpare_losesNothing(boolean powerIsLost) throws IOException {
        boolean finished = false;
        for (int operations = 0; !finished; operations++) {
            try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
                List<String> appended = appendUntilWanted(disk);
                awaitSpare(disk);
                disk.faults().crashAfter(operations);
                while (disk.tryAppend(0, "more") instanceof AppendResult.Appended) {
                    appended.add("more");
                }
                finished = disk.bucket().status().segments() == 2;
                if (powerIsLost) {
                    disk.losePower();
                } else {
                    disk.kill();
                }
                disk.start();
                assertThat(disk.payloads(0)).as("after %d", operations).startsWith(all(appended));
                assertThat(disk.disk().exists(SPARE)).isFalse();
                disk.append(0, "after");
                assertThat(disk.payloads(0)).endsWith("after");
            }
        }
    }

    private static String[] all(List<String> payloads) {
        return payloads.toArray(String[]::new);
    }

    @Test
    void spareThatCannotBeMade_isDoneWithout() throws IOException {
        for (Operation operation : List.of(Operation.CREATE, Operation.WRITE, Operation.SYNC)) {
            try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
                disk.faults().failAt(operation, "spare");
                int appended = appendUntilWanted(disk).size();
                while (disk.bucket().status().segments() < 3) {
                    disk.append(0, MEBIBYTE);
                    appended++;
                }
                assertThat(disk.payloads(0)).hasSize(appended).hasSizeGreaterThan(36);
                while (disk.disk().exists(SPARE)) {
                    Thread.onSpinWait(); // an attempt is still under way
                }
            }
        }
    }

    /** Room that open segments, those of other buckets too, may still need is not taken. */
    @ParameterizedTest
    @ValueSource(ints = {12, 26})
    void littleRoom_isLeftToTheOpenSegments(int moreMebibytes) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            disk.faults().setUsableBytes((32L + 20 + moreMebibytes) << 20);
            long creates = disk.faults().count(Operation.CREATE);
            appendUntilWanted(disk);
            disk.append(0, MEBIBYTE);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            assertThat(disk.faults().count(Operation.CREATE)).isEqualTo(creates);
            assertThat(disk.bucket().status().segments()).isEqualTo(1);
        }
    }

    @Test
    void end_givesTheRoomBack() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(OPTIONS)) {
            appendUntilWanted(disk);
            awaitSpare(disk);
            disk.shutDown();
            assertThat(disk.disk().exists(SPARE)).isFalse();
            disk.start();
            appendUntilWanted(disk);
            awaitSpare(disk);
            disk.kill();
            assertThat(disk.disk().exists(SPARE)).isTrue();
            disk.start();
            assertThat(disk.disk().exists(SPARE)).isFalse();
        }
    }
}
