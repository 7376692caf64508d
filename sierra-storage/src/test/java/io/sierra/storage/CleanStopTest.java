package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start reads all of the open segment, so an orderly stop leaves little in it. */
final class CleanStopTest {
    private static final long SEGMENT_BYTES = 4 << 20;

    /** To partition 0; partition 1 gets what only has to be long. */
    private final List<String> appended = new ArrayList<>();

    private StoreOnDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk =
                new StoreOnDisk(
                        StoreOptions.defaults()
                                .withPartitioning(2, 1)
                                .withSegmentSizeBytes(SEGMENT_BYTES));
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void longOpenSegment_isSealedWithItsIndex() throws IOException {
        append("first");
        appendMegabyte();
        append("last");

        disk.shutDown();

        assertThat(disk.disk().exists(StoreOnDisk.dataFile(1))).isTrue();
        for (String index : List.of("index.eidx", "partition.pidx", "stream.sidx")) {
            String file = StoreOnDisk.dataFile(0).replace("data.evts", index);
            assertThat(disk.disk().exists(file)).as(index).isTrue();
        }
        disk.start();
        assertThat(disk.payloads(0)).isEqualTo(appended);
        append("and on");
        assertThat(disk.payloads(0)).isEqualTo(appended);
        assertThat(disk.findings()).isEmpty();
    }

    @Test
    void shortOpenSegment_staysOpen() throws IOException {
        append("one");

        for (int stop = 0; stop < 3; stop++) {
            disk.shutDown();
            disk.start();
        }

        assertThat(disk.bucket().status().segments()).isEqualTo(1);
        assertThat(disk.payloads(0)).isEqualTo(appended);
    }

    @Test
    void withoutANextSegment_staysOpen() throws IOException {
        append("first");
        appendMegabyte();
        disk.faults().failAt(Operation.CREATE, "0000000001");

        disk.shutDown();
        disk.faults().heal();
        disk.start();

        assertThat(disk.payloads(0)).isEqualTo(appended);
        append("and on");
        assertThat(disk.findings()).isEmpty();
    }

    @Test
    void killedAfterTheSeal_startsAsAfterAnyOther() throws IOException {
        append("first");
        appendMegabyte();
        disk.shutDown();

        disk.losePower();
        disk.start();

        assertThat(disk.payloads(0)).isEqualTo(appended);
        assertThat(disk.findings()).isEmpty();
    }

    /** Its repair wants the newest segment as it was: nobody may begin a next one behind it. */
    @Test
    void damagedSegment_isLeftToBeRepaired() throws IOException {
        append("first");
        appendMegabyte();
        disk.kill();
        disk.flip(0, 70);
        disk.start();
        disk.assertOutOfService(0);

        disk.shutDown();

        assertThat(disk.disk().exists(StoreOnDisk.dataFile(1))).isFalse();
        disk.flip(0, 70);
        disk.start();
        assertThat(disk.payloads(0)).isEqualTo(appended);
    }

    @Test
    void sealedSegment_takesNoMoreRoomThanItNeeds() throws IOException {
        append("first");
        appendMegabyte();

        disk.shutDown();

        try (DeviceFile file = disk.disk().openForReading(StoreOnDisk.dataFile(0))) {
            assertThat(file.size()).isBetween(1L << 20, 1_200_000L);
        }
    }

    private void appendMegabyte() {
        for (int i = 0; i < 11; i++) {
            disk.append(1, "x".repeat(100_000));
        }
    }

    private void append(String payload) {
        disk.append(0, payload);
        appended.add(payload);
    }
}
