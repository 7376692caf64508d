package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ESUB, EPSUB, EACK and EUNSUB over a real node, in bytes. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SubscriptionsTest {
    private static final String OK = "+OK\r\n";
    private static final String PONG = "+PONG\r\n";
    private static final String NOT_FOUND = "-NOTFOUND subscription not found\r\n";
    private static final Pattern VERSION = Pattern.compile("\\+stream_version\r\n:(\\d+)\r\n");
    private static final Pattern CURSOR = Pattern.compile("^>4\\R\\+message\\R\\+\\S+\\R:(\\d+)");

    private RealServer server;
    private RespClient client;
    private RespClient other;

    @BeforeEach
    void start() throws IOException {
        server = new RealServer();
        client = connect();
        other = connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        other.close();
        server.close();
    }

    private RespClient connect() throws IOException {
        RespClient connected = server.connect();
        connected.call("HELLO", "3");
        return connected;
    }

    /** Subscribes and checks the confirmation; the id. */
    private static String subscribe(RespClient client, int count, String... words)
            throws IOException {
        String reply = client.call(words);
        assertThat(reply).matches("\\+[0-9a-f-]{36}\r\n");
        String id = reply.substring(1, 37);
        assertThat(client.readFrame()).isEqualTo(confirmation(id, count));
        return id;
    }

    private static String confirmation(String id, int count) {
        return ">3\r\n+subscribe\r\n+" + id + "\r\n:" + count + "\r\n";
    }

    private static void append(RespClient client, String stream, int count) throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) {
            requests.append(RespClient.request("EAPPEND", stream, "E", "PAYLOAD", "p" + i));
        }
        client.sendRaw(requests.toString());
        for (int i = 0; i < count; i++) {
            assertThat(client.readFrame()).startsWith("%6");
        }
    }

    private static boolean isPush(String frame) {
        return frame.startsWith(">");
    }

    private static long number(Pattern pattern, String frame) {
        Matcher matcher = pattern.matcher(frame);
        assertThat(matcher.find()).as("%s in %s", pattern, frame).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Reads messages: cursors from {@code cursor} on, versions from {@code version} on. */
    private static void readMessages(RespClient client, long cursor, long version, int count)
            throws IOException {
        for (int i = 0; i < count; i++) {
            String frame = client.readFrame();
            assertThat(number(CURSOR, frame)).isEqualTo(cursor + i);
            assertThat(number(VERSION, frame)).isEqualTo(version + i);
        }
    }

    @Test
    void replyAndConfirmation_areOneWrite() throws IOException {
        try (RespClient fresh = server.connect()) {
            fresh.send("HELLO", "3");
            assertThat(fresh.readOnce()).startsWith("%9");
            for (int count = 1; count <= 100; count++) {
                String[] esub = {"ESUB", "s-" + count};
                fresh.send(count % 2 == 0 ? new String[] {"EPSUB", "*"} : esub);
                String both = fresh.readOnce();
                assertThat(both).startsWith("+").hasSizeGreaterThan(37);
                String id = both.substring(1, 37);
                assertThat(UUID.fromString(id).version()).isEqualTo(4);
                assertThat(both).isEqualTo("+" + id + "\r\n" + confirmation(id, count));
            }
        }
    }

    @Test
    void count_isThatOfTheConnection() throws IOException {
        String first = subscribe(client, 1, "ESUB", "a");
        subscribe(client, 2, "ESUB", "a");
        subscribe(other, 1, "EPSUB", "*");
        assertThat(client.call("EUNSUB", first)).isEqualTo(OK);
        subscribe(client, 2, "EPSUB", "3");
    }

    @Test
    void message_isTheEventAsEgetShowsIt() throws IOException {
        String eventId = UUID.randomUUID().toString();
        other.call(
                "EAPPEND",
                "s",
                "Name",
                "EVENT_ID",
                eventId,
                "TIMESTAMP",
                "1700000000123",
                "PAYLOAD",
                "p\r\n>3",
                "METADATA",
                "m");
        String id = subscribe(client, 1, "ESUB", "s", "FROM", "0");
        String event = other.call("EGET", eventId);
        assertThat(event).startsWith("%11\r\n+event_id\r\n+" + eventId);
        assertThat(client.readFrame()).isEqualTo(">4\r\n+message\r\n+" + id + "\r\n:0\r\n" + event);
    }

    @Test
    void eventsOfATransaction_areOneMessageEach() throws IOException {
        String key = UUID.randomUUID().toString();
        String id = subscribe(client, 1, "EPSUB", key);
        assertThat(other.call("EMAPPEND", key, "a", "A", "b", "B", "a", "C")).startsWith("%5");
        for (int i = 0; i < 3; i++) {
            assertThat(client.readFrame())
                    .startsWith(">4\r\n+message\r\n+" + id + "\r\n:" + i + "\r\n%11")
                    .contains("+partition_sequence\r\n:" + i + "\r\n");
        }
    }

    @Test
    void replyToAnAppend_comesBeforeThePushOfItsEvent() throws IOException {
        subscribe(client, 1, "ESUB", "s", "WINDOW", "1000000");
        long replied = 0;
        long pushed = 0;
        for (int round = 1; round <= 30; round++) {
            client.sendRaw(RespClient.request("EAPPEND", "s", "E", "PAYLOAD", "p").repeat(100));
            while (replied < 100L * round || (round == 30 && pushed < replied)) {
                String frame = client.readFrame();
                long version = number(VERSION, frame);
                if (isPush(frame)) {
                    assertThat(version).isEqualTo(pushed++).isLessThan(replied);
                } else {
                    assertThat(version).isEqualTo(replied++);
                }
            }
        }
    }

    @Test
    void pushes_neverSplitOrReorderReplies() throws Exception {
        append(other, "large", 50);
        other.call("EAPPEND", "large", "E", "PAYLOAD", "x".repeat(300_000));
        subscribe(client, 1, "EPSUB", "*", "FROM", "0", "WINDOW", "1000000");
        AtomicBoolean done = new AtomicBoolean();
        Thread appending =
                Thread.ofVirtual()
                        .start(() -> {
                            try (RespClient busy = connect()) {
                                while (!done.get()) {
                                    append(busy, "busy", 50);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        int pushes = 0;
        for (int round = 0; round < 30; round++) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 10; i++) {
                requests.append(RespClient.request("ECHO", "echo " + i));
                requests.append(RespClient.request("ESCAN", "large", "-", "+"));
            }
            client.sendRaw(requests.toString());
            for (int reply = 0; reply < 20; ) {
                String frame = client.readFrame();
                if (isPush(frame)) {
                    pushes++;
                    assertThat(frame).startsWith(">4\r\n+message\r\n+");
                } else {
                    String expected = reply % 2 == 0 ? "$6\r\necho " + reply / 2 : "%2\r\n+has_mo";
                    assertThat(frame).startsWith(expected);
                    reply++;
                }
            }
        }
        done.set(true);
        appending.join();
        assertThat(pushes).isGreaterThan(51);
    }

    @Test
    void ordinaryCommands_onASubscribedConnection() throws IOException {
        subscribe(client, 1, "ESUB", "nobody");
        assertThat(client.call("PING")).isEqualTo(PONG);
        assertThat(client.call("EAPPEND", "s", "E")).startsWith("%6");
        assertThat(client.call("ESVER", "s")).isEqualTo(":0\r\n");
        assertThat(client.call("EPSEQ", "99")).startsWith("-INVALIDARG");
        assertThat(client.call("HELLO", "2"))
                .isEqualTo("-ERR the protocol cannot be changed while there are subscriptions\r\n");
    }

    @Test
    void acknowledgeAndUnsubscribe_fromAnotherConnection() throws IOException {
        String id = subscribe(client, 1, "ESUB", "s", "WINDOW", "2");
        append(other, "s", 5);
        readMessages(client, 0, 0, 2);
        assertThat(other.call("EACK", id, "1")).isEqualTo(OK);
        readMessages(client, 2, 2, 2);
        assertThat(other.call("EUNSUB", id)).isEqualTo(OK);
        assertThat(other.call("EUNSUB", id)).isEqualTo(NOT_FOUND);
        assertThat(other.call("EACK", id, "3")).isEqualTo(NOT_FOUND);
        assertThat(client.call("EACK", id, "3")).isEqualTo(NOT_FOUND);
        subscribe(client, 1, "ESUB", "s");
    }

    @Test
    void acknowledge_unknownOrOfAClosedConnection_isNotFound() throws Exception {
        assertThat(client.call("EACK", UUID.randomUUID().toString(), "0")).isEqualTo(NOT_FOUND);
        String id = subscribe(client, 1, "ESUB", "s");
        client.close();
        while (!other.call("EACK", id, "0").equals(NOT_FOUND)) {
            Thread.onSpinWait();
        }
        assertThat(server.node().subscriptions().count()).isZero();
    }

    @Test
    void acknowledge_lateTwiceOrTooLarge() throws IOException {
        String id = subscribe(client, 1, "ESUB", "s", "WINDOW", "2");
        assertThat(client.call("EACK", id, "18446744073709551615")).isEqualTo(OK);
        append(other, "s", 10);
        readMessages(client, 0, 0, 2);
        assertThat(client.call("EACK", id, "1000")).isEqualTo(OK);
        readMessages(client, 2, 2, 2);
        assertThat(client.call("EACK", id, "0")).isEqualTo(OK);
        assertThat(client.call("EACK", id, "1")).isEqualTo(OK);
        assertThat(client.call("PING")).as("nothing was sent").isEqualTo(PONG);
        assertThat(client.call("EACK", id, "2")).isEqualTo(OK);
        readMessages(client, 4, 4, 1);
    }

    @Test
    void windowOfOne_isPingPong() throws IOException {
        append(other, "s", 50);
        String id = subscribe(client, 1, "ESUB", "s", "FROM", "0", "WINDOW", "1");
        for (int i = 0; i < 50; i++) {
            readMessages(client, i, i, 1);
            assertThat(client.call("PING")).as("no message before the EACK").isEqualTo(PONG);
            assertThat(client.call("EACK", id, Integer.toString(i))).isEqualTo(OK);
        }
    }

    @Test
    void noMessage_afterUnsubscribed() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread appending =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (!done.get()) {
                                    append(other, "s", 20);
                                }
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        for (int round = 0; round < 100; round++) {
            // The appends hold the pushes back, which then wait in line before the EUNSUB.
            String id = subscribe(client, 1, "EPSUB", "*", "FROM", "0", "WINDOW", "1000000");
            client.sendRaw(
                    RespClient.request("EAPPEND", "t", "E").repeat(round % 5)
                            + RespClient.request("EUNSUB", id)
                            + RespClient.request("EAPPEND", "t", "E"));
            String frame = client.readFrame();
            while (!frame.equals(OK)) {
                frame = client.readFrame();
            }
            assertThat(client.readFrame()).startsWith("%6");
            assertThat(client.call("PING")).isEqualTo(PONG);
        }
        done.set(true);
        appending.join();
        assertThat(server.node().subscriptions().count()).isZero();
    }

    @Test
    void latest_betweenTwoPipelinedAppends_seesTheSecondOnly() throws IOException {
        for (int round = 0; round < 100; round++) {
            String stream = "s-" + round % 7;
            String selector = round % 2 == 0 ? "ESUB" : "EPSUB";
            String what =
                    round % 2 == 0 ? stream : StreamId.of(stream).defaultPartitionKey().toString();
            client.sendRaw(
                    RespClient.request("EAPPEND", stream, "E")
                            + RespClient.request(selector, what)
                            + RespClient.request("EAPPEND", stream, "E"));
            long first = number(VERSION, client.readFrame());
            String id = client.readFrame().substring(1, 37);
            assertThat(client.readFrame()).isEqualTo(confirmation(id, 1));
            assertThat(number(VERSION, client.readFrame())).isEqualTo(first + 1);
            readMessages(client, 0, first + 1, 1);
            assertThat(client.call("EUNSUB", id)).isEqualTo(OK);
        }
    }

    @Test
    void respTwo_isRefused() throws IOException {
        try (RespClient old = server.connect()) {
            assertThat(old.call("ESUB", "s"))
                    .startsWith("-NOPROTO pushes need RESP3: say HELLO 3 first");
            assertThat(old.call("EPSUB", "*")).startsWith("-NOPROTO ");
            assertThat(old.call("PING")).isEqualTo(PONG);
        }
        assertThat(server.node().subscriptions().count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"32, 32", "'1,2,99', 99", "0-99, 32", "31-32, 32"})
    void impossiblePartition_isAnErrorAtOnce(String selector, int missing) throws IOException {
        assertThat(client.call("EPSUB", selector, "FROM", "0"))
                .isEqualTo(
                        "-INVALIDARG partition "
                                + missing
                                + " does not exist, this cluster has 32\r\n");
        assertThat(client.call("PING")).isEqualTo(PONG);
    }

    @Test
    void heartbeat_tellsThePositions() throws IOException {
        append(other, "s", 3);
        String id = subscribe(client, 1, "ESUB", "s", "FROM", "1", "WITH", "HEARTBEAT", "100");
        readMessages(client, 0, 1, 2);
        String beat = ">3\r\n+heartbeat\r\n+" + id + "\r\n%1\r\n$1\r\ns\r\n:3\r\n";
        assertThat(client.readFrame()).isEqualTo(beat);
        assertThat(client.readFrame()).isEqualTo(beat);
    }

    @Test
    void caughtUp_tellsThePositionsEachTime() throws IOException {
        append(other, "s", 2);
        String id = subscribe(client, 1, "ESUB", "s", "FROM", "0", "WITH", "CAUGHTUP");
        String caughtUp = ">3\r\n+caughtup\r\n+" + id + "\r\n%1\r\n$1\r\ns\r\n:";
        readMessages(client, 0, 0, 2);
        assertThat(client.readFrame()).isEqualTo(caughtUp + "2\r\n");
        append(other, "s", 1);
        readMessages(client, 2, 2, 1);
        assertThat(client.readFrame()).isEqualTo(caughtUp + "3\r\n");
    }

    @Test
    void caughtUp_ofAllPartitions_isNotToldBeforeTheirEnd() throws IOException {
        for (int i = 0; i < 64; i++) {
            append(other, "s-" + i, 2);
        }
        for (int round = 0; round < 20; round++) {
            String id = subscribe(client, 1, "EPSUB", "*", "FROM", "0", "WITH", "CAUGHTUP");
            for (int i = 0; i < 128; i++) {
                assertThat(client.readFrame()).startsWith(">4\r\n+message");
            }
            assertThat(client.readFrame()).startsWith(">3\r\n+caughtup\r\n+" + id + "\r\n%32");
            assertThat(client.call("EUNSUB", id)).isEqualTo(OK);
        }
    }

    @Test
    void pushKind_isFlatAndWithoutConfirmation() throws IOException {
        String reply = client.call("ESUB", "s", "WITH", "PUSH", "sierra");
        String id = reply.substring(1, 37);
        assertThat(reply).isEqualTo("+" + id + "\r\n");
        append(other, "s", 1);
        assertThat(client.readFrame())
                .startsWith(
                        ">4\r\n$6\r\nsierra\r\n$36\r\n" + id + "\r\n:0\r\n*22\r\n$8\r\nevent_id");
    }

    @Test
    void formatJson_isOneBulkString() throws IOException {
        String id = subscribe(client, 1, "ESUB", "s", "WITH", "FORMAT", "JSON");
        append(other, "s", 1);
        assertThat(client.readFrame())
                .matches(
                        ">4\r\n\\+message\r\n\\+"
                                + id
                                + "\r\n:0\r\n\\$\\d+\r\n\\{.*\"stream_id\":\"s\".*}\r\n");
    }

    @Test
    void filters_choose() throws IOException {
        String[] words = {"EPSUB", "*", "WITH", "NAMES", "2", "A", "B", "STREAMPREFIX", "user-"};
        subscribe(client, 1, words);
        for (String stream : List.of("user-1", "order-1", "user-1")) {
            for (String name : List.of("A", "C", "B")) {
                other.call("EAPPEND", stream, name);
            }
        }
        for (int i = 0; i < 4; i++) {
            assertThat(client.readFrame())
                    .contains(":" + i + "\r\n%11", "+stream_id\r\n$6\r\nuser-1")
                    .contains("+event_name\r\n$1\r\n" + (i % 2 == 0 ? "A" : "B"));
        }
    }

    @Test
    void examplesOfStreams() throws IOException {
        append(other, "user-123", 60);
        append(other, "user-1", 12);
        append(other, "user-2", 23);
        append(other, "user-3", 31);

        assertExample("ESUB user-123", 0);
        assertExample("ESUB user-123 WINDOW 100", 0);
        assertExample("ESUB user-123 FROM 50 WINDOW 100", 10);
        assertExample("ESUB user-123 FROM LATEST", 0);
        assertExample(
                "ESUB user-1 user-2 user-3 FROM MAP user-1=10 user-2=20 user-3=30 WINDOW 50", 6);
    }

    @Test
    void examplesOfPartitions() throws IOException {
        appendTo(1, 103);
        appendTo(2, 205);
        appendTo(3, 7);
        appendTo(5, 130);

        assertExample("EPSUB *", 0);
        assertExample("EPSUB * WINDOW 100", 0);
        assertExample("EPSUB * FROM 1000 WINDOW 100", 0);
        assertExample("EPSUB 5 FROM 100 WINDOW 50", 30);
        assertExample("EPSUB 1,2,3 FROM MAP 1=100 2=200 DEFAULT 0 WINDOW 500", 15);
    }

    private void appendTo(int partitionId, int count) throws IOException {
        UUID key = UUID.randomUUID();
        while (PartitionKey.of(key).hash() % 32 != partitionId) {
            key = UUID.randomUUID();
        }
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(RespClient.request("EAPPEND", "p", "E", "PARTITION_KEY", key.toString()));
        }
        other.sendRaw(String.join("", requests));
        for (int i = 0; i < count; i++) {
            assertThat(other.readFrame()).contains("+partition_id\r\n:" + partitionId + "\r\n");
        }
    }

    private void assertExample(String line, int events) throws IOException {
        String id = subscribe(client, 1, line.split(" "));
        for (int i = 0; i < events; i++) {
            assertThat(number(CURSOR, client.readFrame())).as(line).isEqualTo(i);
        }
        assertThat(client.call("EACK", id, "1000")).as(line).isEqualTo(OK);
        assertThat(client.call("EUNSUB", id)).as(line).isEqualTo(OK);
    }

    @Test
    void shutDown_tellsWhy() throws IOException {
        String id = subscribe(client, 1, "ESUB", "s");
        append(other, "s", 1);
        readMessages(client, 0, 0, 1);
        server.shutDown();
        assertThat(client.readToEnd())
                .matches(">3\r\n\\+error\r\n\\+" + id + "\r\n\\$\\d+\r\n[A-Z]+ .*\r\n");
    }
}
