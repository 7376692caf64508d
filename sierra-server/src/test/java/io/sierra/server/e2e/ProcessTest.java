package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RespClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting and stopping the program, and what it prints. */
class ProcessTest {
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ";

    @TempDir Path directory;

    @Test
    void start_printsOneLineAndStopsAtSigterm() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory)) {
            try (RespClient client = server.connect()) {
                assertThat(client.call("EAPPEND", "s", "E", "PAYLOAD", "p")).startsWith("*12");
                assertThat(client.call("INFO")).contains("redis_version");
            }
            assertThat(server.lines()).hasSize(1);
            assertThat(server.lines().getFirst())
                    .matches(
                            TIME
                                    + "INFO  sierradb: ready to receive connections on"
                                    + " 127\\.0\\.0\\.1:\\d+: data in \\Q"
                                    + directory
                                    + "\\E, 32 partitions, sync always, started in \\d+ ms");

            assertThat(server.terminate()).isZero();
            assertThat(server.lines()).hasSize(3);
            assertThat(server.lines().get(1)).endsWith("received SIGTERM, stopping");
            assertThat(server.lines().get(2)).endsWith("stopped");
        }
        try (ServerProcess server = ServerProcess.start(directory);
                RespClient client = server.connect()) {
            assertThat(client.call("ESVER", "s")).isEqualTo(":0\r\n");
            assertThat(server.lines()).hasSize(1);
        }
    }

    @Test
    void start_wildcard_isPrintedAsConfigured() throws Exception {
        try (ServerProcess server = ServerProcess.startAt(directory, "0.0.0.0:0")) {
            assertThat(server.lines().getFirst())
                    .contains(" on 0.0.0.0:" + server.address().getPort() + ":");
        }
    }

    @Test
    void start_portInUse_saysSoInOneLine() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("first"))) {
            String address = "127.0.0.1:" + server.address().getPort();

            assertFails(
                    "cannot listen on " + address + ": the address is already in use",
                    "--dir",
                    directory.resolve("second").toString(),
                    "--client-address",
                    address);
        }
    }

    @Test
    void start_directoryInUse_saysSoInOneLine() throws Exception {
        try (ServerProcess _ = ServerProcess.start(directory)) {
            assertFails(
                    "cannot open the data in " + directory,
                    "--dir",
                    directory.toString(),
                    "--client-address",
                    "127.0.0.1:0");
        }
    }

    private static void assertFails(String message, String... arguments) throws Exception {
        try (ServerProcess second = ServerProcess.launch(arguments)) {
            assertThat(second.awaitEnd()).as("%s", second.lines()).isEqualTo(1);
            assertThat(second.lines()).hasSize(1);
            assertThat(second.lines().getFirst()).contains(message);
        }
    }
}
