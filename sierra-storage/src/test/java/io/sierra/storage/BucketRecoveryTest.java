package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.segment.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each row of the tables in the Javadoc of BucketRecovery, and what follows. */
final class BucketRecoveryTest {
    /** Places in a frame: in the length, in the body's checksum, in the kind. */
    private static final int LENGTH = 12;

    private static final int HEADER_LENGTH = 104;

    @Test
    void nothingButZerosBehind_theLogEndsThere() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a");
            disk.restart();
            assertThat(disk.findings()).isEmpty();
            assertThat(disk.payloads(0)).containsExactly("a");
            assertThat(disk.append(0, "b").firstPartitionSequence()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "byte {0} of the frame")
    @ValueSource(ints = {0, 4, 8, LENGTH, 16, 18, 24, 56, 100, HEADER_LENGTH, HEADER_LENGTH + 50})
    void noValidFrameBehind_isCutAsTornTail(int place) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "told");
            disk.writeUnsynced(0, "not told");
            long torn = disk.entry(0, 1).start();
            disk.kill();
            disk.flip(0, torn + place);
            disk.start();

            assertThat(disk.findings())
                    .singleElement()
                    .asString()
                    .contains("cut")
                    .contains("" + torn);
            assertThat(disk.payloads(0)).containsExactly("told");
            assertZeroFrom(disk, torn);
            assertThat(disk.append(0, "next").firstPartitionSequence()).isEqualTo(1);
            disk.restart();
            assertThat(disk.findings()).isEmpty();
            assertThat(disk.payloads(0)).containsExactly("told", "next");
        }
    }

    @Test
    void validFramesBehindThatNobodyWasToldOf_areCutWithTheTornOne() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "told");
            disk.writeUnsynced(0, "lost", "whole1", "whole2");
            Frame lost = disk.entry(0, 1);
            disk.kill();
            disk.overwrite(0, lost.start(), (int) (lost.end() - lost.start()), 0);
            disk.start();

            assertThat(disk.findings()).hasSize(1);
            assertThat(disk.payloads(0)).containsExactly("told");
            assertZeroFrom(disk, lost.start());
            disk.append(1, "other");
        }
    }

    /** The header of the second is damaged, so that of the first must not speak for both. */
    @Test
    void rotBehindADamagedBody_isNotPutDownToItsPartition() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(3)) {
            for (int i = 0; i < 3; i++) {
                disk.append(i, "first");
            }
            disk.append(2, "second");
            disk.bucket().noteDurableEnd();
            disk.kill();
            Frame body = disk.entry(0, 0);
            Frame header = disk.entry(0, 1);
            disk.flip(0, body.start() + HEADER_LENGTH + 3);
            disk.flip(0, header.start() + LENGTH);
            disk.start();

            disk.assertOutOfService(body.partitionId());
            disk.assertOutOfService(header.partitionId());
            assertThat(disk.payloads(2)).containsExactly("first", "second");
        }
    }

    @Test
    void rotWithAReadableHeader_concernsItsPartitionOnly() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(3)) {
            disk.append(0, "a0");
            disk.append(1, "b0");
            disk.append(0, "a1");
            Frame rotten = disk.entry(0, 0);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH + 3);
            for (int start = 0; start < 2; start++) { // the second gives the same answer
                disk.start();
                assertThat(disk.findings())
                        .anyMatch(text -> text.contains("offset " + rotten.start()));
                disk.assertOutOfService(0);
                assertThat(disk.payloads(1)).hasSize(start + 1);
                disk.append(1, "more");
                disk.append(2, "first");
                disk.kill();
            }
            disk.start();
            assertThat(disk.payloads(1)).containsExactly("b0", "more", "more");
            assertThat(disk.payloads(2)).containsExactly("first", "first");
        }
    }

    @ParameterizedTest(name = "byte {0} of the frame")
    @ValueSource(ints = {0, 4, 8, LENGTH, LENGTH + 2, 16, 18, 56})
    void rotWithoutAHeader_concernsPartitionsWithoutALaterProof(int place) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(3)) {
            disk.append(0, "a0");
            disk.append(1, "b0");
            disk.append(2, "c0");
            disk.append(0, "a1");
            disk.append(2, "c1");
            Frame rotten = disk.entry(0, 2); // c0
            byte[] before = disk.bytesOf(0);
            disk.kill();
            disk.flip(0, rotten.start() + place);
            disk.start();

            disk.assertOutOfService(2); // c1 does not follow what there is
            disk.assertOutOfService(1); // nothing proves that it was not b1
            assertThat(disk.payloads(0)).containsExactly("a0", "a1");
            disk.append(0, "a2");
            byte[] after = disk.bytesOf(0);
            before[(int) rotten.start() + place] ^= 0x10;
            assertThat(java.util.Arrays.mismatch(before, after))
                    .as("no byte is changed before the end of the log")
                    .isGreaterThan((int) rotten.end());
            disk.restart();
            disk.assertOutOfService(2);
            disk.assertOutOfService(1);
            assertThat(disk.payloads(0)).containsExactly("a0", "a1", "a2");
        }
    }

    @Test
    void rotInADurableEnd_concernsNobodyThatHasALaterEntry() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a0");
            disk.bucket().noteDurableEnd();
            long note = disk.frames(0).getLast().start();
            disk.append(0, "a1");
            disk.append(1, "b0");
            disk.append(1, "b1");
            disk.kill();
            disk.flip(0, note + LENGTH);
            disk.start();
            assertThat(disk.findings()).hasSize(1);
            assertThat(disk.payloads(0)).containsExactly("a0", "a1");
            assertThat(disk.payloads(1)).containsExactly("b0", "b1");
            disk.append(0, "a2");
        }
    }

    @Test
    void severalGapsAndAZeroedPart_areAllReported() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(3)) {
            for (int i = 0; i < 10; i++) {
                disk.append(0, "a" + i);
                disk.append(1, "b" + i);
            }
            disk.kill();
            Frame first = disk.entry(0, 2); // a1
            Frame second = disk.entry(0, 8); // a4
            disk.overwrite(0, first.start(), (int) (first.end() - first.start()), 0);
            disk.overwrite(0, second.start(), (int) (second.end() - second.start()), 0x5A);
            disk.start();
            assertThat(disk.findings()).filteredOn(text -> text.startsWith("damaged")).hasSize(2);
            disk.assertOutOfService(0);
            disk.assertOutOfService(2);
            assertThat(disk.payloads(1)).hasSize(10);
        }
    }

    @Test
    void rotInFrontOfATornTail_keepsTheOneAndCutsTheOther() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a0");
            disk.append(1, "b0");
            disk.append(1, "b1");
            disk.writeUnsynced(1, "torn");
            Frame rotten = disk.entry(0, 0);
            Frame torn = disk.entry(0, 3);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH);
            disk.flip(0, torn.start() + HEADER_LENGTH);
            disk.start();
            disk.assertOutOfService(0);
            assertThat(disk.payloads(1)).containsExactly("b0", "b1");
            assertZeroFrom(disk, torn.start() + HEADER_LENGTH);
            disk.append(1, "b2");
        }
    }

    /** A cut frame was the only one to say that the batch with the rotten one was durable. */
    @Test
    void rotInFrontOfATornTail_isStillRotAtTheNextStart() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.writeUnsynced(0, "a0");
            disk.writeUnsynced(1, "b0");
            disk.bucket().sync();
            disk.writeUnsynced(1, "torn", "knows how far the batch before was durable");
            Frame rotten = disk.entry(0, 0);
            Frame torn = disk.entry(0, 2);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH);
            disk.flip(0, torn.start() + HEADER_LENGTH);
            for (int start = 0; start < 3; start++) {
                disk.start();
                disk.assertOutOfService(0);
                assertThat(disk.payloads(1)).containsExactly("b0");
                disk.kill();
            }
        }
    }

    @Test
    void lastBatchOfAnIdleBucket_isRotAndNotATornTail() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a0");
            disk.bucket().noteDurableEnd();
            Frame rotten = disk.entry(0, 0);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH);
            disk.start();
            disk.assertOutOfService(0);
        }
    }

    @Test
    void lastBatchThatWasRecovered_isNotedAsDurableToo() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a0");
            disk.restart();
            disk.bucket().noteDurableEnd();
            Frame rotten = disk.entry(0, 0);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH);
            disk.start();
            disk.assertOutOfService(0);
        }
    }

    @Test
    void damage_isStillKnownAfterARollOver() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(3)) {
            disk.append(0, "a0");
            disk.append(1, "b0");
            disk.append(0, "a1");
            Frame rotten = disk.entry(0, 0);
            disk.kill();
            disk.flip(0, rotten.start() + HEADER_LENGTH);
            disk.start();
            while (disk.bucket().status().segments() < 3) {
                disk.append(1, "x".repeat(20_000));
            }
            disk.awaitIndexes();
            disk.restart();
            disk.assertOutOfService(0);
            disk.append(1, "last");
            disk.append(2, "first");
        }
    }

    @Test
    void whatAKilledProcessHasWritten_isDurableOnceItIsServed() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "told");
            disk.writeUnsynced(0, "unknown");
            disk.restart();
            assertThat(disk.payloads(0)).containsExactly("told", "unknown");
            disk.losePower();
            disk.start();
            assertThat(disk.payloads(0)).containsExactly("told", "unknown");
        }
    }

    /** What is in the page cache is not on the disk then, and no later sync brings it there. */
    @Test
    void tailThatCouldNotBeSynced_isCutAgainAndDoesNotComeBack() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a");
            disk.bucket().noteDurableEnd(); // so that nothing is written once more
            // It ends with a page: what is written in its place ends there too, without padding.
            long start = disk.frames(0).getLast().end();
            long overhead = disk.entry(0, 0).end() - disk.entry(0, 0).start() - 8;
            String torn1 = "x".repeat((int) (3 * 4_096 - start - overhead));
            disk.writeUnsynced(1, torn1);
            disk.writeUnsynced(0, "old");
            Frame torn = disk.entry(0, 1);
            Frame old = disk.entry(0, 2);
            assertThat(old.start()).isEqualTo(3 * 4_096);
            disk.kill();
            disk.overwrite(0, torn.start(), 104, 1); // and all of it is on the disk
            for (int nth = 1; nth <= 2; nth++) { // of the beginning, and of all
                int failing = nth;
                assertThatThrownBy(() -> disk.startWithFailure(Operation.SYNC, failing))
                        .hasMessageContaining("SYNC fails as told");
            }
            disk.start();
            String written = torn1.replace('x', 'n');
            disk.append(1, written);
            assertThat(disk.entry(0, 1).start()).isEqualTo(torn.start());
            disk.losePower();
            disk.start();
            assertZeroFrom(disk, disk.frames(0).getLast().end());
            assertThat(disk.payloads(0)).containsExactly("a");
            assertThat(disk.payloads(1)).hasSize(1);
        }
    }

    @Test
    void noSegment_isTheFirstStart() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.kill();
            disk.disk().delete(StoreOnDisk.dataFile(0));
            disk.disk().delete("buckets/00000/segments/0000000000");
            disk.start();
            assertThat(disk.findings()).isEmpty();
            assertThat(disk.append(0, "a").firstPartitionSequence()).isZero();
        }
    }

    @Test
    void directoryWithoutAFile_isAnUnfinishedRollOver() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "a");
            disk.kill();
            disk.disk().createDirectories("buckets/00000/segments/0000000001");
            assertGoesOn(disk);
        }
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, 63, 64, 5_000})
    void fileWithoutHeaderAndFrame_isAnUnfinishedRollOver(int lengthBytes) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1)) {
            disk.append(0, "a");
            disk.kill();
            disk.disk().createDirectories("buckets/00000/segments/0000000001");
            try (DeviceFile file = disk.disk().create(StoreOnDisk.dataFile(1))) {
                file.setSize(lengthBytes);
                file.sync();
            }
            assertGoesOn(disk);
        }
    }

    /** Its beginning was durable before the segment before it got its index. */
    @ParameterizedTest(name = "{0} bytes are left")
    @ValueSource(ints = {-2, -1, 0, 63, 64, 5_000})
    void segmentWithoutABeginningBehindAnIndexedOne_isRot(int lengthBytes) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            rollOver(disk);
            disk.append(1, "acknowledged");
            disk.awaitIndexes();
            disk.kill();
            disk.disk().delete(StoreOnDisk.dataFile(1));
            if (lengthBytes == -2) {
                disk.disk().delete("buckets/00000/segments/0000000001");
            } else if (lengthBytes >= 0) {
                disk.create(1, new byte[lengthBytes]);
            }
            for (int start = 0; start < 2; start++) {
                disk.start();
                disk.assertOutOfService(0);
                disk.assertOutOfService(1);
                assertThat(disk.findings()).anyMatch(text -> text.contains("0000000001/data.evts"));
                disk.shutDown();
            }
            disk.start();
        }
    }

    /** Whoever was to sync it has died, after a sync that failed and left it in the cache. */
    @ParameterizedTest(name = "sync {0} of a roll-over")
    @ValueSource(ints = {1, 2, 3, 4})
    void beginningThatIsOnlyInThePageCache_isDurableBeforeTheIndexThatProvesIt(int nth)
            throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(50)) {
            for (int partition = 0; partition < 50; partition++) {
                disk.append(partition, "a"); // the checkpoint is longer than a sector
            }
            while (disk.bytesOf(0).length - disk.bucket().status().openSegmentBytes() > 30_000) {
                disk.append(0, "x".repeat(20_000));
            }
            disk.faults().failOnce(Operation.SYNC, nth);
            for (int i = 0; i < 2; i++) {
                var _ = disk.tryAppend(0, "x".repeat(20_000));
            }
            disk.kill();
            disk.start();
            disk.awaitIndexes();
            disk.append(1, "b");
            disk.losePower();
            disk.start();
            assertThat(disk.findings()).isEmpty();
            assertThat(disk.payloads(1)).containsExactly("a", "b");
        }
    }

    private static void rollOver(StoreOnDisk disk) {
        while (disk.bucket().status().segments() < 2) {
            disk.append(0, "x".repeat(20_000));
        }
    }

    /** The unfinished segment is replaced when its time comes. */
    private static void assertGoesOn(StoreOnDisk disk) throws IOException {
        disk.start();
        assertThat(disk.bucket().status().segments()).isEqualTo(1);
        assertThat(disk.append(0, "b").firstPartitionSequence()).isEqualTo(1);
        while (disk.bucket().status().segments() < 3) {
            disk.append(0, "x".repeat(20_000));
        }
        disk.restart();
        assertThat(disk.findings()).isEmpty();
        assertThat(disk.bucket().status().segments()).isEqualTo(3);
        assertThat(disk.payloads(0)).startsWith("a", "b");
    }

    @ParameterizedTest(name = "{0} bytes of the last frame are left")
    @ValueSource(ints = {1, 50, HEADER_LENGTH, HEADER_LENGTH + 9})
    void fileThatEndsWithinAFrame_isRotAndNoTornTail(int left) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            disk.append(0, "a");
            disk.append(0, "was here");
            long last = disk.entry(0, 1).start();
            disk.kill();
            try (DeviceFile file = disk.disk().open(StoreOnDisk.dataFile(0))) {
                file.setSize(last + left);
                file.sync();
            }
            for (int start = 0; start < 2; start++) { // the second gives the same answer
                disk.start();
                assertThat(disk.findings()).anyMatch(text -> text.contains("offset " + last));
                disk.assertOutOfService(0);
                disk.assertOutOfService(1); // nobody knows what else was there
                disk.kill();
            }
            try (DeviceFile file = disk.disk().open(StoreOnDisk.dataFile(0))) {
                assertThat(file.size()).isEqualTo(last + left);
            }
        }
    }

    @ParameterizedTest(name = "byte {0} of the segment")
    @ValueSource(ints = {0, 5, 7, 13, 20, 40, 63, SegmentHeader.LENGTH_BYTES + LENGTH, 64 + 104})
    void damagedHead_takesAllPartitionsOutOfService(int place) throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            while (disk.bucket().status().segments() < 2) {
                disk.append(0, "x".repeat(20_000));
            }
            disk.append(1, "b");
            disk.append(0, "c");
            disk.kill();
            disk.flip(1, place);
            for (int start = 0; start < 2; start++) {
                disk.start();
                assertThat(disk.findings()).isNotEmpty();
                disk.assertOutOfService(0);
                disk.assertOutOfService(1);
                disk.kill();
            }
            disk.flip(1, place); // the bytes are all still there
            disk.start();
            assertThat(disk.payloads(1)).containsExactly("b");
            assertThat(disk.payloads(0)).endsWith("c");
        }
    }

    @Test
    void segmentInWhichNothingIsReadable_isNotTakenForAnUnfinishedRollOver() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(2)) {
            while (disk.bucket().status().segments() < 2) {
                disk.append(0, "x".repeat(20_000));
            }
            int end = (int) disk.frames(1).getLast().end();
            disk.kill();
            disk.overwrite(1, 0, end - 64, 0);
            byte[] before = disk.bytesOf(1);
            for (int start = 0; start < 2; start++) {
                disk.start();
                disk.assertOutOfService(0);
                disk.assertOutOfService(1);
                disk.shutDown();
                assertThat(disk.bytesOf(1)).isEqualTo(before);
            }
        }
    }

    /** As after mixing files of two copies of a store. */
    @Test
    void frameThatFollowsAnotherOne_breaksTheChain() throws IOException {
        try (StoreOnDisk disk = new StoreOnDisk(1);
                StoreOnDisk copy = new StoreOnDisk(disk)) {
            disk.append(0, "a0");
            copy.append(0, "A0");
            copy.append(0, "A1");
            Frame foreign = copy.entry(0, 1);
            disk.append(0, "a1");
            disk.append(0, "a2");
            assertThat(disk.entry(0, 1)).isEqualTo(foreign);
            disk.kill();
            try (DeviceFile file = disk.disk().open(StoreOnDisk.dataFile(0))) {
                int length = (int) (foreign.end() - foreign.start());
                file.write(
                        ByteBuffer.wrap(copy.bytesOf(0), (int) foreign.start(), length),
                        foreign.start());
            }
            disk.start();
            assertThat(disk.bucket().damageOf(0)).contains("chain");
            disk.assertOutOfService(0);
        }
    }

    private static void assertZeroFrom(StoreOnDisk disk, long offset) throws IOException {
        byte[] bytes = disk.bytesOf(0);
        for (long i = offset; i < bytes.length; i++) {
            assertThat(bytes[(int) i]).as("byte %d", i).isZero();
        }
    }
}
