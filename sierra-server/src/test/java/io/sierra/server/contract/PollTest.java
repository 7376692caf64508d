package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.Served;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** EREAD and EPREAD, which wait for events. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PollTest {
    private static final String KEY = "7e124fe8-fe28-5398-bb95-53973100148f";
    private static final String ID = "0198c5f1-0000-7000-8000-000000000001";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern BLOCKED = Pattern.compile("blocked_clients:(\\d+)");

    private Served server;
    private RespClient client;
    private RespClient other;

    @BeforeEach
    void start() throws IOException {
        server =
                new RealServer(settings -> {
                    settings.maxBlockMillis = 20_000;
                    settings.pageBytes = 10_000;
                });
        client = server.connect();
        other = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        other.close();
        server.close();
    }

    @Test
    void eread_resp3_isAMapOfTheStreamsThatHaveEvents() throws IOException {
        append("user-123", ID);
        append("b", ID.replace('1', '2'));
        client.call("HELLO", "3");

        assertThat(client.call("EREAD", "STREAMS", "b", "none", "user-123", "0", "0", "0"))
                .matches(
                        lines("%2|\\$1|b|\\*1|")
                                + event3(ID.replace('1', '2'), "b")
                                + lines("\\$8|user-123|\\*1|")
                                + event3(ID, "user-123"));
    }

    @Test
    void eread_resp2_isAnArrayOfPairs() throws IOException {
        append("user-123", ID);
        append("b", ID.replace('1', '2'));

        assertThat(client.call("EREAD", "STREAMS", "none", "user-123", "b", "0", "0", "0"))
                .matches(
                        lines("\\*2|\\*2|\\$8|user-123|\\*1|")
                                + event2(ID, "user-123")
                                + lines("\\*2|\\$1|b|\\*1|")
                                + event2(ID.replace('1', '2'), "b"));
    }

    @Test
    void epread_namesPartitionsAsTheClientDid() throws IOException {
        append("user-123", ID);

        assertThat(client.call("EPREAD", "PARTITIONS", "21", "3", KEY, "21", "0", "0", "0", "1"))
                .matches(
                        lines("\\*2|\\*2|\\$2|21|\\*1|")
                                + event2(ID, "user-123")
                                + lines("\\*2|\\$36|" + KEY + "|\\*1|")
                                + event2(ID, "user-123"));
        client.call("HELLO", "3");
        assertThat(client.call("EPREAD", "PARTITIONS", "21", "0"))
                .matches(lines("%1|\\$2|21|\\*1|") + event3(ID, "user-123"));
    }

    @Test
    void nothing_isNull() throws IOException {
        assertThat(client.call("EREAD", "STREAMS", "a", "b", "0", "$")).isEqualTo("*-1\r\n");
        assertThat(client.call("EPREAD", "BLOCK", "1", "PARTITIONS", "0", "0"))
                .isEqualTo("*-1\r\n");
        client.call("HELLO", "3");
        assertThat(client.call("EREAD", "BLOCK", "1", "STREAMS", "a", "$")).isEqualTo("_\r\n");
        assertThat(client.call("EPREAD", "PARTITIONS", "0", "0")).isEqualTo("_\r\n");
    }

    @Test
    void count_isPerStream_andTheVersionIsTheFirstOneWanted() throws IOException {
        for (int i = 0; i < 4; i++) {
            append("a");
            append("b");
        }
        String reply = client.call("EREAD", "COUNT", "2", "STREAMS", "a", "b", "1", "3");

        assertThat(versionsIn(reply)).isEqualTo("1 2 3 ");
    }

    @Test
    void reply_isBoundedByThePage_butHoldsOneEvent() throws IOException {
        String huge = "x".repeat(200_000);
        client.call("EAPPEND", "a", "E", huge);
        client.call("EAPPEND", "a", "E", "x".repeat(6000));
        client.call("EAPPEND", "b", "E", "x".repeat(6000));

        String first = client.call("EREAD", "STREAMS", "a", "b", "0", "0");
        assertThat(versionsIn(first)).isEqualTo("0 ");
        assertThat(first).contains(huge);
        assertThat(versionsIn(client.call("EREAD", "STREAMS", "a", "b", "1", "0"))).isEqualTo("1 ");
        assertThat(versionsIn(client.call("EREAD", "STREAMS", "a", "b", "2", "0"))).isEqualTo("0 ");
    }

    @Test
    void blocked_isWokenByAnAppendOfAnotherConnection() throws Exception {
        client.send("EREAD", "BLOCK", "0", "STREAMS", "a", "user-123", "0", "$");
        awaitBlocked(1);
        long start = System.nanoTime();
        append("user-123");
        String reply = client.readFrame();

        assertThat(millisSince(start)).isLessThan(1000);
        assertThat(reply).startsWith(lines("*1|*2|$8|user-123|*1|"));
        awaitBlocked(0);

        client.send("EPREAD", "BLOCK", "0", "PARTITIONS", "0", "21", "$", "$");
        awaitBlocked(1);
        append("user-123");
        assertThat(client.readFrame()).startsWith(lines("*1|*2|$2|21|*1|"));
        awaitBlocked(0);
    }

    @Test
    void blocked_afterItsTimeOrThatOfTheServer_isNull() throws Exception {
        long start = System.nanoTime();
        assertThat(client.call("EREAD", "BLOCK", "150", "STREAMS", "a", "$")).isEqualTo("*-1\r\n");
        assertThat(millisSince(start)).isBetween(140L, 5000L);

        try (RealServer strict = new RealServer(settings -> settings.maxBlockMillis = 150);
                RespClient patient = strict.connect()) {
            for (String wanted : new String[] {"0", "999999999999999"}) {
                start = System.nanoTime();
                assertThat(patient.call("EREAD", "BLOCK", wanted, "STREAMS", "a", "$"))
                        .isEqualTo("*-1\r\n");
                assertThat(millisSince(start)).isBetween(140L, 5000L);
            }
        }
    }

    @Test
    void ownAppends_earlierOnesAreSeenAndLaterOnesAreNot() throws Exception {
        client.sendRaw(
                RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("EREAD", "BLOCK", "0", "STREAMS", "a", "0")
                        + RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("EREAD", "BLOCK", "100", "STREAMS", "a", "$")
                        + RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("EREAD", "BLOCK", "0", "STREAMS", "a", "2"));

        assertThat(client.readFrame()).startsWith("*12");
        assertThat(versionsIn(client.readFrame())).isEqualTo("0 ");
        assertThat(client.readFrame()).startsWith("*12");
        assertThat(client.readFrame()).isEqualTo("*-1\r\n");
        assertThat(client.readFrame()).startsWith("*12");
        assertThat(versionsIn(client.readFrame())).isEqualTo("2 ");
    }

    @Test
    void commandsBehindABlockedPoll_areAnsweredAfterItInOrder() throws Exception {
        client.sendRaw(
                RespClient.request("ESVER", "a")
                        + RespClient.request("EREAD", "BLOCK", "0", "STREAMS", "a", "0")
                        + "PING\r\n"
                        + RespClient.request("ESVER", "a")
                        + RespClient.request("ECHO", "x"));
        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
        awaitBlocked(1);
        append("a");

        assertThat(versionsIn(client.readFrame())).isEqualTo("0 ");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        assertThat(client.readFrame()).isEqualTo(":0\r\n");
        assertThat(client.readFrame()).isEqualTo(lines("$1|x|"));
    }

    @Test
    void moreThanIsReadBehindABlockedPoll_isAnsweredAfterIt() throws Exception {
        int count = 400;
        String text = "y".repeat(10_000);
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                client.send("EREAD", "BLOCK", "0", "STREAMS", "a", "0");
                                for (int i = 0; i < count; i++) {
                                    client.send("ECHO", i + text);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        awaitBlocked(1);
        Thread.sleep(100);
        append("a");

        assertThat(versionsIn(client.readFrame())).isEqualTo("0 ");
        for (int i = 0; i < count; i++) {
            assertThat(client.readFrame()).endsWith(lines("|" + i + text + "|"));
        }
        sender.join();
    }

    @Test
    void clientThatGoesWhileBlocked_isForgottenAtOnce() throws Exception {
        RespClient[] clients = {server.connect(), server.connect(), server.connect()};
        for (RespClient one : clients) {
            one.send("EREAD", "BLOCK", "0", "STREAMS", "a", "$");
        }
        awaitBlocked(3);
        clients[0].close();
        awaitBlocked(2);
        clients[1].reset();
        awaitBlocked(1);
        clients[2].sendRaw("PING\r\n");
        clients[2].close();
        awaitBlocked(0);
    }

    @Test
    void clientThatSendsNoMore_isAnsweredWithWhatThereIs() throws Exception {
        client.sendRaw("EREAD BLOCK 0 STREAMS a 0\r\nPING\r\nEREAD BLOCK 0 STREAMS a $\r\n");
        awaitBlocked(1);
        client.endOutput();
        assertThat(client.readToEnd()).isEqualTo("*-1\r\n+PONG\r\n*-1\r\n");

        append("a");
        try (RespClient brief = server.connect()) {
            brief.sendRaw("EREAD BLOCK 0 STREAMS a 0\r\n");
            brief.endOutput();
            assertThat(versionsIn(brief.readToEnd())).isEqualTo("0 ");
        }
        awaitBlocked(0);
    }

    @Test
    void whatIsImpossible_isAnErrorAtOnce() throws IOException {
        assertThat(client.call("EPREAD", "BLOCK", "0", "PARTITIONS", "1", "32", "0", "$"))
                .isEqualTo("-INVALIDARG partition 32 does not exist, this cluster has 32\r\n");
        assertThat(client.call("EREAD", "BLOCK", "0", "STREAMS", "a")).startsWith("-INVALIDARG ");
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void shutdown_answersTheBlockedAndClosesThem() throws Exception {
        try (TestServer brief = new TestServer();
                RespClient blocked = brief.connect()) {
            blocked.send("EREAD", "BLOCK", "0", "STREAMS", "a", "$");
            while (brief.node.subscriptions().waitingPolls() == 0) {
                Thread.sleep(1);
            }
            brief.shutDown();
            assertThat(blocked.readToEnd()).startsWith("-ACTORSTOPPED ").endsWith("\r\n");
            while (brief.node.subscriptions().waitingPolls() > 0) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void readThatFails_isAnError() throws Exception {
        try (TestServer broken = new TestServer();
                RespClient blocked = broken.connect()) {
            broken.node.failReadsWith("worn out");
            assertThat(blocked.call("EREAD", "BLOCK", "0", "STREAMS", "a", "0"))
                    .startsWith("-READERR ");
            assertThat(blocked.call("PING")).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void pushes_doNotWaitForABlockedPoll() throws Exception {
        client.call("HELLO", "3");
        client.call("ESUB", "pushed");
        client.readFrame();
        client.send("EREAD", "BLOCK", "0", "STREAMS", "a", "$");
        awaitBlocked(1);
        append("pushed");
        assertThat(client.readFrame()).startsWith(">4");
        append("a");
        assertThat(client.readFrame()).startsWith("%1");
    }

    private void append(String stream) throws IOException {
        assertThat(other.call("EAPPEND", stream, "E")).startsWith("*12");
    }

    private void append(String stream, String id) throws IOException {
        assertThat(
                        other.call(
                                "EAPPEND",
                                stream,
                                "E",
                                "EVENT_ID",
                                id,
                                "TIMESTAMP",
                                "1700",
                                "PAYLOAD",
                                "p"))
                .startsWith("*12");
    }

    private void awaitBlocked(int count) throws Exception {
        long start = System.nanoTime();
        int blocked = -1;
        while (blocked != count) {
            assertThat(millisSince(start)).as("%d blocked", blocked).isLessThan(10_000);
            Matcher line = BLOCKED.matcher(other.call("INFO", "clients"));
            assertThat(line.find()).isTrue();
            blocked = Integer.parseInt(line.group(1));
        }
    }

    private static String versionsIn(String reply) {
        StringBuilder versions = new StringBuilder();
        Matcher version = Pattern.compile("stream_version\r\n:(\\d+)").matcher(reply);
        while (version.find()) {
            versions.append(version.group(1)).append(' ');
        }
        return versions.toString();
    }

    private static String event3(String id, String stream) {
        return lines("%11|\\+event_id|\\+" + id + "|\\+partition_key|\\+" + UUID)
                + lines("|\\+partition_id|:\\d+|\\+transaction_id|\\+" + UUID)
                + lines("|\\+partition_sequence|:0|\\+stream_version|:0|\\+timestamp|:1700")
                + lines("|\\+stream_id|\\$" + stream.length() + "|" + stream)
                + lines("|\\+event_name|\\$1|E|\\+metadata|\\$0||\\+payload|\\$1|p|");
    }

    private static String event2(String id, String stream) {
        return lines("\\*22|\\$8|event_id|\\$36|" + id + "|\\$13|partition_key|\\$36|" + UUID)
                + lines("|\\$12|partition_id|:\\d+|\\$14|transaction_id|\\$36|" + UUID)
                + lines("|\\$18|partition_sequence|:0|\\$14|stream_version|:0")
                + lines("|\\$9|timestamp|:1700|\\$9|stream_id")
                + lines("|\\$" + stream.length() + "|" + stream)
                + lines("|\\$10|event_name|\\$1|E|\\$8|metadata|\\$0||\\$7|payload|\\$1|p|");
    }

    private static long millisSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static String lines(String text) {
        return text.replace("|", "\r\n");
    }
}
