package io.sierra.server.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real {@code redis-cli}, fed with lines. */
final class RedisCli {
    private RedisCli() {}

    /** Skips the test, and says so, where there is none. */
    static void assumeInstalled() {
        boolean installed =
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(d -> Files.isExecutable(Path.of(d, "redis-cli")));
        assumeTrue(installed, "SKIPPED: commands through redis-cli, which is not on the PATH");
    }

    /** A run with these arguments. */
    static Process start(InetSocketAddress server, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-cli", "--no-raw"));
        command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(server.getPort())));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** What it prints for each line, as on a terminal. */
    static String run(InetSocketAddress server, List<String> flags, List<String> lines)
            throws IOException, InterruptedException {
        Process process = start(server, flags.toArray(String[]::new));
        try (var in = process.getOutputStream()) {
            in.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
