package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.id.EventId;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.read.PartitionFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An entry of partition 0 is lost in a sealed segment, as is the index that knew of it. */
final class SealedDamageTest {
    private static final String SEGMENT = "buckets/00000/segments/0000000000";
    private static final String NOTES = "buckets/00000/damage.json";
    private static final int LENGTH_OFFSET = 12;

    private StoreOnDisk disk;
    private Frame lost;

    @BeforeEach
    void loseAnEntry() throws IOException {
        disk = new StoreOnDisk(3);
        disk.append(1, "b0");
        disk.append(0, "a0");
        disk.append(1, "b1");
        while (disk.bucket().status().segments() < 2) {
            disk.append(2, "x".repeat(20_000));
        }
        disk.append(0, "a1");
        disk.awaitIndexes();
        lost = disk.entry(0, 1);
        disk.shutDown();
        deleteIndexes();
        disk.flip(0, lost.start() + LENGTH_OFFSET);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void deleteIndexes() throws IOException {
        for (String name : disk.disk().list(SEGMENT)) {
            if (!name.equals("data.evts")) {
                disk.disk().delete(SEGMENT + "/" + name);
            }
        }
    }

    @Test
    void loss_isFoundWhenTheIndexIsMadeAgain() throws IOException {
        disk.start();

        assertOnlyPartitionZeroIsOutOfService();
        assertThat(disk.findings())
                .singleElement()
                .asString()
                .contains("partitions [0]", "0000000000/data.evts", "offset " + lost.start());
    }

    /** The frame before it has a readable header, which tells of another partition. */
    @Test
    void lossRightBehindADamagedBody_isFoundToo() throws IOException {
        Frame before = disk.entry(0, 0);
        assertThat(before.end()).isEqualTo(lost.start());
        disk.flip(0, before.end() - 20);
        disk.start();

        disk.assertOutOfService(0);
        disk.assertOutOfService(1);
        assertThat(disk.payloads(2)).isNotEmpty();
    }

    /** The new index knows nothing of the lost entry. */
    @Test
    void loss_isStillKnownAfterRestarts() throws IOException {
        disk.start();
        disk.awaitIndexes();
        for (int restart = 0; restart < 2; restart++) {
            disk.restart();
            assertThat(disk.bucket().status().index().rebuilds()).isZero();
            assertOnlyPartitionZeroIsOutOfService();
            assertThat(disk.findings()).anyMatch(text -> text.contains("offset " + lost.start()));
        }
        disk.losePower();
        disk.start();
        assertOnlyPartitionZeroIsOutOfService();
    }

    /** The id that a client has chosen names another partition than the one that it is in. */
    @Test
    void lookUpOfWhatMayBeLost_failsInsteadOfFindingNothing() throws IOException {
        disk.start();
        EventId lostOne = new EventId(1, 1L << 46);
        assertThat(disk.store().partitioning().partitionNamedBy(lostOne)).isNotZero();

        assertThatThrownBy(() -> disk.store().get(lostOne, _ -> true))
                .isInstanceOfSatisfying(
                        PartitionFailedException.class,
                        failed -> assertThat(failed.partitionId()).isZero());
        assertThatThrownBy(() -> disk.store().reader().get(lostOne, _ -> true))
                .isInstanceOf(PartitionFailedException.class);
    }

    @Test
    void loss_isStillKnownAfterARollOver() throws IOException {
        disk.start();
        while (disk.bucket().status().segments() < 3) {
            disk.append(1, "x".repeat(20_000));
        }
        disk.awaitIndexes();
        disk.restart();

        disk.assertOutOfService(0);
        assertThat(disk.payloads(1)).startsWith("b0", "b1");
    }

    @Test
    void lossThatCannotBeNoted_keepsTheIndexFromBeingWritten() throws IOException {
        disk.startWithFault(Operation.CREATE, "damage");
        assertOnlyPartitionZeroIsOutOfService();
        assertThat(disk.bucket().status().index().pendingSeals()).isEqualTo(1);
        disk.kill();
        assertThat(disk.disk().exists(NOTES)).isFalse();
        assertThat(disk.disk().list(SEGMENT)).containsExactly("data.evts");

        disk.startWithFault(Operation.CREATE, "damage");
        disk.faults().heal();
        disk.awaitIndexes();
        disk.restart();
        assertOnlyPartitionZeroIsOutOfService();
    }

    /** What the notes were about is unknown then, so it can be any partition of the bucket. */
    @Test
    void damagedNotes_takeAllPartitionsOutOfService() throws IOException {
        disk.start();
        disk.awaitIndexes();
        for (String contents : new String[] {"", "null", "{}", "{\"format_version\": 2}", "\0"}) {
            disk.kill();
            overwriteNotes(contents);
            disk.start();
            for (int partition = 0; partition < 3; partition++) {
                disk.assertOutOfService(partition);
            }
            assertThat(disk.findings()).singleElement().asString().contains(NOTES);
        }
    }

    private void overwriteNotes(String contents) throws IOException {
        disk.disk().delete(NOTES);
        try (DeviceFile file = disk.disk().create(NOTES)) {
            file.write(ByteBuffer.wrap(contents.getBytes(StandardCharsets.UTF_8)), 0);
            file.sync();
        }
    }

    private void assertOnlyPartitionZeroIsOutOfService() throws IOException {
        disk.assertOutOfService(0);
        assertThat(disk.payloads(1)).as("proved by the checkpoint behind").startsWith("b0", "b1");
        assertThat(disk.payloads(2)).isNotEmpty();
        disk.append(1, "more");
    }
}
