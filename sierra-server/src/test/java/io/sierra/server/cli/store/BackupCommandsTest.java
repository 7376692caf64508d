package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup} and {@code restore}: what they print, and their exit codes. */
final class BackupCommandsTest {
    @TempDir private Path home;
    private FilledStore filled;

    @BeforeEach
    void fill() throws IOException {
        filled = FilledStore.in(home.resolve("data"));
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(home, arguments);
    }

    @Test
    void damagedStore_isToldByBackupAndByRestore() throws IOException {
        int last = 0;
        while (Files.exists(filled.segment(0, last + 1))) {
            last++;
        }
        FilledStore.flip(filled.segment(0, last), 100); // in the checkpoint of the open segment

        CommandRun made = run("backup", "target", "--dir", "data");
        assertThat(made.exitCode()).isEqualTo(1);
        assertThat(made.err()).contains("damaged: " + filled.segment(0, last) + " at offset 64");
        assertThat(run("backup", "--list", "target").out()).contains(", DAMAGED");
        CommandRun restored = run("restore", "target", "--dir", "drill");
        assertThat(restored.exitCode()).isEqualTo(1);
        assertThat(restored.err()).contains("damaged: " + filled.segment(0, last));
    }

    @Test
    void wrongArguments_areNamed() {
        assertThat(run("backup").err()).contains("missing required parameter: 'TARGET'");
        assertThat(run("backup", "target", "--keep", "0").err())
                .contains("--keep takes a number from 1 on");
        assertThat(run("backup", "target", "--dir", "none").err())
                .contains("none: there is no such directory");
        assertThat(run("restore", "target", "--dir", "data").err())
                .contains("target: there is no such directory");
        CommandRun nowhere = run("restore", "target");
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("--dir is missing");
        assertThat(run("backup", "target", "--dir", "data").exitCode()).isZero();
        assertThat(run("restore", "target", "--dir", "data").err()).contains("data is not empty");
        assertThat(run("restore", "target", "--backup", "x", "--dir", "new").err())
                .contains("holds no backup x");
    }
}
