package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobPatternTest {
    @ParameterizedTest
    @CsvSource({
        "a, a",
        "*, a",
        "*, ''",
        "'', ''",
        "a*, a",
        "a*c, abbc",
        "*b*, abc",
        "a**c, ac",
        "?, é",
        "??, é€",
        "?, 😀",
        "*?, é",
        "[a-c]x, bx",
        "[c-a]x, bx",
        "[^a-c]x, dx",
        "[é-ü]x, öx",
        "[a\\]]x, ]x",
        "[a-]x, -x",
        "[a, a",
        "\\*, *",
        "a\\, a\\",
        "*é, aé",
        "*ab, aab"
    })
    void matches(String pattern, String text) {
        assertThat(GlobPattern.of(pattern).matches(text)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "a, b",
        "a, A",
        "a, ''",
        "'', a",
        "?, ''",
        "??, é",
        "*??, é",
        "a*c, acb",
        "[a-c]x, dx",
        "[^a-c]x, bx",
        "[a-c], ''",
        "\\*, a",
        "\\?, a",
        "é, è",
        "*a, ab"
    })
    void matchesNot(String pattern, String text) {
        assertThat(GlobPattern.of(pattern).matches(text)).isFalse();
    }

    @Test
    void onlyTheGivenLengthIsLookedAt() {
        assertThat(GlobPattern.of("ab").matches(new byte[] {'a', 'b', 'c'}, 2)).isTrue();
    }

    @Test
    void manyStars_takeNoLongTime() {
        GlobPattern pattern = GlobPattern.of("*a".repeat(500) + "b");

        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(pattern.matches("a".repeat(20_000))).isFalse());
    }
}
