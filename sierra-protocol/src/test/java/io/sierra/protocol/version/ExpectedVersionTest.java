package io.sierra.protocol.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpectedVersionTest {
    private static final CurrentVersion AT_5 = new CurrentVersion(5);

    @Test
    void isMetBy_emptyStream() {
        assertThat(new ExpectedVersion.Any().isMetBy(CurrentVersion.EMPTY)).isTrue();
        assertThat(new ExpectedVersion.Exists().isMetBy(CurrentVersion.EMPTY)).isFalse();
        assertThat(new ExpectedVersion.Empty().isMetBy(CurrentVersion.EMPTY)).isTrue();
        assertThat(new ExpectedVersion.Exactly(0).isMetBy(CurrentVersion.EMPTY)).isFalse();
    }

    @Test
    void isMetBy_streamWithEvents() {
        assertThat(new ExpectedVersion.Any().isMetBy(AT_5)).isTrue();
        assertThat(new ExpectedVersion.Exists().isMetBy(AT_5)).isTrue();
        assertThat(new ExpectedVersion.Empty().isMetBy(AT_5)).isFalse();
        assertThat(new ExpectedVersion.Exactly(5).isMetBy(AT_5)).isTrue();
        assertThat(new ExpectedVersion.Exactly(4).isMetBy(AT_5)).isFalse();
        assertThat(new ExpectedVersion.Exactly(6).isMetBy(AT_5)).isFalse();
    }

    @Test
    void exactly_largestUnsignedNumber_isNoEmptyStream() {
        ExpectedVersion largest = new ExpectedVersion.Exactly(-1);

        assertThat(largest.isMetBy(CurrentVersion.EMPTY)).isFalse();
        assertThat(largest).hasToString("18446744073709551615");
    }

    @Test
    void toString_isWhatErrorRepliesSay() {
        assertThat(new ExpectedVersion.Any()).hasToString("any");
        assertThat(new ExpectedVersion.Exists()).hasToString("exists");
        assertThat(new ExpectedVersion.Empty()).hasToString("empty");
        assertThat(new ExpectedVersion.Exactly(7)).hasToString("7");
        assertThat(CurrentVersion.EMPTY).hasToString("empty");
        assertThat(AT_5).hasToString("5");
    }

    @Test
    void currentVersion_belowEmpty_isRefused() {
        assertThatThrownBy(() -> new CurrentVersion(-2))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
