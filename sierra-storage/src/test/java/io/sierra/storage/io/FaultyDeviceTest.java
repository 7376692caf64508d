package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FaultyDeviceTest extends DeviceContract {
    private final FaultyDevice device = new FaultyDevice(new MemoryDevice());
    private final Faults faults = device.faults();

    @Override
    Device newDevice() {
        return device;
    }

    @Test
    void failOnce_hitsTheNthOnly() throws IOException {
        DeviceFile file = device.create("a");
        faults.failOnce(Operation.SYNC, 2);
        file.sync();
        assertThatIOException().isThrownBy(file::sync).withMessageContaining("a: SYNC");
        file.sync();
        assertThat(faults.count(Operation.SYNC)).isEqualTo(3);
        assertThat(faults.count()).isEqualTo(4);
    }

    @Test
    void failFrom_hitsAllUntilHealed() throws IOException {
        device.create("a");
        faults.failFrom(Operation.CREATE, 2);
        device.create("b");
        assertThatIOException().isThrownBy(() -> device.create("c"));
        assertThatIOException().isThrownBy(() -> device.create("c"));
        faults.heal();
        device.create("c");
    }

    @Test
    void failAt_hitsOnePath() throws IOException {
        faults.failAt(Operation.RENAME, "index");
        device.create("a");
        assertThatIOException().isThrownBy(() -> device.rename("a", "index.eidx"));
        device.rename("a", "data.evts");
    }

    @Test
    void shortenWrite_writesAPartAndFails() throws IOException {
        DeviceFile file = device.create("a");
        faults.shortenWrite(2, 3);
        file.write(Bytes.of("one"), 0);
        assertThatIOException().isThrownBy(() -> file.write(Bytes.of("three"), 3));
        assertThat(Bytes.readFile(device, "a")).isEqualTo("onethr");
        file.write(Bytes.of("three"), 3);
        assertThat(Bytes.readFile(device, "a")).isEqualTo("onethree");
    }

    @Test
    void setUsableBytes_fillsTheDiskAndMakesRoomAgain() throws IOException {
        DeviceFile file = device.create("a");
        faults.setUsableBytes(4);
        file.write(Bytes.of("123"), 0);
        assertThat(device.usableBytes()).isEqualTo(1);
        assertThatIOException()
                .isThrownBy(() -> file.write(Bytes.of("456"), 3))
                .withMessageContaining("No space left");
        assertThat(device.usableBytes()).isZero();
        assertThat(Bytes.readFile(device, "a")).isEqualTo("1234");
        faults.setUsableBytes(100);
        file.write(Bytes.of("456"), 3);
        assertThat(Bytes.readFile(device, "a")).isEqualTo("123456");
    }

    @Test
    void crashAfter_failsEverythingFromThenOn() throws IOException {
        DeviceFile file = device.create("a");
        faults.crashAfter(1);
        file.write(Bytes.of("1"), 0);
        assertThatIOException().isThrownBy(() -> file.write(Bytes.of("2"), 1));
        assertThatIOException().isThrownBy(file::sync);
        assertThatIOException().isThrownBy(device::usableBytes);
    }

    @Test
    void pauseNext_holdsOneSyncWhileWritesGoOn() throws Exception {
        DeviceFile file = device.create("a");
        Pause pause = faults.pauseNext(Operation.SYNC);
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<?> sync =
                    thread.submit(() -> {
                        file.sync();
                        return null;
                    });
            pause.awaitReached();
            file.write(Bytes.of("meanwhile"), 0);
            file.sync();
            assertThat(sync.isDone()).isFalse();
            pause.release();
            sync.get();
        }
    }

    @Test
    void setReadOnlyAfter_refusesChangesAndServesReads() throws IOException {
        Bytes.createFile(device, "a", "abc");
        DeviceFile file = device.open("a");
        faults.setReadOnlyAfter(1);
        file.sync();
        assertThatIOException()
                .isThrownBy(() -> file.write(Bytes.of("x"), 0))
                .withMessageContaining("Read-only file system");
        assertThatIOException().isThrownBy(() -> device.create("b"));
        assertThatIOException().isThrownBy(() -> device.delete("a"));
        assertThat(Bytes.readFile(device, "a")).isEqualTo("abc");
        assertThat(faults.hits()).isEqualTo(3);
        faults.heal();
        file.write(Bytes.of("x"), 0);
    }

    @Test
    void flipBits_changesOneByte() throws IOException {
        Bytes.createFile(device, "a", "abc");
        device.flipBits("a", 1, 0x01);
        assertThat(Bytes.readFile(device, "a")).isEqualTo("acc");
    }
}
