package io.sierra.protocol.reply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What refusals that a server logs by itself look like. */
final class FailureTest {
    @Test
    void refusalsForTheDisk_areWords() {
        assertThat(new Failure.DiskFull(34_193_408))
                .hasToString("disk full, 34193408 bytes are left");
        assertThat(new Failure.AllocationFailed(0, "quota"))
                .hasToString("it gets no room on the disk: quota");
        assertThat(new Failure.IndexingFailed(0, "broken"))
                .hasToString("it cannot write its indexes: broken");
    }
}
