package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.Served;
import io.sierra.server.testing.ServedTest;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Replies in both protocols, to the byte. */
class GoldenBytesTest extends ServedTest<Served> {
    private static final String KEY = "7e124fe8-fe28-5398-bb95-53973100148f";
    private static final String ID = "0198c5f1-0000-7000-8000-000000000001";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @Override
    protected Served newServer() throws IOException {
        return new TestServer();
    }

    @Test
    void hello_threeAndTwo_introducesTheServerInThatProtocol() throws IOException {
        String id = client.call("CLIENT", "ID");
        String facts =
                "|$6|server|$8|sierradb|$7|version|$5|0.3.1|$5|proto|:P|$2|id|"
                        + id.trim()
                        + "|$4|mode|$10|standalone|$4|role|$6|master|$7|modules|*0|$7|peer_id"
                        + "|$9|test-peer|$14|num_partitions|:32|";

        assertThat(client.call("HELLO", "3")).isEqualTo(lines("%9" + facts.replace(":P", ":3")));
        assertThat(client.call("HELLO")).isEqualTo(lines("%9" + facts.replace(":P", ":3")));
        assertThat(client.call("HELLO", "2")).isEqualTo(lines("*18" + facts.replace(":P", ":2")));
    }

    @Test
    void eappend_resp3_isAMapWithSimpleKeysAndIds() throws IOException {
        client.call("HELLO", "3");

        assertThat(append())
                .matches(
                        lines("%6|\\+event_id|\\+" + UUID)
                                + lines("|\\+partition_key|\\+" + KEY + "|\\+partition_id|:21")
                                + lines("|\\+partition_sequence|:0|\\+stream_version|:0")
                                + lines("|\\+timestamp|:\\d+|"));
        assertThat(append())
                .isEqualTo(
                        lines(
                                "-WRONGVER current stream version is 0 but expected empty for"
                                        + (" partition key " + KEY)
                                        + " and stream id user-123|"));
    }

    @Test
    void eappend_resp2_isAFlatArrayOfBulkStrings() throws IOException {
        assertThat(append())
                .matches(
                        lines("\\*12|\\$8|event_id|\\$36|" + UUID)
                                + lines("|\\$13|partition_key|\\$36|" + KEY)
                                + lines("|\\$12|partition_id|:21|\\$18|partition_sequence|:0")
                                + lines("|\\$14|stream_version|:0|\\$9|timestamp|:\\d+|"));
    }

    @Test
    void emappend_twoStreams_answersInTheOrderOfTheEvents() throws IOException {
        client.call("HELLO", "3");

        assertThat(
                        client.call(
                                "EMAPPEND",
                                "550e8400-e29b-41d4-a716-446655440000",
                                "s1",
                                "A",
                                "EXPECTED_VERSION",
                                "EMPTY",
                                "s2",
                                "B"))
                .matches(
                        lines("%5|\\+partition_key|\\+550e8400-e29b-41d4-a716-446655440000")
                                + lines("|\\+partition_id|:25|\\+first_partition_sequence|:0")
                                + lines("|\\+last_partition_sequence|:1|\\+events|\\*2")
                                + lines("|%4|\\+event_id|\\+" + UUID + "|\\+stream_id|\\+s1")
                                + lines("|\\+stream_version|:0|\\+timestamp|:\\d+")
                                + lines("|%4|\\+event_id|\\+" + UUID + "|\\+stream_id|\\+s2")
                                + lines("|\\+stream_version|:0|\\+timestamp|:\\d+|"));
    }

    @Test
    void eget_knownAndUnknown_isTheEventOrNull() throws IOException {
        client.call("HELLO", "3");
        client.call("EAPPEND", "s", "E", "EVENT_ID", ID, "TIMESTAMP", "1700", "PAYLOAD", "p");

        assertThat(client.call("EGET", ID))
                .matches(
                        lines("%11|\\+event_id|\\+" + ID + "|\\+partition_key|\\+" + UUID)
                                + lines("|\\+partition_id|:\\d+|\\+transaction_id|\\+" + UUID)
                                + lines("|\\+partition_sequence|:0|\\+stream_version|:0")
                                + lines("|\\+timestamp|:1700|\\+stream_id|\\$1|s")
                                + lines("|\\+event_name|\\$1|E|\\+metadata|\\$0|")
                                + lines("|\\+payload|\\$1|p|"));
        assertThat(client.call("EGET", KEY)).isEqualTo("_\r\n");
        client.call("HELLO", "2");
        assertThat(client.call("EGET", KEY)).isEqualTo("$-1\r\n");
        assertThat(client.call("EGET", ID)).startsWith(lines("*22|$8|event_id|$36|" + ID));
    }

    @Test
    void scans_nothing_areEmptyPages() throws IOException {
        assertThat(client.call("ESCAN", "nothing", "-", "+"))
                .isEqualTo(lines("*4|$8|has_more|:0|$6|events|*0|"));
        client.call("HELLO", "3");
        assertThat(client.call("ESCAN", "nothing", "-", "+"))
                .isEqualTo(lines("%2|+has_more|#f|+events|*0|"));
        assertThat(client.call("EPSCAN", "3", "-", "+"))
                .isEqualTo(lines("%2|+has_more|#f|+events|*0|"));
        assertThat(client.call("ESVER", "nothing")).isEqualTo("_\r\n");
        assertThat(client.call("EPSEQ", "3")).isEqualTo("_\r\n");
    }

    @Test
    void epseq_noSuchPartition_saysHowManyThereAre() throws IOException {
        String text = "-INVALIDARG partition 99 does not exist, this cluster has 32\r\n";

        assertThat(client.call("EPSEQ", "99")).isEqualTo(text);
        assertThat(client.call("EPSCAN", "99", "-", "+")).isEqualTo(text);
    }

    @Test
    void infoCache_bothProtocols_isTheMapOfEight() throws IOException {
        String tail =
                "|$7|entries|:0|$12|memory_bytes|:0|$9|max_bytes|:0"
                        + "|$16|block_size_bytes|:65536|$9|evictions|:0|";

        assertThat(client.call("INFO", "cache"))
                .isEqualTo(lines("*16|$4|hits|:0|$6|misses|:0|$9|hit_ratio|$1|0" + tail));
        client.call("HELLO", "3");
        assertThat(client.call("INFO", "cache"))
                .isEqualTo(lines("%8|$4|hits|:0|$6|misses|:0|$9|hit_ratio|,0" + tail));
    }

    @Test
    void info_bothProtocols_isTextWithLines() throws IOException {
        assertThat(client.call("INFO", "cluster"))
                .isEqualTo("$30\r\n# Cluster\r\ncluster_enabled:0\r\n\r\n");
        client.call("HELLO", "3");
        assertThat(client.call("INFO", "cluster"))
                .isEqualTo("=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n");
    }

    private String append() throws IOException {
        return client.call(
                "EAPPEND",
                "user-123",
                "UserRegistered",
                "EXPECTED_VERSION",
                "empty",
                "PAYLOAD",
                "{}");
    }

    private static String lines(String text) {
        return text.replace("|", "\r\n");
    }
}
