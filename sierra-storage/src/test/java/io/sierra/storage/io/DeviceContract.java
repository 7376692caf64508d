package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Device} does. */
abstract class DeviceContract {
    private Device device;

    /** An empty device. */
    abstract Device newDevice() throws IOException;

    @BeforeEach
    void open() throws IOException {
        device = newDevice();
    }

    @AfterEach
    void close() throws IOException {
        device.close();
    }

    @Test
    void create_writesAndReadsAtAnyOffset() throws IOException {
        try (DeviceFile file = device.create("a")) {
            ByteBuffer source = Bytes.of("hello");
            file.write(source, 1000);
            assertThat(source.hasRemaining()).isFalse();
            assertThat(file.size()).isEqualTo(1005);
            assertThat(Bytes.read(file, 998, 7)).isEqualTo("\0\0hello");
            assertThat(Bytes.read(file, 1003, 100)).isEqualTo("lo");
            assertThat(file.read(ByteBuffer.allocate(1), 1005)).isZero();
            assertThat(file.read(ByteBuffer.allocate(1), 5000)).isZero();
        }
    }

    @Test
    void write_leavesWhatLiesBesideIt() throws IOException {
        try (DeviceFile file = device.create("a")) {
            file.write(Bytes.of("0123456789"), 0);
            file.write(Bytes.of("xxAByy").position(2).limit(4), 3);
            assertThat(Bytes.read(file, 0, 10)).isEqualTo("012AB56789");
        }
    }

    @Test
    void createUncached_writesWholeBlocks() throws IOException {
        ByteBuffer blocks = ByteBuffer.allocateDirect(3 << 16).alignedSlice(1 << 16).limit(1 << 16);
        blocks.put(0, (byte) 'a').put((1 << 16) - 1, (byte) 'z');
        try (DeviceFile file = device.createUncached("a")) {
            file.write(blocks.duplicate(), 0);
            file.write(blocks, 1 << 16);
            file.sync();
        }
        assertThatIOException().isThrownBy(() -> device.createUncached("a"));
        try (DeviceFile file = device.open("a")) {
            assertThat(file.size()).isEqualTo(2 << 16);
            assertThat(Bytes.read(file, (1 << 16) - 1, 2)).isEqualTo("za");
            file.write(Bytes.of("b"), 1 << 16);
            assertThat(Bytes.read(file, (1 << 16) - 1, 2)).isEqualTo("zb");
        }
    }

    @Test
    void create_existingName_fails() throws IOException {
        device.create("a").close();
        assertThatIOException().isThrownBy(() -> device.create("a"));
    }

    @Test
    void create_missingDirectory_fails() {
        assertThatIOException().isThrownBy(() -> device.create("d/a"));
    }

    @Test
    void open_missingFile_fails() {
        assertThatIOException().isThrownBy(() -> device.open("a"));
        assertThatIOException().isThrownBy(() -> device.openForReading("a"));
    }

    @Test
    void openForReading_refusesToWrite() throws IOException {
        Bytes.createFile(device, "a", "hello");
        try (DeviceFile file = device.openForReading("a")) {
            assertThatExceptionOfType(NonWritableChannelException.class)
                    .isThrownBy(() -> file.write(Bytes.of("x"), 0));
            assertThatExceptionOfType(NonWritableChannelException.class)
                    .isThrownBy(() -> file.setSize(0));
            assertThat(Bytes.read(file, 0, 5)).isEqualTo("hello");
        }
    }

    @Test
    void closedFile_fails() throws IOException {
        DeviceFile file = device.create("a");
        file.close();
        file.close();
        assertThatIOException().isThrownBy(file::size);
        assertThatIOException().isThrownBy(() -> file.write(Bytes.of("x"), 0));
        assertThatIOException().isThrownBy(file::sync);
    }

    @Test
    void setSize_cutsAndExtendsWithZeros() throws IOException {
        try (DeviceFile file = device.create("a")) {
            file.write(Bytes.of("hello"), 0);
            file.setSize(2);
            assertThat(file.size()).isEqualTo(2);
            file.setSize(100_000);
            assertThat(file.size()).isEqualTo(100_000);
            assertThat(Bytes.read(file, 0, 5)).isEqualTo("he\0\0\0");
            assertThat(Bytes.read(file, 99_999, 5)).isEqualTo("\0");
            file.setSize(0);
            assertThat(file.size()).isZero();
        }
    }

