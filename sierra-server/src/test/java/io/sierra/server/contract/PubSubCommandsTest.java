package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.resp.RespVersion;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.ServedTest;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SUBSCRIBE and its kin, and what a connection that listens may do; to the byte. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PubSubCommandsTest extends ServedTest<RealServer> {
    private static final String REFUSED =
            ": only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
                    + " context\r\n";

    @Override
    protected RealServer newServer() throws IOException {
        return new RealServer();
    }

    @ParameterizedTest
    @EnumSource
    void names_areConfirmedOneByOne(RespVersion version) throws IOException {
        speak(version);

        client.send("SUBSCRIBE", "a", "sierra:stream:s", "a");
        expect(version, "|$9|subscribe|$1|a|:1|");
        expect(version, "|$9|subscribe|$15|sierra:stream:s|:2|");
        expect(version, "|$9|subscribe|$1|a|:2|");
        client.send("psubscribe", "sierra:*", "");
        expect(version, "|$10|psubscribe|$8|sierra:*|:3|");
        expect(version, "|$10|psubscribe|$0||:4|");
        client.send("SUBSCRIBE", "sierra:stream:s");
        expect(version, "|$9|subscribe|$15|sierra:stream:s|:4|");
        client.send("UNSUBSCRIBE", "a", "nosuch", "a");
        expect(version, "|$11|unsubscribe|$1|a|:3|");
        expect(version, "|$11|unsubscribe|$6|nosuch|:3|");
        expect(version, "|$11|unsubscribe|$1|a|:3|");
        client.send("PUNSUBSCRIBE");
        expect(version, "|$12|punsubscribe|$8|sierra:*|:2|");
        expect(version, "|$12|punsubscribe|$0||:1|");
        client.send("PUNSUBSCRIBE");
        expect(version, "|$12|punsubscribe|" + nullIn(version) + "|:1|");
        client.send("UNSUBSCRIBE");
        expect(version, "|$11|unsubscribe|$15|sierra:stream:s|:0|");
        client.send("UNSUBSCRIBE");
        expect(version, "|$11|unsubscribe|" + nullIn(version) + "|:0|");
        client.send("PUNSUBSCRIBE", "nosuch");
        expect(version, "|$12|punsubscribe|$6|nosuch|:0|");
    }

    @Test
    void names_ofAnyBytes_areToldApart() throws IOException {
        client.send("SUBSCRIBE", "\u00ff", "\u00fe", "\r\n");

        assertThat(client.readFrame()).isEqualTo("*3\r\n$9\r\nsubscribe\r\n$1\r\n\u00ff\r\n:1\r\n");
        assertThat(client.readFrame()).isEqualTo("*3\r\n$9\r\nsubscribe\r\n$1\r\n\u00fe\r\n:2\r\n");
        assertThat(client.readFrame()).isEqualTo("*3\r\n$9\r\nsubscribe\r\n$2\r\n\r\n\r\n:3\r\n");
    }

    @Test
    void subscribe_withoutNames_isRefused() throws IOException {
        assertThat(client.call("SUBSCRIBE"))
                .isEqualTo("-ERR wrong number of arguments for 'subscribe' command\r\n");
        assertThat(client.call("PSUBSCRIBE"))
                .isEqualTo("-ERR wrong number of arguments for 'psubscribe' command\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SUBSCRIBE  | sierra:stream:s?from=x  | INVALIDARG channel 'sierra:stream:s?from=x'"
                        + ": expected number or latest after from=, but got 'x'",
                "SUBSCRIBE  | sierra:stream:          | INVALIDARG channel 'sierra:stream:':"
                        + " expected stream id",
                "SUBSCRIBE  | sierra:partition:32     | INVALIDARG partition 32 does not exist,"
                        + " this cluster has 32",
                "SUBSCRIBE  | sierra:all?pk=1         | INVALIDARG channel 'sierra:all?pk=1':"
                        + " expected partition key after pk=, but got '1'",
                "PSUBSCRIBE | sierra:stream:*?window= | INVALIDARG channel"
                        + " 'sierra:stream:*?window=': expected number after window=, but got ''"
            })
    void aWrongName_refusesTheWholeCommand(String command, String name, String error)
            throws IOException {
        assertThat(client.call(command, "sierra:stream:good", "other", name))
                .isEqualTo("-" + error + "\r\n");

        assertThat(client.call("CLIENT", "LIST")).contains(" flags=N ", " sub=0 psub=0 ");
        assertThat(client.call("INFO", "clients")).contains("subscriptions:0\r\n");
        assertThat(client.call("INFO", "stats"))
                .contains("pubsub_channels:0\r\n", "pubsub_patterns:0\r\n");
        assertThat(client.call("SUBSCRIBE", "other")).endsWith(":1\r\n");
    }

    @Test
    void aLongPattern_isRefused() throws IOException {
        String allowed = "sierra:stream:" + "?".repeat(1010);

        assertThat(client.call("PSUBSCRIBE", allowed + "?"))
                .isEqualTo("-INVALIDARG pattern is longer than 1024 bytes\r\n");
        assertThat(client.call("PSUBSCRIBE", allowed)).endsWith(":1\r\n");
    }

    @Test
    void aPartitionOutOfService_refusesTheWholeCommand() throws IOException {
        try (TestServer failing = new TestServer();
                RespClient other = failing.connect()) {
            failing.node.failPartition(7);

            assertThat(other.call("SUBSCRIBE", "sierra:partition:6", "sierra:partition:7"))
                    .isEqualTo("-CLUSTERDOWN partition 7 is out of service: a test\r\n");
            assertThat(other.call("PSUBSCRIBE", "sierra:partition:?"))
                    .isEqualTo("-CLUSTERDOWN partition 7 is out of service: a test\r\n");
            assertThat(other.call("INFO", "clients")).contains("subscriptions:0\r\n");
            assertThat(other.call("SUBSCRIBE", "sierra:partition:6")).endsWith(":1\r\n");
        }
    }

    @Test
    void listening_resp2_allowsLittle() throws IOException {
        client.call("PSUBSCRIBE", "x");

        assertThat(client.call("GET", "k")).isEqualTo("-ERR Can't execute 'get'" + REFUSED);
        assertThat(client.call("client", "id"))
                .isEqualTo("-ERR Can't execute 'client|id'" + REFUSED);
        assertThat(client.call("EAPPEND", "s", "E"))
                .isEqualTo("-ERR Can't execute 'eappend'" + REFUSED);
        assertThat(client.call("EACK", "x", "0")).isEqualTo("-ERR Can't execute 'eack'" + REFUSED);
        assertThat(client.call("HELLO", "3")).isEqualTo("-ERR Can't execute 'hello'" + REFUSED);
        assertThat(client.call("NOSUCH")).startsWith("-ERR unknown command 'NOSUCH'");
        assertThat(client.call("PUNSUBSCRIBE")).endsWith(":0\r\n");
        assertThat(client.call("EAPPEND", "s", "E")).startsWith("*12");
    }

    @Test
    void ping_listeningInResp2_isAnArray() throws IOException {
        String pong = "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
        client.call("SUBSCRIBE", "x");

        assertThat(client.call("PING")).isEqualTo(pong);
        assertThat(client.call("ping")).isEqualTo(pong);
        assertThat(client.call("PING", "hi")).isEqualTo("*2\r\n$4\r\npong\r\n$2\r\nhi\r\n");
        assertThat(client.call("PING", "a", "b"))
                .isEqualTo("-ERR wrong number of arguments for 'ping' command\r\n");
        client.sendRaw("PING\r\n");
        assertThat(client.readFrame()).isEqualTo(pong);
    }

    @Test
    void ping_pipelinedAroundListening_changesWithIt() throws IOException {
        String ping = RespClient.request("PING");
        client.sendRaw(
                ping
                        + RespClient.request("SUBSCRIBE", "x")
                        + (ping + ping)
                        + RespClient.request("UNSUBSCRIBE", "x")
                        + ping);

        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        assertThat(client.readFrame()).endsWith(":1\r\n");
        assertThat(client.readFrame()).isEqualTo("*2\r\n$4\r\npong\r\n$0\r\n\r\n");
        assertThat(client.readFrame()).isEqualTo("*2\r\n$4\r\npong\r\n$0\r\n\r\n");
        assertThat(client.readFrame()).endsWith(":0\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
    }

    @Test
    void listening_resp3_allowsEverythingButAnotherProtocol() throws IOException {
        speak(RespVersion.RESP3);
        client.call("SUBSCRIBE", "x");

        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        assertThat(client.call("PING", "hi")).isEqualTo("$2\r\nhi\r\n");
        assertThat(client.call("GET", "k")).isEqualTo("_\r\n");
        assertThat(client.call("EAPPEND", "s", "E")).startsWith("%6");
        assertThat(client.call("HELLO", "3")).startsWith("%9");
        assertThat(client.call("HELLO", "2"))
                .isEqualTo("-ERR the protocol cannot be changed while there are subscriptions\r\n");
        client.call("UNSUBSCRIBE");
        assertThat(client.call("HELLO", "2")).startsWith("*18");
    }

    @ParameterizedTest
    @EnumSource
    void reset_endsListening(RespVersion version) throws IOException {
        speak(version);
        client.call("SUBSCRIBE", "sierra:all");
        client.call("PSUBSCRIBE", "sierra:stream:*");

        assertThat(client.call("RESET")).isEqualTo("+RESET\r\n");
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        assertThat(client.call("INFO", "clients")).contains("subscriptions:0\r\n");
        assertThat(client.call("INFO", "stats"))
                .contains("pubsub_channels:0\r\n", "pubsub_patterns:0\r\n");
        assertThat(client.call("UNSUBSCRIBE")).endsWith("$-1\r\n:0\r\n");
    }

    @Test
    void quit_listening_closes() throws IOException {
        client.call("SUBSCRIBE", "sierra:all");
        client.send("QUIT");

        assertThat(client.readToEnd()).isEqualTo("+OK\r\n");
    }

    @Test
    void infoAndClientList_countWhoListensToWhat() throws Exception {
        speak(RespVersion.RESP3);
        try (RespClient other = server.connect()) {
            client.call("SUBSCRIBE", "x");
            client.call("SUBSCRIBE", "sierra:all");
            client.call("PSUBSCRIBE", "sierra:stream:*");
            other.call("SUBSCRIBE", "x");

            assertThat(client.call("CLIENT", "LIST"))
                    .containsPattern("id=1 .* flags=P db=0 sub=2 psub=1 ssub=0 .* cmd=client ")
                    .containsPattern("id=2 .* flags=P db=0 sub=1 psub=0 ssub=0 .* cmd=subscribe ");
            assertThat(client.call("INFO", "clients")).contains("\r\nsubscriptions:2\r\n");
            assertThat(client.call("INFO", "stats", "commandstats"))
                    .contains("pubsub_channels:2\r\n", "pubsub_patterns:1\r\n")
                    .contains("cmdstat_subscribe:calls=3,", "cmdstat_psubscribe:calls=1,");
            client.call("UNSUBSCRIBE", "x");
            assertThat(client.call("INFO", "stats")).contains("pubsub_channels:2\r\n");
        }
        awaitInStats("pubsub_channels:1\r\n");
        client.close();
        client = server.connect();
        awaitInStats("pubsub_channels:0\r\npubsub_patterns:0\r\n");
        assertThat(client.call("INFO", "clients")).contains("subscriptions:0\r\n");
    }

    @Test
    void names_areHeldAgainstTheMemoryOfAll() throws IOException {
        try (TestServer small = new TestServer(s -> s.memoryBytes = 1 << 20);
                RespClient greedy = small.connect();
                RespClient modest = small.connect()) {
            String name = "x".repeat(100_000);
            int accepted = 0;
            try {
                while (accepted < 20 && greedy.call("SUBSCRIBE", accepted + name).startsWith("*")) {
                    accepted++;
                }
            } catch (IOException _) {
                // It was closed while it was sending.
            }

            assertThat(accepted).isBetween(8, 12);
            assertThat(modest.call("SUBSCRIBE", "x")).endsWith(":1\r\n");
        }
    }

    private void awaitInStats(String line) throws Exception {
        while (!client.call("INFO", "stats").contains(line)) {
            Thread.sleep(1);
        }
    }

    private void speak(RespVersion version) throws IOException {
        client.call("HELLO", Integer.toString(version.number()));
    }

    /** A confirmation; {@code |} is the end of a line. */
    private void expect(RespVersion version, String rest) throws IOException {
        String head = version == RespVersion.RESP3 ? ">3" : "*3";
        assertThat(client.readFrame()).isEqualTo((head + rest).replace("|", "\r\n"));
    }

    private static String nullIn(RespVersion version) {
        return version == RespVersion.RESP3 ? "_" : "$-1";
    }
}
