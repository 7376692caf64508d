package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class IndexFileWriterTest {
    private static final String DIRECTORY = "buckets/00000/segments/0000000000";

    /** After it the page cache shows what the disk does not have, and it would be believed. */
    @Test
    void commit_failedSync_leavesNoFileOfThatName() throws IOException {
        MemoryDevice memory = new MemoryDevice();
        memory.createDirectories(DIRECTORY);
        FaultyDevice device = new FaultyDevice(memory);
        device.faults().failOnce(Operation.SYNC, 1);
        IndexFileId id = new IndexFileId("buckets/00000", IndexKind.EVENT, 0, 0);
        IndexFileHeader header = IndexFileHeader.of(id, 100, 0, 0);

        assertThatThrownBy(() -> write(device, header)).isInstanceOf(IOException.class);
        assertThat(memory.list(DIRECTORY)).isEmpty();

        write(device, header);
        assertThat(memory.list(DIRECTORY)).containsExactly("index.eidx");
    }

    private static void write(FaultyDevice device, IndexFileHeader header) throws IOException {
        try (IndexFileWriter writer = IndexFileWriter.create(device, header, () -> false)) {
            for (int i = 0; i < FilterLine.LENGTH; i++) {
                writer.buffer().put((byte) 0);
            }
            writer.commit();
        }
    }
}