    @Test
    void map_seesLaterWritesAndLaterGrowth() throws IOException {
        try (DeviceFile file = device.create("a");
                Arena arena = Arena.ofShared()) {
            file.setSize(8);
            MemorySegment map = file.map(0, 8, arena);
            file.write(Bytes.of("ab"), 2);
            assertThat(Bytes.of(map)).isEqualTo("\0\0ab\0\0\0\0");
            file.write(Bytes.of("z"), 1_000_000);
            file.write(Bytes.of("cd"), 6);
            assertThat(Bytes.of(map)).isEqualTo("\0\0ab\0\0cd");
            assertThat(map.isReadOnly()).isTrue();
        }
    }

    @Test
    void map_outlivesTheFileAndEndsWithItsArena() throws IOException {
        Bytes.createFile(device, "a", "hello");
        MemorySegment map;
        try (Arena arena = Arena.ofShared()) {
            try (DeviceFile file = device.openForReading("a")) {
                map = file.map(1, 3, arena);
            }
            device.delete("a");
            assertThat(Bytes.of(map)).isEqualTo("ell");
        }
        assertThat(map.scope().isAlive()).isFalse();
    }

    @Test
    void map_emptyFile_isEmpty() throws IOException {
        try (DeviceFile file = device.create("a");
                Arena arena = Arena.ofShared()) {
            assertThat(file.map(0, 0, arena).byteSize()).isZero();
        }
    }

    @Test
    void map_beyondTheEnd_failsAndDoesNotGrowTheFile() throws IOException {
        try (DeviceFile file = device.create("a");
                Arena arena = Arena.ofShared()) {
            file.setSize(10);
            assertThatIOException()
                    .isThrownBy(() -> file.map(5, 6, arena))
                    .withMessageContaining(file.name());
            assertThat(file.size()).isEqualTo(10);
        }
    }

    @Test
    void list_namesOfOneDirectory_sorted() throws IOException {
        device.createDirectories("d/e");
        device.create("d/c").close();
        device.create("d/a").close();
        device.create("d/e/x").close();
        assertThat(device.list("d")).containsExactly("a", "c", "e");
        assertThat(device.list("")).containsExactly("d");
        assertThat(device.list("nowhere")).isEmpty();
        assertThat(device.exists("d/e")).isTrue();
        assertThat(device.exists("d/f")).isFalse();
        assertThat(device.exists("")).isTrue();
    }

    @Test
    void createDirectories_twice_isNoError() throws IOException {
        device.createDirectories("d/e");
        device.createDirectories("d/e");
        assertThat(device.list("d")).containsExactly("e");
    }

    @Test
    void createDirectories_overFile_fails() throws IOException {
        device.create("d").close();
        assertThatIOException().isThrownBy(() -> device.createDirectories("d/e"));
    }

    @Test
    void rename_replacesTheOtherFile() throws IOException {
        device.createDirectories("d");
        Bytes.createFile(device, "a", "new");
        Bytes.createFile(device, "d/b", "old");
        device.rename("a", "d/b");
        assertThat(device.exists("a")).isFalse();
        assertThat(Bytes.readFile(device, "d/b")).isEqualTo("new");
    }

    @Test
    void rename_missingFile_fails() {
        assertThatIOException().isThrownBy(() -> device.rename("a", "b"));
    }

    @Test
    void delete_fileOrEmptyDirectoryOrNothing() throws IOException {
        device.createDirectories("d");
        device.create("d/a").close();
        assertThatIOException().isThrownBy(() -> device.delete("d"));
        device.delete("d/a");
        device.delete("d");
        device.delete("d");
        assertThat(device.exists("d")).isFalse();
    }

    @Test
    void delete_openFile_staysReadable() throws IOException {
        Bytes.createFile(device, "a", "hello");
        try (DeviceFile file = device.openForReading("a")) {
            device.delete("a");
            device.create("a").close();
            assertThat(Bytes.read(file, 0, 5)).isEqualTo("hello");
        }
    }

    @Test
    void syncDirectory_missing_fails() throws IOException {
        device.syncDirectory("");
        assertThatIOException().isThrownBy(() -> device.syncDirectory("nowhere"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "..", "a/../../b", "a//b", "a/", "."})
    void path_thatIsNotBelowTheStore_isRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> device.open(path));
        assertThatIllegalArgumentException().isThrownBy(() -> device.delete(path));
    }

    @Test
    void usableBytes_isPositive() throws IOException {
        assertThat(device.usableBytes()).isPositive();
    }

    @Test
    void describe_isTheNameOfTheFile() throws IOException {
        try (DeviceFile file = device.create("a")) {
            assertThat(file.name()).isEqualTo(device.describe("a")).endsWith("/a");
        }
    }

    @Test
    void lock_taken_namesTheProcess() throws IOException {
        device.lock();
        assertThatIOException()
                .isThrownBy(device::lock)
                .withMessageEndingWith(" is in use by process " + ProcessHandle.current().pid());
        device.close();
        device.lock();
    }
}
