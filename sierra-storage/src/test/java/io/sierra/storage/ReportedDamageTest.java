package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever reads sealed segments again says that entries of partition 0 are lost. */
final class ReportedDamageTest {
    private StoreOnDisk disk;

    @BeforeEach
    void fill() throws IOException {
        disk = new StoreOnDisk(2);
        disk.append(0, "a");
        disk.append(1, "b");
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    @Test
    void reportDamage_isKnownAtOnceAndAfterALossOfPower() throws IOException {
        disk.store().reportDamage(0, "lost in the dark");
        assertOnlyPartitionZeroIsOutOfService();

        disk.losePower();
        disk.start();
        assertOnlyPartitionZeroIsOutOfService();
        assertThat(disk.findings()).singleElement().asString().contains("lost in the dark");
    }

    /** It is said that the next start will not know, and the next report writes it down. */
    @Test
    void reportDamage_thatCannotBeWrittenDown_fails() throws IOException {
        disk.shutDown();
        disk.startWithFault(Operation.CREATE, "damage");
        assertThatThrownBy(() -> disk.store().reportDamage(0, "lost"))
                .isInstanceOf(IOException.class);
        assertOnlyPartitionZeroIsOutOfService();

        disk.faults().heal();
        disk.store().reportDamage(0, "lost");
        disk.losePower();
        disk.start();
        assertOnlyPartitionZeroIsOutOfService();
    }

    private void assertOnlyPartitionZeroIsOutOfService() throws IOException {
        disk.assertOutOfService(0);
        assertThat(disk.payloads(1)).containsExactly("b");
    }
}
