package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Many clients, none of which breaks a limit of its own, and all of them together do. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MemoryBudgetTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final String REFUSAL =
            "-ERR Protocol error: the server's memory for unfinished requests is used up\r\n";

    private final List<RespClient> clients = new ArrayList<>();
    private TestServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TestServer(s -> s.memoryBytes = 4 * MEBIBYTE);
    }

    @AfterEach
    void stop() throws IOException {
        for (RespClient client : clients) {
            client.close();
        }
        server.close();
    }

    @Test
    void unfinishedRequests_tooManyTogether_theOnesThatSendMoreAreClosed() throws Exception {
        String half = "*4\r\n$7\r\nEAPPEND\r\n$1\r\ns\r\n$1\r\nE\r\n$1500000\r\n";
        for (int i = 0; i < 10; i++) {
            RespClient client = connect(1 << 16);
            try {
                client.sendRaw(half + "x".repeat(MEBIBYTE));
            } catch (IOException _) {
                // It was closed while it was sending.
            }
        }

        int refused = 0;
        for (RespClient client : clients.subList(4, 10)) {
            refused += wasRefused(client) ? 1 : 0;
        }
        assertThat(refused).isGreaterThanOrEqualTo(5);
        assertServes();
        for (RespClient client : clients) {
            client.close();
        }
        awaitRoomFor("y".repeat(3 * MEBIBYTE));
    }

    @Test
    void unreadReplies_tooManyTogether_theOnesThatAskForMoreAreClosed() throws Exception {
        try (RespClient writer = server.connect()) {
            for (int i = 0; i < 20; i++) {
                writer.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(64 << 10));
            }
        }
        for (int i = 0; i < 30; i++) {
            RespClient client = connect(4096);
            for (int scan = 0; scan < 20; scan++) {
                client.send("ESCAN", "s", "-", "+");
            }
        }

        int closed = 0;
        for (RespClient client : clients.subList(20, 30)) {
            closed += wasCut(client) ? 1 : 0;
        }
        assertThat(closed).isGreaterThan(5);
        assertServes();
    }

    private RespClient connect(int receiveBufferBytes) throws IOException {
        RespClient client = new RespClient(server.address(), receiveBufferBytes);
        clients.add(client);
        return client;
    }

    private void assertServes() throws IOException {
        try (RespClient other = server.connect()) {
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(other.call("EAPPEND", "other", "E", "PAYLOAD", "p")).startsWith("*12");
            assertThat(other.call("ESCAN", "other", "-", "+")).startsWith("*4");
        }
    }

    private void awaitRoomFor(String payload) {
        boolean stored = false;
        while (!stored) {
            try (RespClient other = server.connect()) {
                stored = other.call("EAPPEND", "large", "E", "PAYLOAD", payload).startsWith("*12");
            } catch (IOException _) {
                // The server has not yet noticed that the others are gone.
            }
        }
    }

    /** Told so, or cut off before it could be told. */
    private static boolean wasRefused(RespClient client) {
        try {
            return client.readToEnd().equals(REFUSAL);
        } catch (IOException _) {
            return true;
        }
    }

    private static boolean wasCut(RespClient client) {
        try {
            for (int scan = 0; scan < 20; scan++) {
                client.readFrame();
            }
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}
