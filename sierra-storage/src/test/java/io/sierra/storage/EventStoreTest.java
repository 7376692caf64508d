package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventStoreTest {
    @Test
    void documentedExample_opensAppendsAndScans(@TempDir Path directory) throws IOException {
        assertThat(EmbeddedExample.run(directory)).containsExactly("{\"total\": 12}");
    }
}
