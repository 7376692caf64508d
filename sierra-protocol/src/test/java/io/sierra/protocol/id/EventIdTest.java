package io.sierra.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
    private static final long SEED = Long.getLong("sierra.seed", 42);
    private static final long MAX_MILLIS = (1L << 48) - 1;

    @ParameterizedTest
    @CsvSource({
        "550e8400-e29b-41d4-a716-446655440000, 40025",
        "00000000-0000-0000-0000-000000000000, 0",
        "ffffffff-ffff-ffff-ffff-ffffffffffff, 65535",
        "018bcfe5-687b-abc7-bb95-4123456789ab, 61013"
    })
    void hash_isTheSixteenBitsBehindTheVariant(UUID uuid, int hash) {
        assertThat(EventId.of(uuid).hash()).isEqualTo(hash);
        assertThat(PartitionKey.of(uuid).hash()).isEqualTo(hash);
    }

    @ParameterizedTest(name = "hash {0}")
    @ValueSource(ints = {0, 1, 0x26b1, 0x7fff, 0x8000, 0xee55, 0xffff})
    void generate_isVersion7WithTimeAndHash(int hash) {
        Random random = new Random(SEED);
        for (long millis : new long[] {0, 1_700_000_000_123L, MAX_MILLIS}) {
            UUID uuid = EventId.generate(millis, hash, random).toUuid();

            assertThat(uuid.version()).as("seed %s", SEED).isEqualTo(7);
            assertThat(uuid.variant()).as("RFC 9562 variant").isEqualTo(2);
            assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(millis);
            assertThat(uuid.getLeastSignificantBits() >>> 46 & 0xFFFF).isEqualTo(hash);
            assertThat(EventId.of(uuid).hash()).isEqualTo(hash);
        }
    }

    @Test
    void generate_allRandomBitsVary() {
        Random random = new Random(SEED);
        long seenHigh = 0;
        long seenLow = 0;
        Set<EventId> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            EventId id = EventId.generate(0, 0, random);
            seenHigh |= id.mostSignificantBits();
            seenLow |= id.leastSignificantBits();
            ids.add(id);
        }

        assertThat(ids).as("seed %s", SEED).hasSize(1000);
        assertThat(seenHigh).isEqualTo(0x7FFFL);
        assertThat(seenLow).isEqualTo(0x8000_0000_0000_0000L | ((1L << 46) - 1));
    }

    @Test
    void toString_isHyphenatedLowerCase() {
        UUID uuid = UUID.fromString("550E8400-E29B-41D4-A716-446655440000");

        assertThat(EventId.of(uuid)).hasToString("550e8400-e29b-41d4-a716-446655440000");
    }
}
