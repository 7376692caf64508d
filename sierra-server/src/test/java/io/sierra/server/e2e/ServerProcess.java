package io.sierra.server.e2e;

import io.sierra.server.testing.RespClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The program as a process of its own, with the flags that {@code bin/sierradb} gives it. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("ready to receive connections on (\\S+):(\\d+): ");
    private static final int PATIENCE_SECONDS = 30;

    /** Ended by its handle, which unlike the process leaves the output open. */
    private final Process process;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reading;
    private final BufferedReader output;
    private int port;

    private ServerProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.reading = Thread.ofVirtual().unstarted(this::readLines);
    }

    /** A server in a directory, on a free port, that takes connections. */
    static ServerProcess start(Path directory) throws IOException {
        return startAt(directory, "127.0.0.1:0");
    }

    /** The same at an address. */
    static ServerProcess startAt(Path directory, String address) throws IOException {
        ServerProcess server = launch("--dir", directory.toString(), "--client-address", address);
        server.awaitReady();
        return server;
    }

    /** The program with these arguments, whatever comes of it. */
    static ServerProcess launch(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of("..", "bin", "jvm.options"));
        command.addAll(List.of("-ea", "-cp", classPath(), "io.sierra.server.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(k -> k.startsWith("SIERRA_"));
        builder.environment().put("SIERRA_SEGMENT_SIZE_BYTES", "1MB");
        return new ServerProcess(builder.start());
    }

    /** Everything but the tests, which bring a configuration of the log with them. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(e -> !e.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    RespClient connect() throws IOException {
        return new RespClient(address());
    }

    /** What it has printed so far; all of it once it has ended. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** As {@code kill}; the exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy();
        return awaitEnd();
    }

    /** The exit code, once it has ended by itself. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + lines);
        }
        if (reading.getState() == Thread.State.NEW) {
            reading.start();
        }
        reading.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    private void awaitReady() throws IOException {
        String line = output.readLine();
        while (line != null) {
            lines.add(line);
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                port = Integer.parseInt(ready.group(2));
                reading.start();
                return;
            }
            line = output.readLine();
        }
        throw new AssertionError("it did not start: " + lines);
    }

    private void readLines() {
        output.lines().forEach(lines::add);
    }
}
