package io.sierra.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A machine of its own for one test: a home, a working directory and an environment. */
final class TestHost {
    static final int PROCESSORS = 6;

    final Path working;
    final Path home;
    final Map<String, String> environment = new HashMap<>();
    final Map<String, String> flags = new HashMap<>();
    @Nullable Path configFile;

    TestHost(Path root) throws IOException {
        working = Files.createDirectories(root.resolve("work"));
        home = Files.createDirectories(root.resolve("home"));
    }

    void write(String name, String text) throws IOException {
        Files.writeString(working.resolve(name), text);
    }

    void writeUserConfig(String name, String text) throws IOException {
        Path directory = Files.createDirectories(home.resolve(".config/sierradb"));
        Files.writeString(directory.resolve(name), text);
    }

    SettingsLoader.Loaded load() throws SettingsException {
        Host host = new Host(environment, working, home, "Linux", PROCESSORS);
        return SettingsLoader.load(host, configFile, flags);
    }

    Settings settings() throws SettingsException {
        return load().settings();
    }

    /** What loading says when it must fail. */
    String failure() {
        try {
            load();
        } catch (SettingsException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("the settings were accepted");
    }
}
