package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.resp.RespVersion;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.Served;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events as messages of pub/sub. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PubSubMessagesTest {
    private static final String ID = "0198c5f1-0000-7000-8000-000000000001";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern SUBSCRIPTION =
            Pattern.compile("\"subscription_id\":\"(" + UUID + ")\"");

    private Served server;
    private RespClient client;

    /** Appends, acknowledges and ends, as libraries do on another connection. */
    private RespClient other;

    @BeforeEach
    void start() throws IOException {
        server = new RealServer();
        client = server.connect();
        other = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        other.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void aStream_goldenBytes(RespVersion version) throws IOException {
        speak(version);
        String channel = "sierra:stream:user-123";
        client.call("SUBSCRIBE", channel);
        other.send("EAPPEND", "user-123", "E", "EVENT_ID", ID, "TIMESTAMP", "1700000000123");
        other.readFrame();

        String json =
                "\\{\"subscription_id\":\"ID\",\"cursor\":0,\"event_id\":\"ID\","
                    + "\"partition_key\":\"ID\",\"partition_id\":\\d+,\"transaction_id\":\"ID\","
                    + "\"partition_sequence\":0,\"stream_version\":0,"
                    + "\"timestamp\":1700000000123,\"stream_id\":\"user-123\","
                    + "\"event_name\":\"E\",\"metadata\":\"\",\"payload\":\"\","
                    + "\"metadata_encoding\":\"text\",\"payload_encoding\":\"text\"\\}";
        assertThat(client.readFrame())
                .matches(
                        ("\\" + head(version, 3) + "|\\$7|message|\\$22|" + channel + "|\\$\\d+|")
                                        .replace("|", "\r\n")
                                + json.replace("ID", UUID)
                                + "\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void aStream_fromItsBeginning_isItsHistoryAndThenWhatComes(RespVersion version)
            throws IOException {
        speak(version);
        append("s", 3);
        append("t", 1);
        String channel = "sierra:stream:s?from=0";

        assertThat(client.call("SUBSCRIBE", channel)).endsWith(":1\r\n");
        for (int streamVersion = 0; streamVersion < 3; streamVersion++) {
            expectMessage(channel, "s", streamVersion, /* cursor= */ streamVersion);
        }
        append("t", 1);
        append("s", 2);
        expectMessage(channel, "s", 3, 3);
        expectMessage(channel, "s", 4, 4);
        assertNothingComes();
    }

    @ParameterizedTest
    @EnumSource
    void severalNames_areConfirmedBeforeAnyMessage(RespVersion version) throws IOException {
        speak(version);
        append("s", 1);
        client.send("SUBSCRIBE", "sierra:stream:s?from=0", "sierra:all?from=0", "x");

        assertThat(client.readFrame()).endsWith("\r\n:1\r\n");
        assertThat(client.readFrame()).endsWith("\r\n:2\r\n");
        assertThat(client.readFrame()).endsWith("\r\n:3\r\n");
        assertThat(client.readFrame() + client.readFrame())
                .contains("\r\nsierra:stream:s?from=0\r\n", "\r\nsierra:all?from=0\r\n");
    }

    @Test
    void latest_isBehindWhatTheConnectionAppendedBefore() throws IOException {
        speak(RespVersion.RESP3);
        String append = RespClient.request("EAPPEND", "s", "E");
        for (int round = 0; round < 50; round++) {
            String subscribe = RespClient.request("SUBSCRIBE", "sierra:stream:s");
            client.sendRaw(append + append + subscribe + append);

            assertThat(client.readFrame()).startsWith("%6");
            assertThat(client.readFrame()).startsWith("%6");
            assertThat(client.readFrame()).startsWith(">3\r\n$9\r\nsubscribe");
            assertThat(client.readFrame()).startsWith("%6");
            expectMessage("sierra:stream:s", "s", 3 * round + 2, /* cursor= */ 0);
            client.call("UNSUBSCRIBE");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWindow_isOpenedFromAnotherConnection(RespVersion version) throws IOException {
        speak(version);
        append("s", 5);
        String channel = "sierra:stream:s?from=0&window=2";
        client.call("SUBSCRIBE", channel);

        String id = expectMessage(channel, "s", 0, 0);
        expectMessage(channel, "s", 1, 1);
        assertNothingComes();
        assertThat(other.call("EACK", id, "0")).isEqualTo("+OK\r\n");
        expectMessage(channel, "s", 2, 2);
        assertNothingComes();
        assertThat(other.call("EACK", id, "2")).isEqualTo("+OK\r\n");
        expectMessage(channel, "s", 3, 3);
        expectMessage(channel, "s", 4, 4);
    }

    @ParameterizedTest
    @EnumSource
    void partitionsAndAll_areChannels(RespVersion version) throws IOException {
        speak(version);
        int partition = partitionOf("s");
        client.call("SUBSCRIBE", "sierra:partition:" + partition + "?from=0");
        expectMessage("sierra:partition:" + partition + "?from=0", "s", 0, 0);
        client.call("UNSUBSCRIBE");
        client.call("SUBSCRIBE", "sierra:all");
        append("s", 1);
        expectMessage("sierra:all", "s", 1, 0);
    }

    @ParameterizedTest
    @EnumSource
    void patterns_tellTheChannelOfEachEvent(RespVersion version) throws IOException {
        speak(version);
        append("user-1", 1);
        client.call("PSUBSCRIBE", "sierra:stream:user-*?from=0");
        expectPatternMessage(version, "sierra:stream:user-*?from=0", "sierra:stream:user-1");
        append("order-1", 1);
        append("user-2", 1);
        expectPatternMessage(version, "sierra:stream:user-*?from=0", "sierra:stream:user-2");
        client.call("PUNSUBSCRIBE");

        int partition = partitionOf("s");
        client.call("PSUBSCRIBE", "sierra:partition:*");
        append("s", 1);
        expectPatternMessage(version, "sierra:partition:*", "sierra:partition:" + partition);
        client.call("PUNSUBSCRIBE");

        client.call("PSUBSCRIBE", "*");
        append("s", 1);
        expectPatternMessage(version, "*", "sierra:all");
    }

    @Test
    void aPatternThatNoPartitionMatches_isSilent() throws IOException {
        client.call("PSUBSCRIBE", "sierra:partition:x*");
        append("s", 1);

        assertNothingComes();
    }

    @Test
    void aChannelAndAPattern_areHeardBoth() throws IOException {
        client.call("SUBSCRIBE", "sierra:stream:s");
        client.call("PSUBSCRIBE", "sierra:stream:*");
        append("s", 1);

        assertThat(client.readFrame() + client.readFrame())
                .contains("\r\nmessage\r\n", "\r\npmessage\r\n");
    }

    @Test
    void otherNames_areSilent() throws IOException {
        client.call("SUBSCRIBE", "__Booksleeve_MasterChanged");
        client.call("PSUBSCRIBE", "__keyspace*");
        append("s", 1);

        assertNothingComes();
    }

    @ParameterizedTest
    @EnumSource
    void subscribe_again_changesNothing(RespVersion version) throws IOException {
        speak(version);
        append("s", 1);
        String channel = "sierra:stream:s?from=0";
        client.call("SUBSCRIBE", channel);
        String id = expectMessage(channel, "s", 0, 0);

        assertThat(client.call("SUBSCRIBE", channel)).endsWith(":1\r\n");
        assertNothingComes();
        append("s", 1);
        assertThat(expectMessage(channel, "s", 1, 1)).isEqualTo(id);
    }

    @ParameterizedTest
    @EnumSource
    void eunsub_leavesTheNameSilentUntilItIsSubscribedAgain(RespVersion version)
            throws IOException {
        speak(version);
        append("s", 1);
        String channel = "sierra:stream:s?from=0";
        client.call("SUBSCRIBE", channel);
        String id = expectMessage(channel, "s", 0, 0);

        assertThat(other.call("EUNSUB", id)).isEqualTo("+OK\r\n");
        assertThat(other.call("EUNSUB", id)).isEqualTo("-NOTFOUND subscription not found\r\n");
        assertThat(other.call("EACK", id, "0")).isEqualTo("-NOTFOUND subscription not found\r\n");
        append("s", 1);
        assertNothingComes();
        assertThat(other.call("CLIENT", "LIST")).contains(" sub=1 ");
        assertThat(client.call("SUBSCRIBE", channel)).endsWith(":1\r\n");
        assertThat(expectMessage(channel, "s", 0, 0)).isNotEqualTo(id);
        expectMessage(channel, "s", 1, 1);
        assertThat(client.call("UNSUBSCRIBE", channel)).endsWith(":0\r\n");
    }

    /** Events are on their way all the time, in all stages. */
    @ParameterizedTest
    @EnumSource
    void unsubscribe_nothingComesBehindItsConfirmation(RespVersion version) throws IOException {
        speak(version);
        append("s", 2_000);
        for (int round = 0; round < 100; round++) {
            assertThat(client.call("SUBSCRIBE", "sierra:stream:s?from=0"))
                    .contains("\r\nsubscribe\r\n");
            int skipped = round * 7 % 400;
            for (int i = 0; i < skipped; i++) {
                client.readFrame();
            }
            client.sendRaw(
                    RespClient.request("UNSUBSCRIBE", "sierra:stream:s?from=0")
                            + RespClient.request("PING"));
            String frame = client.readFrame();
            while (frame.contains("\r\nmessage\r\n")) {
                frame = client.readFrame();
            }
            assertThat(frame).contains("\r\nunsubscribe\r\n");
            assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shutdown_tellsTheListeners(RespVersion version) throws IOException {
        try (TestServer ending = new TestServer();
                RespClient listening = ending.connect()) {
            listening.call("HELLO", Integer.toString(version.number()));
            listening.call("SUBSCRIBE", "sierra:all");
            listening.call("SUBSCRIBE", "silent");
            listening.call("PSUBSCRIBE", "sierra:stream:*");
            ending.shutDown();

            assertThat(error(listening.readFrame()))
                    .isEqualTo(
                            errorMessage(
                                    (head(version, 3) + "|$7|message|$10|sierra:all"),
                                    "ACTORSTOPPED server is shutting down; nothing was done"));
            assertThat(error(listening.readFrame()))
                    .isEqualTo(
                            errorMessage(
                                    head(version, 4)
                                            + "|$8|pmessage|$15|sierra:stream:*"
                                            + "|$15|sierra:stream:*",
                                    "ACTORSTOPPED server is shutting down; nothing was done"));
            assertThat(listening.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPartitionThatFails_isToldAndMayBeTriedAgain(RespVersion version) throws IOException {
        try (TestServer failing = new TestServer();
                RespClient listening = failing.connect()) {
            listening.call("HELLO", Integer.toString(version.number()));
            listening.call("SUBSCRIBE", "sierra:partition:7");
            failing.node.failPartition(7);

            assertThat(error(listening.readFrame()))
                    .isEqualTo(
                            errorMessage(
                                    head(version, 3) + "|$7|message|$18|sierra:partition:7",
                                    "CLUSTERDOWN partition 7 is out of service: a test"));
            assertThat(listening.call("SUBSCRIBE", "sierra:partition:7"))
                    .startsWith("-CLUSTERDOWN");
            assertThat(listening.call("UNSUBSCRIBE")).endsWith("sierra:partition:7\r\n:0\r\n");
        }
    }

    /** Without the id. */
    private static String error(String frame) {
        return frame.replaceAll(UUID, "ID");
    }

    private static String errorMessage(String begin, String text) {
        int length = text.length() + 69;
        return (begin + "|$" + length + "|{\"subscription_id\":\"ID\",\"error\":\"" + text + "\"}|")
                .replace("|", "\r\n");
    }

    private void speak(RespVersion version) throws IOException {
        client.call("HELLO", Integer.toString(version.number()));
    }

    private static String head(RespVersion version, int count) {
        return (version == RespVersion.RESP3 ? ">" : "*") + count;
    }

    private void append(String stream, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            other.send("EAPPEND", stream, "E");
        }
        for (int i = 0; i < count; i++) {
            assertThat(other.readFrame()).startsWith("*12");
        }
    }

    /** Appends an event to the stream to see in which partition it is. */
    private int partitionOf(String stream) throws IOException {
        String reply = other.call("EAPPEND", stream, "E");
        Matcher partition = Pattern.compile("partition_id\r\n:(\\d+)").matcher(reply);
        assertThat(partition.find()).isTrue();
        return Integer.parseInt(partition.group(1));
    }

    /** The id of the subscription. */
    private String expectMessage(String channel, String stream, int streamVersion, int cursor)
            throws IOException {
        String frame = client.readFrame();
        assertThat(frame)
                .contains("3\r\n$7\r\nmessage\r\n$" + channel.length() + "\r\n" + channel + "\r\n$")
                .contains("\"cursor\":" + cursor + ",", "\"stream_version\":" + streamVersion + ",")
                .contains("\"stream_id\":\"" + stream + "\"");
        Matcher id = SUBSCRIPTION.matcher(frame);
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private void expectPatternMessage(RespVersion version, String pattern, String channel)
            throws IOException {
        assertThat(client.readFrame())
                .startsWith(
                        (head(version, 4) + "|$8|pmessage|$" + pattern.length() + "|" + pattern)
                                        .replace("|", "\r\n")
                                + ("\r\n$" + channel.length() + "\r\n" + channel + "\r\n$"));
    }

    /** Not even in the time in which another connection hears of an event. */
    private void assertNothingComes() throws IOException {
        try (RespClient witness = server.connect()) {
            witness.call("SUBSCRIBE", "sierra:stream:witness");
            append("witness", 1);
            witness.readFrame();
        }
        assertThat(client.call("PING")).containsIgnoringCase("pong");
    }
}
