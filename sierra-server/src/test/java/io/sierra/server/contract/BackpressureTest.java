package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.netty.buffer.PooledByteBufAllocator;
import io.sierra.protocol.reply.Failure;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.slf4j.LoggerFactory;

/** Clients that ask for more than they take, and stores that cannot follow. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class BackpressureTest {
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void clientThatNeverReads_isNoLongerReadFromAndOthersAreServed() throws Exception {
        try (TestServer server = new TestServer(s -> s.eventLoops = 1);
                RespClient other = server.connect();
                RespClient greedy = new RespClient(server.address(), 4096)) {
            for (int i = 0; i < 64; i++) {
                other.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(64 << 10));
            }
            long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
            Thread asking = Thread.ofVirtual().start(() -> askWithoutEnd(greedy));

            for (int i = 0; i < 200; i++) {
                assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
                other.call("ESCAN", "s", "-", "0");
            }
            assertThat(other.call("ESVER", "s")).isEqualTo(":63\r\n");
            assertThat(asking.isAlive()).as("the greedy client is held up").isTrue();
            long used = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before;
            assertThat(used).isLessThan(64L * MEBIBYTE);
            greedy.reset();
            asking.join();
        }
    }

    @Test
    void clientThatReadsLate_getsEverything() throws Exception {
        try (TestServer server = new TestServer(s -> s.maxInFlight = 8);
                RespClient client = server.connect()) {
            client.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(100_000));
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 500; i++) {
                requests.append(RespClient.request("ESCAN", "s", "-", "+"));
                requests.append(RespClient.request("ECHO", "y".repeat(10_000)));
            }
            Thread sending = Thread.ofVirtual().start(() -> send(client, requests.toString()));

            for (int i = 0; i < 500; i++) {
                assertThat(client.readFrame()).hasSizeGreaterThan(100_000);
                assertThat(client.readFrame()).hasSize(10_010);
            }
            sending.join();
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void pageBeyondTheLimit_endsWithHasMoreAndOneEventAtLeast() throws IOException {
        try (TestServer server = new TestServer(s -> s.pageBytes = 10_000);
                RespClient client = server.connect()) {
            client.call("HELLO", "3");
            client.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(50_000));
            client.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(2_000));
            client.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(2_000));

            assertThat(client.call("ESCAN", "s", "-", "+"))
                    .startsWith("%2\r\n+has_more\r\n#t\r\n+events\r\n*1\r\n");
            assertThat(client.call("ESCAN", "s", "1", "+"))
                    .startsWith("%2\r\n+has_more\r\n#f\r\n+events\r\n*2\r\n");
            assertThat(client.call("ESCAN", "s", "1", "+", "COUNT", "0"))
                    .isEqualTo("%2\r\n+has_more\r\n#t\r\n+events\r\n*0\r\n");
        }
    }

    @Test
    void bucketThatRefuses_isAnErrorAndTheConnectionStays() throws IOException {
        try (TestServer server = new TestServer();
                RespClient client = server.connect()) {
            server.node.refuseAppendsWith(new Failure.MailboxFull(3));

            assertThat(client.call("EAPPEND", "s", "E"))
                    .isEqualTo(
                            "-MAILBOXFULL queue of bucket 3 is full; nothing was done, try"
                                    + " again\r\n");
            server.node.refuseAppendsWith(null);
            assertThat(client.call("EAPPEND", "s", "E")).startsWith("*12\r\n");
            assertThat(client.call("INFO", "errorstats")).contains("errorstat_MAILBOXFULL:count=1");
        }
    }

    @Test
    void readersThatAreBusy_refuseFurtherReads() throws IOException {
        try (TestServer server = new TestServer(s -> s.readerQueueLength = 1);
                RespClient client = server.connect()) {
            server.node.readGate.close();
            for (int busy = 1; busy <= 2; busy++) {
                client.send("ESVER", "s");
                while (server.node.readGate.waiting() < busy) {
                    Thread.onSpinWait();
                }
            }
            for (int i = 2; i < 10; i++) {
                client.send("ESVER", "s");
            }
            client.send("INFO", "errorstats");
            try (RespClient other = server.connect()) {
                while (!other.call("INFO", "errorstats").contains("MAILBOXFULL:count=7")) {
                    Thread.onSpinWait();
                }
            }
            server.node.readGate.open();

            StringBuilder replies = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                replies.append(client.readFrame());
            }
            assertThat(replies.toString().split("-MAILBOXFULL", -1)).hasSize(8);
            assertThat(replies.toString().split("\\$-1", -1)).hasSize(4);
        }
    }

    @Test
    void readThatFails_isAnErrorAndTheConnectionStays() throws IOException {
        try (TestServer server = new TestServer();
                RespClient client = server.connect()) {
            silence("io.sierra.server.connection.ReadExecutor");
            server.node.failReadsWith("checksum\nmismatch");

            assertThat(client.call("ESVER", "s"))
                    .isEqualTo("-READERR read error: checksum mismatch\r\n");
            assertThat(client.call("ESCAN", "s", "-", "+"))
                    .isEqualTo("-READERR read error: checksum mismatch\r\n");
            server.node.failReadsWith(null);
            assertThat(client.call("ESVER", "s")).isEqualTo("$-1\r\n");
        }
    }

    private static void send(RespClient client, String requests) {
        try {
            client.sendRaw(requests);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a test provokes is not to be told to who reads the output. */
    private static void silence(String logger) {
        ((Logger) LoggerFactory.getLogger(logger)).setLevel(Level.OFF);
    }

    private static void askWithoutEnd(RespClient client) {
        String requests = RespClient.request("ESCAN", "s", "-", "+").repeat(1000);
        try {
            while (true) {
                client.sendRaw(requests);
            }
        } catch (SocketException e) {
            // The test has closed the connection under us: that is how this ends.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
