package io.sierra.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.storage.index.ComparingDevice.DifferenceException;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ComparingDeviceTest {
    private static final String NAME = "index";
    private static final String TEMPORARY = NAME + IndexPaths.TEMPORARY_SUFFIX;

    private final MemoryDevice disk = new MemoryDevice();

    /** Long files are synced in the middle, too. */
    @Test
    void equalFile_syncedInTheMiddle_isFound() throws IOException {
        write("abcdefgh");

        compare("abcd", "efgh");
    }

    @Test
    void longerFile_isAnError() throws IOException {
        write("abcdefghi");

        assertThatThrownBy(() -> compare("abcd", "efgh"))
                .isInstanceOfSatisfying(
                        DifferenceException.class,
                        difference -> assertThat(difference.fileOffset()).isEqualTo(8));
    }

    @Test
    void shorterFile_isAnError() throws IOException {
        write("abcdef");

        assertThatThrownBy(() -> compare("abcd", "efgh")).isInstanceOf(DifferenceException.class);
    }

    private void write(String text) throws IOException {
        try (DeviceFile file = disk.create(NAME)) {
            file.write(bytes(text), 0);
        }
    }

    private void compare(String... parts) throws IOException {
        ComparingDevice device = new ComparingDevice(disk);
        try (DeviceFile file = device.create(TEMPORARY)) {
            long fileOffset = 0;
            for (String part : parts) {
                file.write(bytes(part), fileOffset);
                file.sync();
                fileOffset += part.length();
            }
            device.rename(TEMPORARY, NAME);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
