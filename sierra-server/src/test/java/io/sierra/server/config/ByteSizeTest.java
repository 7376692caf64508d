package io.sierra.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as people write them. */
final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "131072, 131072",
        "7b, 7",
        "64k, 65536",
        "64KB, 65536",
        "64 KiB, 65536",
        "256MB, 268435456",
        "256mib, 268435456",
        "10GB, 10737418240",
        "1T, 1099511627776",
    })
    void parse_size_isBytes(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1", "1.5GB", "1 2", "1XB", "1MBB", "99999999999TB"})
    void parse_otherText_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "100, 100 bytes",
        "1024, 1KB",
        "1536, 1536 bytes",
        "268435456, 256MB"
    })
    void format_bytes_isShortestExactForm(long bytes, String text) {
        assertThat(ByteSize.format(bytes)).isEqualTo(text);
    }
}
