package io.sierra.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken of the machine and the user. */
final class HostTest {
    @Test
    void homeOf_variable_isStrongerThanTheAccount() {
        assertThat(Host.homeOf(Map.of("HOME", "/tmp/x"), "/root")).isEqualTo(Path.of("/tmp/x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "~"})
    void homeOf_noAbsolutePath_isThatOfTheAccount(String variable) {
        assertThat(Host.homeOf(Map.of("HOME", variable), "/root")).isEqualTo(Path.of("/root"));
        assertThat(Host.homeOf(Map.of(), "/root")).isEqualTo(Path.of("/root"));
    }
}
