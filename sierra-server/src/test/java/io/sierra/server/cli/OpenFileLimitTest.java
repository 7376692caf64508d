package io.sierra.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.server.cli.tool.CommandFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenFileLimitTest {
    private static final String HEADER =
            "Limit                     Soft Limit           Hard Limit           Units";

    @Test
    void of_linesOfLinux_isTheSoftLimit() {
        String line = "Max open files            1024                 524288               files";

        assertThat(OpenFileLimit.of(List.of(HEADER, line)).files()).isEqualTo(1_024);
    }

    @Test
    void of_unlimitedOrUnknown_isAsManyAsOneLikes() {
        String line = "Max open files            unlimited            unlimited            files";

        assertThat(OpenFileLimit.of(List.of(line)).files()).isEqualTo(Long.MAX_VALUE);
        assertThat(OpenFileLimit.of(List.of(HEADER)).files()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void problem_tooFewForTheProgram_namesBothNumbers() {
        assertThat(new OpenFileLimit(40).problem()).contains("40", "112", "ulimit -n");
        assertThat(new OpenFileLimit(112).problem()).isNull();
    }

    @Test
    void connections_leaveEnoughForBucketsAndEventLoops() {
        int needed = 112 + 4 * 4 + 3 * 2;

        assertThat(new OpenFileLimit(1_024).connections(10_000, 4, 2)).isEqualTo(1_024 - needed);
        assertThat(new OpenFileLimit(1_024).connections(100, 4, 2)).isEqualTo(100);
        assertThat(new OpenFileLimit(Long.MAX_VALUE).connections(10_000, 4, 2)).isEqualTo(10_000);
    }

    @Test
    void connections_tooFewFilesToServe_isRefused() {
        assertThatThrownBy(() -> new OpenFileLimit(149).connections(10_000, 4, 2))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContainingAll("149", "150", "ulimit -n");
    }
}
