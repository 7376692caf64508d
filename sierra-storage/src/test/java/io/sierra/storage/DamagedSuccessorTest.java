package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.segment.SegmentHeader;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The index of segment 0 has to be made again, and the beginning of segment 1, which says where
 * segment 0 ended, is damaged. The last entry of segment 0 is one of partition 0, of which there
 * are none in segment 1.
 */
final class DamagedSuccessorTest {
    private static final int FILLER = 3;
    private static final int FILLER_BYTES = 20_000;
    private static final String SEGMENT = "buckets/00000/segments/0000000000";

    private StoreOnDisk disk;
    private Frame last;

    /** What is damaged at the beginning of segment 1. */
    private enum Beginning {
        HEADER,
        CHECKPOINT,
        BOTH
    }

    @BeforeEach
    void fillTwoSegments() throws IOException {
        disk = new StoreOnDisk(4);
        disk.append(0, "a0");
        disk.append(1, "b0");
        while (endOf(0) + 2 * FILLER_BYTES < StoreOptions.MIN_SEGMENT_BYTES) {
            disk.append(FILLER, "x".repeat(FILLER_BYTES));
        }
        disk.append(0, "a1".repeat(FILLER_BYTES / 2));
        disk.append(FILLER, "x".repeat(FILLER_BYTES));
        assertThat(disk.bucket().status().segments()).isEqualTo(2);
        disk.append(1, "b1");
        while (disk.bucket().status().segments() < 3) {
            disk.append(FILLER, "x".repeat(FILLER_BYTES));
        }
        disk.append(0, "a2");
        disk.awaitIndexes();
        disk.shutDown();
        last = disk.frames(0).getLast();
        assertThat(last.partitionId()).isZero();
        deleteIndexes();
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private long endOf(int segmentNumber) throws IOException {
        return disk.frames(segmentNumber).getLast().end();
    }

    private void deleteIndexes() throws IOException {
        for (String name : disk.disk().list(SEGMENT)) {
            if (!name.equals("data.evts")) {
                disk.disk().delete(SEGMENT + "/" + name);
            }
        }
    }

    private void damage(Beginning beginning) throws IOException {
        if (beginning != Beginning.CHECKPOINT) {
            disk.flip(1, 4);
        }
        if (beginning != Beginning.HEADER) {
            disk.flip(1, SegmentHeader.LENGTH_BYTES + 4);
        }
    }

    @ParameterizedTest
    @EnumSource(Beginning.class)
    void nothingLost_everyPartitionIsServed(Beginning beginning) throws IOException {
        damage(beginning);

        disk.start();
        assertThat(disk.findings()).isEmpty();
        assertThat(disk.payloads(0)).hasSize(3);
        assertOthersAreServed();
    }

    @ParameterizedTest
    @EnumSource(Beginning.class)
    void lastEntryRotten_itsPartitionIsOutOfServiceAndNoOther(Beginning beginning)
            throws IOException {
        damage(beginning);
        disk.flip(0, last.start() + 12);

        assertOnlyPartitionZeroIsOutOfService();
    }

    /** It looks as if there had never been such an entry. */
    @ParameterizedTest
    @EnumSource(Beginning.class)
    void lastEntryZeroed_itsPartitionIsOutOfServiceAndNoOther(Beginning beginning)
            throws IOException {
        damage(beginning);
        disk.overwrite(0, last.start(), (int) (last.end() - last.start()), 0);

        assertOnlyPartitionZeroIsOutOfService();
    }

    /** An index that was made from less is not taken for that of the segment. */
    @Test
    void damagedCheckpoint_theEndOfTheFramesIsStillKnown() throws IOException {
        byte[] first = disk.bytesOf(0);
        byte[] second = disk.bytesOf(1);
        damage(Beginning.HEADER);
        disk.overwrite(0, last.start(), (int) (last.end() - last.start()), 0);
        disk.start();
        disk.awaitIndexes(); // without the last entry
        disk.shutDown();
        disk.disk().delete("buckets/00000/damage.json");
        replace(0, first);
        replace(1, second);
        damage(Beginning.CHECKPOINT);

        disk.start();
        assertThat(disk.payloads(0)).hasSize(3);
    }

    private void replace(int segmentNumber, byte[] bytes) throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(segmentNumber));
        disk.create(segmentNumber, bytes);
    }

    private void assertOnlyPartitionZeroIsOutOfService() throws IOException {
        for (int start = 0; start < 2; start++) {
            disk.start();
            disk.awaitIndexes();
            disk.assertOutOfService(0);
            assertOthersAreServed();
            disk.kill();
        }
        disk.start();
    }

    private void assertOthersAreServed() throws IOException {
        assertThat(disk.payloads(1)).startsWith("b0", "b1");
        assertThat(disk.payloads(FILLER)).isNotEmpty();
        disk.append(1, "more");
        disk.append(2, "new");
        assertThat(disk.payloads(2)).containsOnly("new");
    }
}
