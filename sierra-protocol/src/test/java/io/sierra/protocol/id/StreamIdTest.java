package io.sierra.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamIdTest {
    /** Clients compute keys on their side, so these were computed independently. */
    @ParameterizedTest
    @CsvSource({
        "test-stream, f3a6a672-d89e-53bd-89ac-7dddd5c04a94, 9905, 17, 689",
        "user-123, 7e124fe8-fe28-5398-bb95-53973100148f, 61013, 21, 597",
        "order-456, 6b01eb4e-d05c-5fba-862d-4be632820026, 6325, 21, 181",
        "fiz, 6a7a8ed5-d09e-57e7-abf7-a038c01d4b53, 45022, 30, 990",
        "my-stream, fa3e31cd-2f38-5aee-bb91-8bc6fbf950a3, 60998, 6, 582",
        "orders, 4a5bf0d6-7d0e-50b2-b05f-ea5a8c8b597f, 49535, 31, 383",
        "é, af439dc8-3904-5687-b16c-39a99727406e, 50608, 16, 432",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,"
                + " 916b3b98-c22c-56eb-8646-3702c79fe8a0, 6424, 24, 280"
    })
    void defaultPartitionKey_isTheNameBasedUuid(
            String name, UUID key, int hash, int of32, int of1024) {
        PartitionKey partitionKey = StreamId.of(name).defaultPartitionKey();

        assertThat(partitionKey).isEqualTo(PartitionKey.of(key));
        assertThat(partitionKey).hasToString(key.toString());
        assertThat(partitionKey.hash()).isEqualTo(hash);
        assertThat(new Partitioning(32, 4).partitionOf(partitionKey)).isEqualTo(of32);
        assertThat(new Partitioning(1024, 4).partitionOf(partitionKey)).isEqualTo(of1024);
    }

    @Test
    void of_lengthIsInBytes() {
        assertThat(StreamId.of("é".repeat(32)).lengthBytes()).isEqualTo(64);
        assertThatThrownBy(() -> StreamId.of("é".repeat(33)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "stream id must be between 1 and 64 characters in length, but got 66 for '"
                                + "é".repeat(33)
                                + "'");
    }

    @Test
    void of_emptyOrWithZeroByte_isRefused() {
        assertThatThrownBy(() -> StreamId.of(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "stream id must be between 1 and 64 characters in length, but got 0 for"
                                + " ''");
        assertThatThrownBy(() -> StreamId.of("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stream id cannot contain null bytes");
    }

    @Test
    void of_everythingElseIsLegal() {
        assertThat(StreamId.of(" =,*\r\n\t")).hasToString(" =,*\r\n\t");
    }

    @Test
    void equals_isByName() {
        StreamId fromBytes = StreamId.ofUtf8("orders".getBytes(StandardCharsets.UTF_8));

        assertThat(fromBytes).isEqualTo(StreamId.of("orders"));
        assertThat(fromBytes).hasSameHashCodeAs(StreamId.of("orders"));
        assertThat(fromBytes).isNotEqualTo(StreamId.of("Orders"));
    }
}
