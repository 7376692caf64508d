package io.sierra.bench.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Commands of the system. */
final class Shell {
    private Shell() {}

    /** Runs a command to its end; returns what it printed, or throws if its exit code is not 0. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with " + exitCode + ": " + output);
        }
        return output;
    }

    /** Whether a command can be found. */
    static boolean has(String command) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, command))
                .anyMatch(Files::isExecutable);
    }

    /** Whether this process may do everything. */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
