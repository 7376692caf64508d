package io.sierra.bench.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The real server as a process of its own, with the flags that {@code bin/sierradb} gives it. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("ready to receive connections on 127\\.0\\.0\\.1:(\\d+):");
    private static final int TIMEOUT_SECONDS = 120;
    private static final int POLL_MILLIS = 2;

    private final Process process;
    private final Thread reading;
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private volatile int port;

    /**
     * Starts a server that picks a port by itself.
     *
     * @param home the project's directory
     * @param limits commands for a shell to carry out before, such as {@code ulimit -n 100}
     * @param settings environment variables
     * @param logFile gets what it prints, behind what is there
     */
    ServerProcess(Path home, Path data, String limits, Map<String, String> settings, Path logFile)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (!limits.isEmpty()) {
            // The shell replaces itself, so that signals reach the server.
            command.addAll(List.of("/bin/sh", "-c", limits + "; exec \"$@\"", "sh"));
        }
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + home.resolve("bin/jvm.options"),
                        "-ea:io.sierra...",
                        "-cp",
                        classPath(home),
                        "io.sierra.server.cli.Main",
                        "--dir",
                        data.toString(),
                        "--client-address",
                        "127.0.0.1:0"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SIERRA_"));
        builder.environment().putAll(settings);
        process = builder.start();
        reading = Thread.ofVirtual().start(() -> readLog(logFile));
    }

    /**
     * The server as it is delivered, in one file: each file of a class path is one that the process
     * has open. Without it, in a build that has made no jar, the class path of this program.
     */
    private static String classPath(Path home) {
        Path jar = home.resolve("sierra-server/target/sierra-server.jar");
        return Files.isRegularFile(jar) ? jar.toString() : System.getProperty("java.class.path");
    }

    private void readLog(Path logFile) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
                Files.writeString(
                        logFile, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    port = Integer.parseInt(ready.group(1));
                }
            }
        } catch (IOException _) {
            // The process was killed while it was saying something.
        }
    }

    /** Waits until it takes connections; false if it ended instead. */
    boolean awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (port == 0 && process.isAlive()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the server is not ready after " + TIMEOUT_SECONDS + " s");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return port != 0;
    }

    /** Where it listens; 0 until it is ready. */
    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed. */
    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    /** The first line that it printed with this text in it, or null. */
    @Nullable String logLine(String text) {
        return log().stream().filter(line -> line.contains(text)).findFirst().orElse(null);
    }

    /** SIGKILL. */
    void kill() throws IOException, InterruptedException {
        process.destroyForcibly();
        var _ = awaitExit(TIMEOUT_SECONDS);
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        Shell.run("kill", "-" + name, Long.toString(pid()));
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws IOException, InterruptedException {
        process.destroy();
        return awaitExit(TIMEOUT_SECONDS);
    }

    /** Waits for its end; returns the exit code. */
    int awaitExit(int timeoutSeconds) throws IOException, InterruptedException {
        if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
            throw new IOException("the server has not ended after " + timeoutSeconds + " s");
        }
        reading.join();
        return process.exitValue();
    }

    /** Kills it if it still runs, and returns when it no longer holds any file. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
