package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.resp.RespLimits;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.ServedTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What the server decides where there was a choice, each decision against the real store. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class WireContractTest extends ServedTest<RealServer> {
    private static final Partitioning PARTITIONING = new Partitioning(32, 4);
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";
    private static final String ID = "0198c5f1-0000-7000-8000-000000000001";
    private static final String OTHER_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    @Override
    protected RealServer newServer() throws IOException {
        return new RealServer();
    }

    @Test
    void appendsWithoutExpectedVersion_areAcceptedUnlessVersioningIsStrict() throws IOException {
        assertThat(call("EAPPEND", "s", "E").get("stream_version").number()).isZero();
        assertThat(call("EMAPPEND", KEY, "t", "E", "u", "E").events()).hasSize(2);

        try (RealServer strict = new RealServer(settings -> settings.strict = true);
                RespClient other = strict.connect()) {
            assertThat(other.call("EAPPEND", "s", "E"))
                    .isEqualTo(
                            "-INVALIDARG strict versioning mode rejects EXPECTED_VERSION any\r\n");
            assertThat(other.call("EAPPEND", "s", "E", "EXPECTED_VERSION", "empty"))
                    .startsWith("*12\r\n");
        }
    }

    @Test
    void thirdArgumentThatIsNoOption_isThePayload() throws IOException {
        call("EAPPEND", "s", "E", "{\"a\":1}");

        assertThat(scan("s").getFirst().get("payload").string()).isEqualTo("{\"a\":1}");
        assertThat(error("EAPPEND", "s", "E", "{}", "PAYLOAD", "{}"))
                .startsWith("INVALIDARG payload already specified as third value");
        assertThat(error("EAPPEND", "s", "E", "{}", "{}"))
                .startsWith("INVALIDARG ")
                .contains("the form is EAPPEND <stream_id> <event_name> [PAYLOAD <data>]");
        assertThat(call("ESVER", "s").number()).isZero();
    }

    @Test
    void eventId_mayBeAnyUuidAndGeneratedOnesNameTheirPartition() throws IOException {
        PartitionKey key = StreamId.of("s").defaultPartitionKey();
        for (String id : List.of(ID, OTHER_ID)) {
            assertThat(PARTITIONING.partitionNamedBy(EventId.of(UUID.fromString(id))))
                    .as("another partition")
                    .isNotEqualTo(PARTITIONING.partitionOf(key));
            call("EAPPEND", "s", "E", "EVENT_ID", id);
            assertThat(call("EGET", id).get("event_id").string()).isEqualTo(id);
        }

        UUID generated = UUID.fromString(call("EAPPEND", "s", "E").get("event_id").string());
        assertThat(generated.version()).isEqualTo(7);
        assertThat(generated.variant()).isEqualTo(2);
        assertThat((int) (generated.getLeastSignificantBits() >>> 46) & 0xFFFF)
                .isEqualTo(key.hash());
        assertThat(call("EGET", generated.toString()).get("stream_version").number()).isEqualTo(2);
        assertThat(call("EGET", KEY).isNull()).isTrue();
    }

    @Test
    void repeatedAppend_getsTheFirstReplyOrAConflict() throws IOException {
        String[] append = {"EAPPEND", "s", "E", "EVENT_ID", ID, "PAYLOAD", "p", "METADATA", "m"};
        Reply first = call(append);
        call("EAPPEND", "s", "E");

        assertThat(call(append)).isEqualTo(first);
        assertThat(call(with(append, "EXPECTED_VERSION", "empty", "TIMESTAMP", "1")))
                .as("a retry must not fail")
                .isEqualTo(first);
        String conflict =
                "IDCONFLICT event " + ID + " already exists in stream s at version 0 with other";
        assertThat(error("EAPPEND", "s", "E", "EVENT_ID", ID, "PAYLOAD", "q", "METADATA", "m"))
                .isEqualTo(conflict + " content");
        assertThat(error("EAPPEND", "s", "F", "EVENT_ID", ID, "PAYLOAD", "p", "METADATA", "m"))
                .startsWith(conflict);
        assertThat(call("ESVER", "s").number()).isEqualTo(1);

        String[] both = {"EMAPPEND", KEY, "a", "E", "EVENT_ID", ID, "b", "E", "EVENT_ID", OTHER_ID};
        Reply stored = call(both);
        assertThat(call(both)).isEqualTo(stored);
        assertThat(error("EMAPPEND", KEY, "a", "E", "EVENT_ID", ID, "c", "E"))
                .as("all of its events or none")
                .startsWith("IDCONFLICT event " + ID);
        assertThat(call("EPSEQ", KEY).number()).isEqualTo(1);
    }

    @Test
    void malformedOptionsOfEmappend_areErrorsAndNeverEvents() throws IOException {
        for (String option :
                List.of("TIMESTAMP abc", "EVENT_ID abc", "EXPECTED_VERSION abc", "PAYLOAD")) {
            String[] request = ("EMAPPEND " + KEY + " s E " + option).split(" ");
            assertThat(error(request)).as(option).startsWith("INVALIDARG unexpected ");
        }
        assertThat(error("EMAPPEND", KEY, "s", "E", "PARTITION_KEY", KEY))
                .startsWith("INVALIDARG PARTITION_KEY is no option of EMAPPEND");
        for (String option :
                List.of(
                        "PAYLOAD |",
                        "METADATA |",
                        "EXPECTED_VERSION any",
                        "TIMESTAMP 1",
                        "EVENT_ID " + ID)) {
            String twice = (option + " " + option).replace("|", "");
            String[] event = ("s E " + twice).split(" ", -1);
            assertThat(error(with(new String[] {"EMAPPEND", KEY}, event)))
                    .as(option)
                    .startsWith("INVALIDARG ")
                    .endsWith(" already specified");
            assertThat(error(with(new String[] {"EAPPEND"}, event)))
                    .as(option)
                    .endsWith(" already specified");
        }
        assertThat(call("EPSEQ", KEY).isNull()).isTrue();
        assertThat(call("ESVER", "s").isNull()).isTrue();
    }

    @Test
    void scans_includeBothEndsAndKnowExactlyWhetherThereIsMore() throws IOException {
        for (int i = 0; i < 10; i++) {
            call("EAPPEND", "s", "E", "PARTITION_KEY", KEY);
        }
        for (String[] scan :
                List.of(
                        new String[] {"ESCAN", "s", "PARTITION_KEY", KEY},
                        new String[] {"EPSCAN", KEY})) {
            assertPage(scan, "3", "7", 100, 3, 7, false);
            assertPage(scan, "3", "3", 100, 3, 3, false);
            assertPage(scan, "3", "7", 5, 3, 7, false);
            assertPage(scan, "3", "7", 4, 3, 6, true);
            assertPage(scan, "-", "+", 10, 0, 9, false);
            assertPage(scan, "-", "+", 9, 0, 8, true);
            assertPage(scan, "9", "100", 1, 9, 9, false);
            assertPage(scan, "10", "+", 10, 10, 9, false);
            assertPage(scan, "5", "3", 10, 5, 4, false);
            assertPage(scan, "9", "+", 0, 9, 8, true);
            assertPage(scan, "10", "+", 0, 10, 9, false);
        }
    }

    /** Partitions of one bucket share its indexes. */
    @Test
    void streamOfTheSameNameInAnotherPartitionOfTheBucket_isAnotherOne() throws IOException {
        String here = keyIn(4).toString();
        String there = keyIn(8).toString();
        assertThat(PARTITIONING.bucketOf(4)).isEqualTo(PARTITIONING.bucketOf(8));

        call("EAPPEND", "s", "E", "here", "PARTITION_KEY", here, "EXPECTED_VERSION", "empty");
        assertThat(call("ESVER", "s", "PARTITION_KEY", there).isNull()).isTrue();
        call("EAPPEND", "s", "E", "there", "PARTITION_KEY", there, "EXPECTED_VERSION", "empty");
        call("EAPPEND", "s", "E", "there", "PARTITION_KEY", there, "EXPECTED_VERSION", "0");

        assertThat(call("ESVER", "s", "PARTITION_KEY", here).number()).isZero();
        assertThat(call("ESVER", "s", "PARTITION_KEY", there).number()).isEqualTo(1);
        List<Reply> found = call("ESCAN", "s", "-", "+", "PARTITION_KEY", here).events();
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().get("payload").string()).isEqualTo("here");
    }

    @Test
    void whoeverHasTheReply_readsTheEventWithEveryCommandOnEveryConnection() throws IOException {
        try (RespClient other = server.connect()) {
            for (int i = 0; i < 200; i++) {
                String stream = "stream-" + i;
                Reply appended = call("EAPPEND", stream, "E", "PARTITION_KEY", KEY);
                String id = appended.get("event_id").string();
                for (RespClient reader : List.of(other, client)) {
                    assertThat(call(reader, "EGET", id).get("event_id").string()).isEqualTo(id);
                    assertThat(call(reader, "ESVER", stream, "PARTITION_KEY", KEY).number())
                            .isZero();
                    assertThat(call(reader, "EPSEQ", KEY).number()).isEqualTo(i);
                    assertThat(idsOf(reader, "ESCAN", stream, "-", "+", "PARTITION_KEY", KEY))
                            .containsExactly(id);
                    assertThat(idsOf(reader, "EPSCAN", KEY, Integer.toString(i), "+"))
                            .containsExactly(id);
                }
            }
        }
    }

    @Test
    void errors_beginWithACodeAndNeverHoldTheLineEndsOfUsers() throws IOException {
        call("EAPPEND", "user-123", "E");
        assertThat(error("EAPPEND", "user-123", "E", "EXPECTED_VERSION", "empty"))
                .isEqualTo(
                        "WRONGVER current stream version is 0 but expected empty for partition key"
                                + " 7e124fe8-fe28-5398-bb95-53973100148f and stream id user-123");
        assertThat(error("EAPPEND", "new", "E", "EXPECTED_VERSION", "3"))
                .startsWith("WRONGVER current stream version is empty but expected 3 for ");
        assertThat(error("EAPPEND", "a\r\n+OK", "E", "EXPECTED_VERSION", "exists"))
                .endsWith(" and stream id a  +OK");
        for (String[] request :
                List.of(
                        new String[] {"EAPPEND", "x\r\n".repeat(40), "E"},
                        new String[] {"NO\r\nSUCH", "a\r\nb"},
                        new String[] {"EGET", "no\r\nid"},
                        new String[] {"ESCAN", "s", "\r\n", "+"},
                        new String[] {"CLIENT", "\n"})) {
            assertThat(error(request)).matches("[A-Z]+ .*");
        }
        assertThat(call("PING").string()).isEqualTo("PONG");
    }

    @Test
    void streamIdsInTheReplyOfEmappend_areBulkIfTheyAreNoSimpleStrings() throws IOException {
        client.call("HELLO", "3");

        List<Reply> events =
                call("EMAPPEND", KEY, "plain", "E", "OK", "E", "a\rb", "E", "a\nb", "E").events();

        assertThat(events)
                .extracting(e -> e.get("stream_id").type())
                .containsExactly('+', '$', '$', '$');
        assertThat(events)
                .extracting(e -> e.get("stream_id").string())
                .containsExactly("plain", "OK", "a\rb", "a\nb");
    }

    @Test
    void protocol_isTwoUntilHelloThreeExceptForTheRustClient() throws IOException {
        assertThat(client.call("EGET", ID)).isEqualTo("$-1\r\n");
        client.call("HELLO", "3");
        assertThat(client.call("EGET", ID)).isEqualTo("_\r\n");
        client.call("HELLO", "2");
        assertThat(client.call("EGET", ID)).isEqualTo("$-1\r\n");

        try (RespClient rust = server.connect()) {
            assertThat(rust.call("CLIENT", "SETINFO", "LIB-NAME", "redis-rs")).isEqualTo("+OK\r\n");
            assertThat(rust.call("EGET", ID)).isEqualTo("_\r\n");
        }
        try (RespClient rust = server.connect()) {
            rust.call("HELLO", "2");
            rust.call("CLIENT", "SETINFO", "LIB-NAME", "redis-rs");
            assertThat(rust.call("EGET", ID)).as("it said HELLO").isEqualTo("$-1\r\n");
        }
    }

    @Test
    void respTwo_hasBulkStringsForIdsAndNumbersForBooleans() throws IOException {
        Reply appended = call("EAPPEND", "s", "E", "EVENT_ID", ID);
        Reply page = call("ESCAN", "s", "-", "+");
        Reply event = page.events().getFirst();

        assertThat(appended.type()).isEqualTo('*');
        assertThat(appended.elements().getFirst().type()).as("a key").isEqualTo('$');
        assertThat(page.get("has_more").type()).isEqualTo(':');
        assertThat(event.type()).isEqualTo('*');
        for (String id : List.of("event_id", "partition_key", "transaction_id", "stream_id")) {
            assertThat(event.get(id).type()).as(id).isEqualTo('$');
        }
        assertThat(call("INFO", "CACHE").get("hit_ratio").type()).isEqualTo('$');
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        assertThat(client.call("SELECT", "0")).isEqualTo("+OK\r\n");
    }

    @Test
    void hello_introducesTheServerInItsOrder() throws IOException {
        for (String version : List.of("2", "3")) {
            Reply hello = call("HELLO", version, "AUTH", "default", "x", "SETNAME", "me");
            assertThat(hello.map().keySet())
                    .containsExactly(
                            "server",
                            "version",
                            "proto",
                            "id",
                            "mode",
                            "role",
                            "modules",
                            "peer_id",
                            "num_partitions");
            assertThat(hello.elements().getFirst().type()).isEqualTo('$');
            assertThat(hello.get("proto").text()).isEqualTo(version);
            assertThat(call("HELLO")).isEqualTo(hello);
            assertThat(call("CLIENT", "GETNAME").string()).isEqualTo("me");
        }
        assertThat(error("HELLO", "4")).isEqualTo("NOPROTO unsupported protocol version");
    }

    /** Their replies one by one: {@link LibraryCommandsTest}. */
    @Test
    void commandsOfLibraries_areAnsweredOrUnknownInTheWordsOfRedis() throws IOException {
        client.sendRaw("ping\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
        for (Reply name : call("COMMAND", "LIST").elements()) {
            if (!name.string().equals("quit")) {
                assertThat(call(name.string()).text()).doesNotStartWith("ERR unknown command");
            }
        }
        assertThat(call("COMMAND", "DOCS", "escan").get("escan").map())
                .containsKeys("summary", "arguments");
        assertThat(error("SSUBSCRIBE", "a", "b"))
                .isEqualTo("ERR unknown command 'SSUBSCRIBE', with args beginning with: 'a' 'b' ");
    }

    @Test
    void malformedFrames_areNamedAndEndTheConnection() throws IOException {
        client.sendRaw("*1\r\n$4\r\nPING\r\n*1\r\n$abc\r\n" + RespClient.request("PING"));
        assertThat(client.readToEnd())
                .isEqualTo("+PONG\r\n-ERR Protocol error: invalid bulk length\r\n");

        RespLimits limits = new RespLimits(100, 1_000, 4, 2, 64);
        try (RealServer small = new RealServer(settings -> settings.limits = limits)) {
            for (String malformed : List.of("*5\r\n", "x".repeat(65) + "\r\n")) {
                try (RespClient other = small.connect()) {
                    other.sendRaw(malformed);
                    assertThat(other.readToEnd()).startsWith("-ERR Protocol error: ");
                }
            }
            try (RespClient other = small.connect()) {
                assertThat(other.call("ECHO", "x".repeat(101)))
                        .as("well-formed, but too large")
                        .startsWith("-ERR argument of 101 bytes is larger than the limit of 100");
                assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            }
        }
    }

    @Test
    void partitionsThatDoNotExist_areNamedWithTheirNumber() throws IOException {
        String text = "INVALIDARG partition 32 does not exist, this cluster has 32";

        assertThat(error("EPSCAN", "32", "-", "+")).isEqualTo(text);
        assertThat(error("EPSEQ", "32")).isEqualTo(text);
        assertThat(call("EPSEQ", "31").isNull()).isTrue();
    }

    @Test
    void pipelinedCommands_areAnsweredInTheirOrderAndSeeWhatIsBeforeThem() throws IOException {
        int rounds = 500;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < rounds; i++) {
            requests.append(RespClient.request("EAPPEND", "s", "E"));
            requests.append(RespClient.request("ECHO", "echo-" + i));
            requests.append(RespClient.request("ESVER", "s"));
            requests.append(RespClient.request("EAPPEND", "other-" + i, "E"));
            requests.append(RespClient.request("ESCAN", "s", Integer.toString(i), "+"));
        }
        client.sendRaw(requests.toString());

        for (int i = 0; i < rounds; i++) {
            assertThat(Reply.read(client).get("stream_version").number()).isEqualTo(i);
            assertThat(Reply.read(client).string()).isEqualTo("echo-" + i);
            assertThat(Reply.read(client).number()).isEqualTo(i);
            assertThat(Reply.read(client).get("stream_version").number()).isZero();
            assertThat(Reply.read(client).events()).as("none behind it").hasSize(1);
        }
    }

    private void assertPage(
            String[] scan,
            String start,
            String end,
            int count,
            long first,
            long last,
            boolean hasMore)
            throws IOException {
        List<String> request = new ArrayList<>(List.of(scan));
        request.addAll(2, List.of(start, end));
        request.addAll(List.of("COUNT", Integer.toString(count)));
        Reply page = call(request.toArray(new String[0]));
        String number = scan[0].equals("ESCAN") ? "stream_version" : "partition_sequence";
        List<Long> expected = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            expected.add(i);
        }

        assertThat(page.events().stream().map(e -> e.get(number).number()).toList())
                .as("%s", request)
                .isEqualTo(expected);
        assertThat(page.get("has_more").bool()).as("%s", request).isEqualTo(hasMore);
    }

    /** A key whose streams are in this partition. */
    private static UUID keyIn(int partitionId) {
        UUID key = new UUID(0x4000, Long.MIN_VALUE | (long) partitionId << 46);
        assertThat(PARTITIONING.partitionOf(PartitionKey.of(key))).isEqualTo(partitionId);
        return key;
    }

    private List<Reply> scan(String stream) throws IOException {
        return call("ESCAN", stream, "-", "+").events();
    }

    private static List<String> idsOf(RespClient client, String... scan) throws IOException {
        return call(client, scan).events().stream().map(e -> e.get("event_id").string()).toList();
    }

    private Reply call(String... request) throws IOException {
        return call(client, request);
    }

    private static Reply call(RespClient client, String... request) throws IOException {
        return Reply.parse(client.call(request));
    }

    /** The text of the error that the request is answered with. */
    private String error(String... request) throws IOException {
        Reply reply = call(request);
        assertThat(reply.isError()).as("%s", reply).isTrue();
        return reply.text();
    }

    private static String[] with(String[] request, String... more) {
        List<String> all = new ArrayList<>(List.of(request));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }
}
