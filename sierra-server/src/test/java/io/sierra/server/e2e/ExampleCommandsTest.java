package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.ServedTest;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example commands of the documentation, word for word, in both protocols. */
class ExampleCommandsTest extends ServedTest<RealServer> {
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";
    private static final String USER_KEY = "7e124fe8-fe28-5398-bb95-53973100148f";
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private int protocol;

    @Override
    protected RealServer newServer() throws IOException {
        return new RealServer();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void eappendPayload(int version) throws IOException {
        speak(version);
        Reply reply =
                run(
                        "EAPPEND user-123 UserRegistered PAYLOAD"
                                + " '{\"email\":\"a@example.com\",\"name\":\"Alice\"}'");

        assertAppended(reply, 6);
        assertThat(reply.get("partition_key").string()).isEqualTo(USER_KEY);
        assertThat(reply.get("partition_id").number()).isEqualTo(21);
        assertEvent(
                run("ESCAN user-123 - +").events().getFirst(),
                "user-123",
                "UserRegistered",
                "{\"email\":\"a@example.com\",\"name\":\"Alice\"}",
                "");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void eappendThirdArgumentIsThePayload(int version) throws IOException {
        speak(version);

        assertAppended(run("EAPPEND user-123 UserCreated '{\"name\": \"Alice\"}'"), 6);
        Reply page = run("ESCAN user-123 - +");
        assertPage(page, 1);
        assertEvent(
                page.events().getFirst(), "user-123", "UserCreated", "{\"name\": \"Alice\"}", "");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void eappendPayloadAndMetadata(int version) throws IOException {
        speak(version);

        assertAppended(
                run(
                        "EAPPEND my-stream UserCreated PAYLOAD '{\"name\":\"john\"}' METADATA"
                                + " '{\"source\":\"api\"}'"),
                6);
        assertEvent(
                run("ESCAN my-stream 0 100 COUNT 50").events().getFirst(),
                "my-stream",
                "UserCreated",
                "{\"name\":\"john\"}",
                "{\"source\":\"api\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void eappendEventIdAndExpectedVersion(int version) throws IOException {
        speak(version);
        String command = "EAPPEND orders OrderPlaced EVENT_ID " + KEY + " EXPECTED_VERSION empty";
        assertThat(run("EGET " + KEY).isNull()).isTrue();

        Reply first = run(command);
        assertAppended(first, 6);
        assertThat(first.get("event_id").string()).isEqualTo(KEY);
        assertThat(run(command)).as("sent again").isEqualTo(first);
        Reply event = run("EGET " + KEY);
        assertEvent(event, "orders", "OrderPlaced", "", "");
        assertThat(event.get("event_id").string()).isEqualTo(KEY);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void emappendTwoStreams(int version) throws IOException {
        speak(version);
        Reply reply =
                run(
                        "EMAPPEND "
                                + KEY
                                + " stream1 EventA PAYLOAD '{\"data\":\"value1\"}' stream2 EventB"
                                + " PAYLOAD '{\"data\":\"value2\"}'");

        assertMap(reply, 5);
        assertThat(reply.get("partition_key").string()).isEqualTo(KEY);
        assertThat(reply.get("partition_id").number()).isEqualTo(25);
        assertThat(reply.get("first_partition_sequence").number()).isZero();
        assertThat(reply.get("last_partition_sequence").number()).isEqualTo(1);
        assertThat(reply.events()).hasSize(2);
        assertThat(reply.events().get(1).get("stream_id").string()).isEqualTo("stream2");
        Reply page = run("EPSCAN " + KEY + " - + COUNT 100");
        assertPage(page, 2);
        assertEvent(page.events().get(0), "stream1", "EventA", "{\"data\":\"value1\"}", "");
        assertEvent(page.events().get(1), "stream2", "EventB", "{\"data\":\"value2\"}", "");
        assertThat(page.events().get(0).get("transaction_id"))
                .isEqualTo(page.events().get(1).get("transaction_id"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void scansOfStreams(int version) throws IOException {
        speak(version);
        for (int i = 0; i < 60; i++) {
            run("EAPPEND my-stream E " + i);
        }
        run("EAPPEND my-stream E keyed PARTITION_KEY " + KEY);

        Reply page = run("ESCAN my-stream 0 100 COUNT 50");
        assertThat(page.events()).hasSize(50);
        assertThat(page.get("has_more").bool()).isTrue();
        assertThat(page.events().get(49).get("stream_version").number()).isEqualTo(49);
        assertPage(run("ESCAN my-stream 10 59 COUNT 50"), 50);
        Reply keyed = run("ESCAN my-stream - + PARTITION_KEY " + KEY);
        assertPage(keyed, 1);
        assertEvent(keyed.events().getFirst(), "my-stream", "E", "keyed", "");
        assertThat(run("ESVER my-stream").number()).isEqualTo(59);
        assertPage(run("ESCAN user-123 - +"), 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void partitions(int version) throws IOException {
        speak(version);

        assertThat(run("EPSCAN 42 100 200 COUNT 50").text())
                .isEqualTo("INVALIDARG partition 42 does not exist, this cluster has 32");
        assertThat(run("EPSEQ 12").isNull()).isTrue();
        assertPage(run("EPSCAN " + KEY + " - + COUNT 100"), 0);
        assertThat(run("ESVER my-stream").isNull()).isTrue();
        run("EAPPEND s E PARTITION_KEY " + KEY);
        run("EAPPEND s E PARTITION_KEY " + KEY);
        assertThat(run("EPSEQ 25").number()).isEqualTo(1);
        assertThat(run("EPSEQ " + KEY).number()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void helloAndPing(int version) throws IOException {
        speak(version);

        assertThat(run("PING")).isEqualTo(Reply.parse("+PONG\r\n"));
        Reply hello = run("HELLO 3");
        assertThat(hello.type()).isEqualTo('%');
        assertThat(hello.get("server").string()).isEqualTo("sierradb");
        assertThat(hello.get("proto").number()).isEqualTo(3);
        assertThat(hello.get("num_partitions").number()).isEqualTo(32);
    }

    private void speak(int version) throws IOException {
        protocol = version;
        client.call("HELLO", Integer.toString(version));
    }

    private Reply run(String line) throws IOException {
        client.send(CommandWords.of(line));
        return Reply.read(client);
    }

    private void assertAppended(Reply reply, int entries) {
        assertMap(reply, entries);
        assertId(reply.get("event_id"));
        assertId(reply.get("partition_key"));
        assertThat(reply.get("partition_sequence").number()).isZero();
        assertThat(reply.get("stream_version").number()).isZero();
        assertThat(reply.get("timestamp").number())
                .isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
    }

    private void assertEvent(
            Reply event, String stream, String name, String payload, String metadata) {
        assertMap(event, 11);
        assertId(event.get("event_id"));
        assertId(event.get("transaction_id"));
        assertBulk(event.get("stream_id"), stream);
        assertBulk(event.get("event_name"), name);
        assertBulk(event.get("payload"), payload);
        assertBulk(event.get("metadata"), metadata);
    }

    private void assertPage(Reply page, int count) {
        assertMap(page, 2);
        assertThat(page.get("has_more").type()).isEqualTo(protocol == 3 ? '#' : ':');
        assertThat(page.get("has_more").bool()).isFalse();
        assertThat(page.events()).hasSize(count);
    }

    private void assertMap(Reply reply, int entries) {
        assertThat(reply.type()).as("%s", reply).isEqualTo(protocol == 3 ? '%' : '*');
        assertThat(reply.map()).hasSize(entries);
        assertThat(reply.elements().getFirst().type()).isEqualTo(protocol == 3 ? '+' : '$');
    }

    private void assertId(Reply id) {
        assertThat(id.type()).isEqualTo(protocol == 3 ? '+' : '$');
        assertThat(id.text()).matches(UUID);
    }

    private static void assertBulk(Reply bulk, String text) {
        assertThat(bulk.type()).isEqualTo('$');
        assertThat(bulk.text()).isEqualTo(text);
    }
}
