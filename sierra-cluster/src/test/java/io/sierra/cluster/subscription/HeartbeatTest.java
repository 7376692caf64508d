package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    @Test
    void noInterval_isNeverDueAndNeedsNoTimer() {
        Heartbeat heartbeat = new Heartbeat(0);
        assertThat(heartbeat.isDue()).isFalse();
        assertThat(heartbeat.needsTimer()).isFalse();
    }

    @Test
    void isDue_afterTheIntervalWithoutASend() {
        Heartbeat heartbeat = new Heartbeat(1);
        long start = System.nanoTime();
        while (System.nanoTime() == start) {
            Thread.onSpinWait();
        }
        assertThat(heartbeat.isDue()).isTrue();
        assertThat(new Heartbeat(HOUR).isDue()).isFalse();
    }

    @Test
    void onSent_startsTheIntervalAnew() {
        Heartbeat heartbeat = new Heartbeat(HOUR);
        long before = heartbeat.nanosLeft();
        heartbeat.onSent();
        assertThat(heartbeat.nanosLeft()).isGreaterThan(before - 1).isLessThanOrEqualTo(HOUR);
    }

    @Test
    void needsTimer_onceUntilTheTimerIsOver() {
        Heartbeat heartbeat = new Heartbeat(HOUR);
        assertThat(heartbeat.needsTimer()).isTrue();
        assertThat(heartbeat.needsTimer()).isFalse();
        heartbeat.onTimer();
        assertThat(heartbeat.needsTimer()).isTrue();
    }
}
