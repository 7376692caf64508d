package io.sierra.storage.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sierra.storage.io.Faults.Operation;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small file that is there as a whole or not at all. */
final class AtomicFileTest {
    private final FaultyDevice device = new FaultyDevice(new MemoryDevice());

    @Test
    void write_takesThePlaceOfWhatWasThere() throws IOException {
        AtomicFile.write(device, "a", new byte[] {1});
        AtomicFile.write(device, "a", new byte[] {2, 3});

        assertThat(AtomicFile.read(device, "a")).containsExactly(2, 3);
        assertThat(device.list("")).containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "SYNC", "RENAME"})
    void write_fails_leavesOnlyWhatWasThere(Operation failing) throws IOException {
        AtomicFile.write(device, "a", new byte[] {1});
        device.faults().failOnce(failing, 1);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AtomicFile.write(device, "a", new byte[] {2}));
        assertThat(device.list("")).containsExactly("a");
        assertThat(AtomicFile.read(device, "a")).containsExactly(1);
    }
}
