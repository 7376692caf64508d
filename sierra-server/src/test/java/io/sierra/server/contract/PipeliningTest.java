package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.ServedTest;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Many commands of one connection under way, and what order they keep. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PipeliningTest extends ServedTest<TestServer> {
    private static final String ID = "0198c5f1-0000-7000-8000-000000000001";

    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";

    @Override
    protected TestServer newServer() throws IOException {
        return new TestServer();
    }

    @Test
    void twentyThousandCommandsInOneWriteAreAnsweredInOrder() throws IOException {
        int count = 20_000;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) {
            requests.append(RespClient.request("ECHO", Integer.toString(i)));
        }
        client.sendRaw(requests.toString());

        for (int i = 0; i < count; i++) {
            assertThat(client.readFrame()).isEqualTo(bulk(Integer.toString(i)));
        }
    }

    @Test
    void moreAppendsThanMayBeUnderWayAreAllAnsweredInOrder() throws IOException {
        int count = 6000;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < count; i++) {
            requests.append(RespClient.request("EAPPEND", "stream-" + i % 7, "E"));
        }
        client.call("HELLO", "3");
        client.sendRaw(requests.toString());

        for (int i = 0; i < count; i++) {
            assertThat(client.readFrame()).contains("+stream_version\r\n:" + i / 7 + "\r\n");
        }
    }

    @Test
    void repliesThatAreReadyWaitForTheAppendsBeforeThem() throws IOException {
        server.node.appendGate.close();
        client.sendRaw(
                RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("PING")
                        + RespClient.request("ESVER", "a")
                        + RespClient.request("ECHO", "x")
                        + RespClient.request("EAPPEND", "b", "E")
                        + RespClient.request("NOSUCH"));
        try (RespClient other = server.connect()) {
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
        server.node.appendGate.open();

        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        assertThat(client.readFrame()).isEqualTo(":0\r\n");
        assertThat(client.readFrame()).isEqualTo(bulk("x"));
        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).startsWith("-ERR unknown command 'NOSUCH'");
    }

    /** The appends behind a read are done long before it, and it must not show them. */
    @Test
    void readsSeeEarlierAppendsOfTheirConnectionAndNoLaterOnes() throws IOException {
        int rounds = 300;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < rounds; i++) {
            requests.append(RespClient.request("EAPPEND", "s", "E"));
            requests.append(RespClient.request("EAPPEND", "other-" + i, "E"));
            requests.append(RespClient.request("ESVER", "s"));
            requests.append(RespClient.request("ESCAN", "s", Integer.toString(i), "+"));
        }
        server.node.readGate.close();
        client.sendRaw(requests.toString());
        client.readFrame();
        client.readFrame();
        server.node.readGate.open();

        for (int i = 0; i < rounds; i++) {
            if (i > 0) {
                client.readFrame();
                client.readFrame();
            }
            assertThat(client.readFrame()).isEqualTo(":" + i + "\r\n");
            assertThat(client.readFrame())
                    .startsWith("*4\r\n$8\r\nhas_more\r\n:0\r\n$6\r\nevents\r\n*1\r\n");
        }
    }

    @Test
    void sequencesNeedNoReaderAndKeepTheOrder() throws IOException {
        server.node.readGate.close();
        server.node.appendGate.close();
        client.sendRaw(
                RespClient.request("EPSEQ", KEY)
                        + RespClient.request("EAPPEND", "s", "E", "PARTITION_KEY", KEY)
                        + RespClient.request("EPSEQ", KEY)
                        + RespClient.request("EAPPEND", "s", "E", "PARTITION_KEY", KEY)
                        + RespClient.request("EPSEQ", KEY)
                        + RespClient.request("PING"));
        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
        server.node.appendGate.open();

        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo(":0\r\n");
        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo(":1\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
    }

    /** Whose indexes were then made again without what is lost, and the reads would miss it. */
    @Test
    void readsOfAPartitionThatFailsMeanwhileFail() throws IOException {
        client.call("EAPPEND", "s", "E", "PARTITION_KEY", KEY);
        int partitionId =
                server.node.partitioning().partitionOf(PartitionKey.of(UUID.fromString(KEY)));
        server.node.readGate.close();
        client.sendRaw(
                RespClient.request("ESVER", "s", "PARTITION_KEY", KEY)
                        + RespClient.request("ESCAN", "s", "-", "+", "PARTITION_KEY", KEY)
                        + RespClient.request("EPSCAN", "" + partitionId, "-", "+")
                        + RespClient.request("ESVER", "other"));
        while (server.node.readGate.waiting() == 0) {
            Thread.onSpinWait();
        }
        server.node.failPartition(partitionId);
        server.node.readGate.open();

        for (int i = 0; i < 3; i++) {
            assertThat(client.readFrame()).startsWith("-CLUSTERDOWN partition ");
        }
        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
    }

    @Test
    void egetDoesNotSeeAnAppendBehindItWithThatId() throws IOException {
        server.node.readGate.close();
        client.sendRaw(
                RespClient.request("EGET", ID)
                        + RespClient.request("EAPPEND", "s", "E", "EVENT_ID", ID)
                        + RespClient.request("EGET", ID));
        try (RespClient other = server.connect()) {
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
        }
        server.node.readGate.open();

        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
        assertThat(client.readFrame()).startsWith("*12\r\n$8\r\nevent_id\r\n$36\r\n" + ID);
        assertThat(client.readFrame()).startsWith("*22\r\n$8\r\nevent_id\r\n$36\r\n" + ID);
    }

    @Test
    void helloInThePipelineChangesWhatComesBehindIt() throws IOException {
        server.node.appendGate.close();
        client.sendRaw(
                RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("EGET", ID)
                        + RespClient.request("HELLO", "3")
                        + RespClient.request("EGET", ID)
                        + RespClient.request("EAPPEND", "a", "E")
                        + RespClient.request("HELLO", "2")
                        + RespClient.request("EGET", ID));
        server.node.appendGate.open();

        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
        assertThat(client.readFrame()).startsWith("%9\r\n");
        assertThat(client.readFrame()).isEqualTo("_\r\n");
        assertThat(client.readFrame()).startsWith("%6\r\n");
        assertThat(client.readFrame()).startsWith("*18\r\n");
        assertThat(client.readFrame()).isEqualTo("$-1\r\n");
    }

    @Test
    void requestsMayComeByteByByte() throws IOException {
        String requests =
                RespClient.request("PING")
                        + RespClient.request("EAPPEND", "s", "E", "PAYLOAD", "hello")
                        + "PING\r\n"
                        + RespClient.request("ESVER", "s");
        for (int i = 0; i < requests.length(); i++) {
            client.sendRaw(requests.substring(i, i + 1));
        }

        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        assertThat(client.readFrame()).isEqualTo(":0\r\n");
    }

    @RepeatedTest(20)
    void aClientThatEndsItsOutputGetsAllItsReplies() throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            requests.append(RespClient.request("EAPPEND", "s" + i % 10, "E"));
        }
        client.sendRaw(requests.toString());
        client.endOutput();

        assertThat(client.readToEnd().split("event_id", -1)).hasSize(5001);
    }

    @Test
    void payloadsKeepTheirBytes() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            all.append((char) (i * 31 % 256));
        }
        client.call("EAPPEND", "s", "E", "PAYLOAD", all.toString(), "METADATA", "\0\r\n");

        assertThat(client.call("ESCAN", "s", "-", "+"))
                .endsWith(
                        "$8\r\nmetadata\r\n$3\r\n\0\r\n\r\n$7\r\npayload\r\n"
                                + ("$100000\r\n" + all + "\r\n"));
    }

    private static String bulk(String text) {
        int length = text.getBytes(StandardCharsets.ISO_8859_1).length;
        return "$" + length + "\r\n" + text + "\r\n";
    }
}
