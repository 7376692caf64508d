package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class MemoryDeviceTest extends DeviceContract {
    private static final int CRASHES = 200;

    @Override
    Device newDevice() {
        return new MemoryDevice();
    }

    @Test
    void crash_keepsWhatWasSynced() throws IOException {
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::synced)) {
            assertThat(Bytes.readFile(after, "a")).isEqualTo("old");
        }
    }

    @Test
    void crash_decidesAboutEachUnsyncedSector() throws IOException {
        Set<String> seen = new HashSet<>();
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::overwrittenSectors)) {
            String text = Bytes.readFile(after, "a");
            assertThat(text).hasSize(1536);
            for (int i = 0; i < 1536; i += 512) {
                assertThat(text.substring(i, i + 512)).isIn("o".repeat(512), "n".repeat(512));
            }
            seen.add("" + text.charAt(0) + text.charAt(512) + text.charAt(1024));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder("ooo", "oon", "ono", "onn", "noo", "non", "nno", "nnn");
    }

    @Test
    void crash_unsyncedGrowth_hasAnyLengthInBetween() throws IOException {
        Set<Integer> lengths = new HashSet<>();
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::grown)) {
            String text = Bytes.readFile(after, "a");
            assertThat(text).startsWith("old").matches("old[n\0]*");
            lengths.add(text.length());
        }
        assertThat(lengths).contains(3, 2000).hasSizeGreaterThan(10).allMatch(n -> n <= 2000);
    }

    @Test
    void crash_unsyncedCut_isWhollyDoneOrNot() throws IOException {
        String old = "o".repeat(2000);
        Set<String> seen = new HashSet<>();
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::cut)) {
            seen.add(Bytes.readFile(after, "a"));
        }
        assertThat(seen).containsExactlyInAnyOrder(old, old.substring(0, 700));
    }

    @Test
    void crash_cutAndRewritten_showsNoOldBytesBehindTheCutIfItSurvived() throws IOException {
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::cutAndRewritten)) {
            String text = Bytes.readFile(after, "a");
            if (text.length() == 2000 && text.substring(700).equals("o".repeat(1300))) continue;
            assertThat(text).matches("o{700}[n\0]*");
        }
    }

    @Test
    void crash_cutAndSynced_isOver() throws IOException {
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::cutSyncedAndRewritten)) {
            assertThat(Bytes.readFile(after, "a")).isEqualTo("o".repeat(700) + "n".repeat(1300));
        }
    }

    @Test
    void crash_unsyncedName_mayBeLost() throws IOException {
        Set<Boolean> seen = new HashSet<>();
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::unsyncedName)) {
            seen.add(after.exists("b"));
        }
        assertThat(seen).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void crash_unsyncedRename_isAtomic() throws IOException {
        Set<String> seen = new HashSet<>();
        for (MemoryDevice after : allCrashesOf(MemoryDeviceTest::unsyncedRename)) {
            seen.add(after.list("") + Bytes.readFile(after, "a"));
        }
        assertThat(seen).containsExactlyInAnyOrder("[a]new", "[a, tmp]old");
    }

    @Test
    void crash_renameBetweenDirectories_isDurableWhenBothAreSynced() throws IOException {
        MemoryDevice device = synced();
        device.createDirectories("d");
        device.rename("a", "d/a");
        device.syncDirectory("d");
        assertThat(device.crashLosingAllUnsynced().exists("a")).isTrue();

        device = synced();
        device.createDirectories("d");
        device.rename("a", "d/a");
        device.syncDirectory("d");
        device.syncDirectory("");
        assertThat(device.crashLosingAllUnsynced().exists("d/a")).isTrue();
    }

    @Test
    void crash_unsyncedDelete_mayComeBack() throws IOException {
        MemoryDevice device = synced();
        device.delete("a");
        assertThat(device.crashLosingAllUnsynced().exists("a")).isTrue();

        device = synced();
        device.delete("a");
        device.syncDirectory("");
        assertThat(device.crashLosingAllUnsynced().exists("a")).isFalse();
    }

    @Test
    void crash_losingOrKeepingAll_isExact() throws IOException {
        assertThat(Bytes.readFile(grown().crashLosingAllUnsynced(), "a")).isEqualTo("old");
        assertThat(Bytes.readFile(grown().crashKeepingAllUnsynced(), "a"))
                .isEqualTo("old" + "n".repeat(1997));
        assertThat(cut().crashLosingAllUnsynced().openForReading("a").size()).isEqualTo(2000);
        assertThat(cut().crashKeepingAllUnsynced().openForReading("a").size()).isEqualTo(700);
    }

    @Test
    void crash_leavesNothingUnsynced() throws IOException {
        MemoryDevice first = grown().crashKeepingAllUnsynced();
        assertThat(Bytes.readFile(first.crashLosingAllUnsynced(), "a")).hasSize(2000);
    }

    @Test
    void crash_sameSeed_sameDisk() throws IOException {
        String once = Bytes.readFile(overwrittenSectors().crash(random(7)), "a");
        String again = Bytes.readFile(overwrittenSectors().crash(random(7)), "a");
        assertThat(again).isEqualTo(once);
    }

    @Test
    void crash_oldDeviceAndItsFilesFail_mapsStay() throws IOException {
        MemoryDevice device = synced();
        DeviceFile file = device.open("a");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment map = file.map(0, 3, arena);
            device.crashKeepingAllUnsynced();
            assertThatIOException().isThrownBy(() -> file.write(Bytes.of("x"), 0));
            assertThatIOException().isThrownBy(file::sync);
            assertThatIOException().isThrownBy(() -> device.open("a"));
            assertThatIOException().isThrownBy(() -> device.syncDirectory(""));
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> device.exists("a"));
            assertThat(Bytes.of(map)).isEqualTo("old");
        }
    }

    @Test
    void flipBits_isSeenAndSurvives() throws IOException {
        MemoryDevice device = synced();
        device.flipBits("a", 1, 1);
        assertThat(Bytes.readFile(device, "a")).isEqualTo("omd");
        assertThat(Bytes.readFile(device.crashLosingAllUnsynced(), "a")).isEqualTo("omd");
    }

    /** As ext4 and XFS do: the pages count as written and no later sync writes them. */
    @Test
    void failedSync_isNotMadeGoodByTheNextOne() throws IOException {
        MemoryDevice device = syncedFile("o".repeat(1024));
        FaultyDevice faulty = new FaultyDevice(device);
        DeviceFile file = faulty.open("a");
        file.write(Bytes.of("n".repeat(1024)), 0);
        faulty.faults().failOnce(Faults.Operation.SYNC, 1);
        assertThatIOException().isThrownBy(file::sync);
        file.write(Bytes.of("m".repeat(512)), 512);
        file.sync();
        assertThat(Bytes.readFile(device, "a")).isEqualTo("n".repeat(512) + "m".repeat(512));
        assertThat(Bytes.readFile(device.crashLosingAllUnsynced(), "a"))
                .isEqualTo("o".repeat(512) + "m".repeat(512));
    }

    @Test
    void setUsableBytes_onlyHolesAndNewNamesWantRoom() throws IOException {
        MemoryDevice device = syncedFile("o".repeat(5_000));
        device.setUsableBytes(4_096);
        DeviceFile file = device.open("a");
        file.write(Bytes.of("n".repeat(8_192)), 0); // what the file has already
        assertThat(device.usableBytes()).isEqualTo(4_096);
        file.setSize(1 << 20);
        assertThat(device.usableBytes()).isEqualTo(4_096);
        assertThatIOException()
                .isThrownBy(() -> file.write(Bytes.of("n".repeat(8_192)), 8_192))
                .withMessageContaining("No space left");
        assertThat(Bytes.read(file, 8_192, 8_192))
                .isEqualTo("n".repeat(4_096) + "\0".repeat(4_096));
        assertThatIOException().isThrownBy(() -> device.create("b"));
        device.delete("a");
        assertThat(device.usableBytes()).isEqualTo(3 * 4_096);
        device.create("b");
    }

    @Test
    void copy_isAnotherDisk() throws IOException {
        MemoryDevice device = grown();
        MemoryDevice copy = device.copy();
        device.open("a").write(Bytes.of("x"), 0);
        assertThat(Bytes.readFile(copy.crashLosingAllUnsynced(), "a"))
                .isEqualTo("old" + "n".repeat(1997));
    }

    private interface Scene {
        MemoryDevice play() throws IOException;
    }

    private static Iterable<MemoryDevice> allCrashesOf(Scene scene) throws IOException {
        Set<MemoryDevice> crashed = new HashSet<>();
        crashed.add(scene.play().crashLosingAllUnsynced());
        crashed.add(scene.play().crashKeepingAllUnsynced());
        for (int seed = 0; seed < CRASHES; seed++) crashed.add(scene.play().crash(random(seed)));
        return crashed;
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.getDefault().create(seed);
    }

    /** A file "a" with the bytes "old", and nothing unsynced. */
    private static MemoryDevice synced() throws IOException {
        return syncedFile("old");
    }

    private static MemoryDevice syncedFile(String text) throws IOException {
        MemoryDevice device = new MemoryDevice();
        try (DeviceFile file = device.create("a")) {
            file.write(Bytes.of(text), 0);
            file.sync();
        }
        device.syncDirectory("");
        return device;
    }

    private static MemoryDevice overwrittenSectors() throws IOException {
        MemoryDevice device = syncedFile("o".repeat(1536));
        device.open("a").write(Bytes.of("n".repeat(1536)), 0);
        return device;
    }

    private static MemoryDevice grown() throws IOException {
        MemoryDevice device = synced();
        device.open("a").write(Bytes.of("n".repeat(1997)), 3);
        return device;
    }

    private static MemoryDevice cut() throws IOException {
        MemoryDevice device = syncedFile("o".repeat(2000));
        device.open("a").setSize(700);
        return device;
    }

    private static MemoryDevice cutAndRewritten() throws IOException {
        MemoryDevice device = cut();
        device.open("a").write(Bytes.of("n".repeat(1300)), 700);
        return device;
    }

    private static MemoryDevice cutSyncedAndRewritten() throws IOException {
        MemoryDevice device = cut();
        try (DeviceFile file = device.open("a")) {
            file.sync();
            file.write(Bytes.of("n".repeat(1300)), 700);
            file.sync();
        }
        return device;
    }

    private static MemoryDevice unsyncedName() throws IOException {
        MemoryDevice device = synced();
        try (DeviceFile file = device.create("b")) {
            file.sync();
        }
        return device;
    }

    private static MemoryDevice unsyncedRename() throws IOException {
        MemoryDevice device = synced();
        try (DeviceFile file = device.create("tmp")) {
            file.write(Bytes.of("new"), 0);
            file.sync();
        }
        device.syncDirectory("");
        device.rename("tmp", "a");
        return device;
    }
}
