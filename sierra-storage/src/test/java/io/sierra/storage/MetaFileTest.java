package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MetaFileTest {
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults().withPartitioning(8, 2).withSegmentSizeBytes(1 << 20);
    private static final String STORE_ID = "00000000-0000-4000-8000-000000000001";
    private static final String COMPLETE =
            "{\"format_version\": 1, \"store_id\": \""
                    + STORE_ID
                    + "\", \"partition_count\": 8, \"bucket_count\": 2, \"segment_size_bytes\":"
                    + " 1048576}";

    private final MemoryDevice disk = new MemoryDevice();

    @BeforeEach
    void create() throws IOException {
        EventStore.open(disk, OPTIONS).close();
    }

    private void assertRefused(StoreOptions options, String... texts) throws IOException {
        String before = metaJson();
        assertThatThrownBy(() -> EventStore.open(disk, options))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(texts);
        assertThat(metaJson()).isEqualTo(before);
        EventStore.open(disk, OPTIONS).close(); // nothing is locked or spoilt
    }

    private String metaJson() throws IOException {
        try (DeviceFile file = disk.openForReading("meta.json")) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    private void write(String json) throws IOException {
        disk.delete("meta.json");
        try (DeviceFile file = disk.create("meta.json")) {
            file.write(StandardCharsets.UTF_8.encode(json), 0);
        }
    }

    @Test
    @DisplayName(
            "A14: partition.count, bucket.count or segment size is changed: refused with reason")
    void otherOptions_areRefusedWithTheReason() throws IOException {
        assertRefused(
                OPTIONS.withPartitioning(16, 2), "meta.json", "partition.count", "= 8", "with 16");
        assertRefused(OPTIONS.withPartitioning(8, 4), "bucket.count", "= 2", "with 4");
        assertRefused(
                OPTIONS.withSegmentSizeBytes(2 << 20), "segment.size_bytes", "1048576", "2097152");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0\0\0\0",
                "null",
                "[]",
                "{}",
                "{",
                "{\"format_version\": 1}",
                "{\"format_version\": 1, \"store_id\": null, \"partition_count\": 8,"
                        + " \"bucket_count\": 2, \"segment_size_bytes\": 1048576}",
                "{\"format_version\": 1, \"store_id\": \"x\", \"partition_count\": 8,"
                        + " \"bucket_count\": 2, \"segment_size_bytes\": 1048576}"
            })
    void damagedFile_isRefused(String json) throws IOException {
        write(json);
        assertDamaged();
    }

    @Test
    void completeFile_isRead() throws IOException {
        write(COMPLETE);
        assertThat(MetaFile.read(disk))
                .isEqualTo(new MetaFile(1, UUID.fromString(STORE_ID), 8, 2, 1 << 20));
    }

    @Test
    void moreThanTheFile_isRefused() throws IOException {
        for (String json :
                List.of(
                        COMPLETE + " {}",
                        COMPLETE + " x",
                        COMPLETE.replace("{", "{\"more\": 1, "),
                        COMPLETE.replace(": 1,", ": [1],"))) {
            write(json);
            assertDamaged();
        }
    }

    /** Stores of other versions are read by it, and manifests have the same fields. */
    @Test
    void file_isWrittenAsItAlwaysWas() throws IOException {
        new MetaFile(1, UUID.fromString(STORE_ID), 8, 2, 1 << 20).write(disk);
        assertThat(metaJson())
                .isEqualTo(
                        """
                        {
                          "format_version" : 1,
                          "store_id" : "%s",
                          "partition_count" : 8,
                          "bucket_count" : 2,
                          "segment_size_bytes" : 1048576
                        }
                        """
                                .formatted(STORE_ID));
    }

    private void assertDamaged() {
        assertThatThrownBy(() -> EventStore.open(disk, OPTIONS))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("meta.json", "damaged");
    }

    @Test
    void segmentsThatACheckpointWouldFill_areRefused() {
        assertThatThrownBy(() ->
                        OPTIONS.withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES)
                                .withPartitioning(4_000, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4000 partitions");
    }

    @Test
    void newerFormat_isRefused() throws IOException {
        write(metaJson().replaceFirst("\"format_version\" *: *1", "\"format_version\" : 2"));
        assertThatThrownBy(() -> EventStore.open(disk, OPTIONS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format version 2");
    }

    /** It is no damage, so nobody may write the file again as this version has it. */
    @Test
    void newerFormatWithOtherFields_isNotTakenForDamaged() throws IOException {
        write(COMPLETE.replace(": 1,", ": 2, \"sizes\": [1],"));
        assertThatThrownBy(() -> MetaFile.readIfUndamaged(disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format version 2");
    }

    @Test
    void missingFileBesideBuckets_isRefused() throws IOException {
        disk.delete("meta.json");
        assertThatThrownBy(() -> EventStore.open(disk, OPTIONS))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("meta.json", "missing");
        assertThat(disk.exists("meta.json")).isFalse();
    }

    @Test
    void segmentOfAnotherStore_isNotServed() throws IOException {
        String id = metaJson().replaceAll("(?s).*\"store_id\" *: *\"([^\"]*)\".*", "$1");
        write(metaJson().replace(id, "00000000-0000-4000-8000-000000000001"));
        try (EventStore store = EventStore.open(disk, OPTIONS)) {
            for (int partitionId = 0; partitionId < 8; partitionId++) {
                assertThat(store.bucket(partitionId % 2).damageOf(partitionId))
                        .contains("store id");
            }
        }
    }

    @Test
    void secondProcess_isRefused(@TempDir Path directory) throws IOException {
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            assertThat(store.partitioning().partitionCount()).isEqualTo(8);
            assertThatThrownBy(() -> EventStore.open(directory, OPTIONS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> EventStore.open(directory, OPTIONS))
                    .as("the first refusal has not given the lock away")
                    .isInstanceOf(IOException.class);
        }
        EventStore.open(directory, OPTIONS).close();
    }

    @Test
    void firstStartThatIsCutOffAnywhere_canBeRepeated() throws IOException {
        for (int operations = 0; ; operations++) {
            MemoryDevice empty = new MemoryDevice();
            FaultyDevice device = new FaultyDevice(empty);
            device.faults().crashAfter(operations);
            boolean opened = opens(device);
            MemoryDevice after = empty.crash(RandomGenerator.of("L64X128MixRandom"));
            EventStore.open(after, OPTIONS).close();
            if (opened) {
                assertThat(operations).isGreaterThan(20);
                return;
            }
        }
    }

    /** The process ends at any point, the next one goes on with what is not synced yet. */
    @Test
    void firstStartThatIsKilledAnywhere_leavesNothingThatAPowerLossTakesLater() throws IOException {
        NewEvent event = NewEvents.event("stream", "payload");
        for (int operations = 0; ; operations++) {
            MemoryDevice memory = new MemoryDevice();
            FaultyDevice device = new FaultyDevice(memory);
            device.faults().crashAfter(operations);
            boolean opened = opens(device);
            try (EventStore store = EventStore.open(memory, OPTIONS)) {
                assertThat(store.append(event)).isInstanceOf(AppendResult.Appended.class);
                memory = memory.crashLosingAllUnsynced();
            } catch (IOException _) {
                assertThat(operations).isNotNegative(); // it cannot be closed without a disk
            }
            try (EventStore store = EventStore.open(memory, OPTIONS)) {
                assertThat(store.streamVersion(event.streamId()))
                        .as("killed after %d operations", operations)
                        .isZero();
            }
            if (opened) {
                return;
            }
        }
    }

    private static boolean opens(FaultyDevice device) {
        try {
            EventStore.open(device, OPTIONS).close();
            return true;
        } catch (IOException | UncheckedIOException _) {
            return false;
        }
    }
}
