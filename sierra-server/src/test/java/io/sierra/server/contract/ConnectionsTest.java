package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.server.connection.DefaultProtocol;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Connections coming and going, and what they say about themselves. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ConnectionsTest {

    @Test
    void connectionBeyondTheLimit_isToldAndClosedAndThereIsRoomAgainLater() throws IOException {
        try (TestServer server = new TestServer(s -> s.maxConnections = 2);
                RespClient first = server.connect()) {
            assertThat(first.call("PING")).isEqualTo("+PONG\r\n");
            try (RespClient second = server.connect()) {
                assertThat(second.call("PING")).isEqualTo("+PONG\r\n");
                try (RespClient third = server.connect()) {
                    assertThat(third.readToEnd())
                            .isEqualTo("-ERR max number of clients reached\r\n");
                }
            }
            while (!first.call("INFO", "clients").contains("connected_clients:1\r\n")) {
                Thread.onSpinWait();
            }
            try (RespClient fourth = server.connect()) {
                assertThat(fourth.call("PING")).isEqualTo("+PONG\r\n");
            }
        }
    }

    @Test
    void manyIdleAndHalfSpokenConnections_doNotKeepOthersFromBeingServed() throws IOException {
        List<RespClient> idle = new ArrayList<>();
        try (TestServer server = new TestServer(s -> s.maxConnections = 300)) {
            for (int i = 0; i < 290; i++) {
                RespClient client = new RespClient(server.address(), 4096);
                client.sendRaw("*3\r\n$7\r\nEAPPEND\r\n$500000000\r\nabc".substring(0, i % 30));
                idle.add(client);
            }
            try (RespClient client = server.connect()) {
                assertThat(client.call("EAPPEND", "s", "E")).startsWith("*12\r\n");
            }
            for (RespClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void close_appendsUnderWay_areAnsweredBeforeTheConnectionEnds() throws Exception {
        try (TestServer server = new TestServer();
                RespClient client = server.connect()) {
            server.node.appendGate.close();
            client.sendRaw(RespClient.request("EAPPEND", "s", "E") + RespClient.request("PING"));
            while (server.node.appendGate.waiting() == 0) {
                Thread.onSpinWait();
            }
            Thread closing = Thread.ofPlatform().start(server::shutDown);
            while (canConnect(server)) {
                Thread.onSpinWait();
            }
            server.node.appendGate.open();

            assertThat(client.readToEnd()).startsWith("*12\r\n").endsWith("+PONG\r\n");
            closing.join();
        }
    }

    @Test
    void close_commandThatWaitsForAnAppend_isRefusedAndTheConnectionEnds() throws Exception {
        try (TestServer server = new TestServer(settings -> settings.eventLoops = 1);
                RespClient client = server.connect();
                RespClient idle = server.connect()) {
            server.node.appendGate.close();
            client.sendRaw(
                    RespClient.request("EAPPEND", "s", "E")
                            + RespClient.request("SUBSCRIBE", "sierra:all"));
            while (server.node.appendGate.waiting() == 0) {
                Thread.onSpinWait();
            }
            Thread closing = Thread.ofPlatform().start(server::shutDown);
            assertThat(idle.readToEnd()).as("connections are being ended, in order").isEmpty();
            long start = System.nanoTime();
            server.node.appendGate.open();

            assertThat(client.readToEnd()).startsWith("*12\r\n").contains("\r\n-ACTORSTOPPED ");
            closing.join();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(4));
        }
    }

    @Test
    void start_addressInUse_saysWhich() throws IOException {
        try (TestServer server = new TestServer()) {
            assertThatThrownBy(() -> new TestServer(s -> s.address = server.address()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(Integer.toString(server.address().getPort()));
        }
    }

    @Test
    void quit_whatComesBehind_isNotCarriedOut() throws IOException {
        try (TestServer server = new TestServer();
                RespClient client = server.connect()) {
            client.sendRaw(
                    RespClient.request("PING")
                            + RespClient.request("QUIT")
                            + RespClient.request("PING"));

            assertThat(client.readToEnd()).isEqualTo("+PONG\r\n+OK\r\n");
        }
    }

    @Test
    void rustLibraryWithoutHello_getsMaps() throws IOException {
        try (TestServer server = new TestServer();
                RespClient rust = server.connect();
                RespClient other = server.connect()) {
            assertThat(rust.call("CLIENT", "SETINFO", "LIB-NAME", "redis-rs")).isEqualTo("+OK\r\n");
            assertThat(rust.call("ESVER", "s")).isEqualTo("_\r\n");
            assertThat(other.call("CLIENT", "SETINFO", "LIB-NAME", "jedis")).isEqualTo("+OK\r\n");
            assertThat(other.call("ESVER", "s")).isEqualTo("$-1\r\n");
            other.call("HELLO", "2");
            other.call("CLIENT", "SETINFO", "LIB-NAME", "redis-rs");
            assertThat(other.call("ESVER", "s")).isEqualTo("$-1\r\n");
        }
    }

    @Test
    void defaultProtocol_isWhatTheSettingSays() throws IOException {
        try (TestServer server = new TestServer(s -> s.protocol = DefaultProtocol.RESP3);
                RespClient client = server.connect()) {
            assertThat(client.call("ESVER", "s")).isEqualTo("_\r\n");
        }
        try (TestServer server = new TestServer(s -> s.protocol = DefaultProtocol.RESP2);
                RespClient client = server.connect()) {
            client.call("CLIENT", "SETINFO", "LIB-NAME", "redis-rs");
            assertThat(client.call("ESVER", "s")).isEqualTo("$-1\r\n");
        }
    }

    @Test
    void strictVersioning_appendWithoutExpectation_isRefused() throws IOException {
        try (TestServer server = new TestServer(s -> s.strict = true);
                RespClient client = server.connect()) {
            assertThat(client.call("EAPPEND", "s", "E"))
                    .isEqualTo(
                            "-INVALIDARG strict versioning mode rejects EXPECTED_VERSION any\r\n");
        }
    }

    private static boolean canConnect(TestServer server) {
        try (RespClient probe = server.connect()) {
            return probe.call("PING").startsWith("+");
        } catch (IOException e) {
            return false;
        }
    }
}
