package io.sierra.server.cli.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a long command shows while it runs. */
final class ProgressTest {
    private final StringWriter out = new StringWriter();
    private long nowNanos = 1;

    @Test
    void update_plain_printsALineNowAndThen() {
        Progress progress =
                new Progress(new PrintWriter(out), Progress.Unit.EVENTS, false, () -> nowNanos);

        progress.update(10, 0.1);
        assertThat(out.toString()).isEmpty();
        pass(10_000);
        progress.update(2_000, 0.25);
        pass(100);
        progress.update(2_100, 0.26);
        pass(9_900);
        progress.update(4_000, Double.NaN);
        progress.clear();

        assertThat(out.toString().lines())
                .containsExactly("2,000 events, 200/s, 25 %, 0:00:30 left", "4,000 events, 200/s");
    }

    @Test
    void update_terminal_drawsOneLineAnew() {
        Progress progress =
                new Progress(new PrintWriter(out), Progress.Unit.EVENTS, true, () -> nowNanos);

        pass(1_000);
        progress.update(50, 0.5);
        progress.clear();

        assertThat(out.toString())
                .isEqualTo(
                        "\r\033[K[###############...............] 50 events, 50/s, 50 %,"
                                + " 0:00:01 left\r\033[K");
    }

    private void pass(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
