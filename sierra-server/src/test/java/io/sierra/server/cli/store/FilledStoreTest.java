package io.sierra.server.cli.store;

import io.sierra.server.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of commands on a {@link FilledStore} begin with: each has a copy of its own. */
abstract class FilledStoreTest {
    @TempDir private static Path shared;
    private static FilledStore original;

    @TempDir Path home;
    FilledStore filled;

    @BeforeAll
    static void fill() throws IOException {
        original = FilledStore.in(shared.resolve("data"));
    }

    @BeforeEach
    void copy() throws IOException {
        filled = original.copyTo(home.resolve("data"));
    }

    final CommandRun runOnStore(String command, String... options) {
        return CommandRun.onStore(home, filled.directory(), command, options);
    }
}
