package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example commands of the documentation through the real {@code redis-cli}. */
class RedisCliTest {
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";

    private static final List<String> COMMANDS =
            List.of(
                    "EAPPEND user-123 UserRegistered PAYLOAD"
                            + " '{\"email\":\"a@example.com\",\"name\":\"Alice\"}'",
                    "EAPPEND user-123 UserCreated '{\"name\": \"Alice\"}'",
                    "EAPPEND my-stream UserCreated PAYLOAD '{\"name\":\"john\"}' METADATA"
                            + " '{\"source\":\"api\"}'",
                    "EAPPEND orders OrderPlaced EVENT_ID " + KEY + " EXPECTED_VERSION empty",
                    "EMAPPEND "
                            + KEY
                            + " stream1 EventA PAYLOAD '{\"data\":\"value1\"}' stream2 EventB"
                            + " PAYLOAD '{\"data\":\"value2\"}'",
                    "EGET " + KEY,
                    "ESCAN user-123 - +",
                    "ESCAN my-stream 0 100 COUNT 50",
                    "ESCAN my-stream - + PARTITION_KEY " + KEY,
                    "ESVER my-stream",
                    "EPSCAN 42 100 200 COUNT 50",
                    "EPSCAN " + KEY + " - + COUNT 100",
                    "EPSEQ 12",
                    "PING");

    @BeforeAll
    static void needsRedisCli() {
        RedisCli.assumeInstalled();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-2", "-3"})
    void examplesWorkAsPrinted(String protocol) throws Exception {
        try (RealServer server = new RealServer()) {
            String[] replies = new String[COMMANDS.size()];
            for (int i = 0; i < replies.length; i++) {
                replies[i] =
                        RedisCli.run(
                                server.address(), List.of(protocol), COMMANDS.subList(i, i + 1));
            }

            for (int i = 0; i < 4; i++) {
                assertThat(replies[i]).contains("event_id", "partition_id", "(integer)");
            }
            assertThat(replies[1]).containsPattern("stream_version\"?.*\\R?.*\\(integer\\) 1");
            assertThat(replies[3]).contains(KEY);
            assertThat(replies[4]).contains("last_partition_sequence", "stream1", "stream2");
            assertThat(replies[5]).contains(KEY, "\"OrderPlaced\"", "\"orders\"");
            assertThat(replies[6])
                    .contains(
                            "\"{\\\"email\\\":\\\"a@example.com\\\",\\\"name\\\":\\\"Alice\\\"}\"")
                    .contains("\"{\\\"name\\\": \\\"Alice\\\"}\"");
            assertThat(replies[7]).contains("\"{\\\"source\\\":\\\"api\\\"}\"");
            assertThat(replies[8]).contains("has_more").contains("(empty");
            assertThat(replies[9]).isEqualTo("(integer) 0\n");
            assertThat(replies[10])
                    .startsWith(
                            "(error) INVALIDARG partition 42 does not exist, this cluster has 32");
            assertThat(replies[11]).contains("\"stream1\"", "\"stream2\"");
            assertThat(replies[12]).isEqualTo("(nil)\n");
            assertThat(replies[13]).isEqualTo("PONG\n");
        }
    }

    @ParameterizedTest
    @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    @ValueSource(strings = {"-2", "-3"})
    void subscribePrintsHistoryAndThenWhatComes(String protocol) throws Exception {
        try (RealServer server = new RealServer();
                RespClient writer = server.connect()) {
            writer.call("EAPPEND", "user-123", "UserRegistered", "PAYLOAD", "{\"name\":\"Alice\"}");
            Process process =
                    RedisCli.start(
                            server.address(),
                            protocol,
                            "SUBSCRIBE",
                            "sierra:stream:user-123",
                            "sierra:stream:user-123?from=0");
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                readTo("\\\"payload\\\":{\\\"name\\\":\\\"Alice\\\"}", lines);
                writer.call("EAPPEND", "user-123", "UserRenamed");
                String printed = readTo("UserRenamed", lines) + readTo("UserRenamed", lines);
                assertThat(printed)
                        .contains("1) \"message\"\n2) \"sierra:stream:user-123\"\n3) \"{")
                        .contains("1) \"message\"\n2) \"sierra:stream:user-123?from=0\"\n3) \"{");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** What is printed up to a line with this text. */
    private static String readTo(String text, BufferedReader lines) throws IOException {
        StringBuilder printed = new StringBuilder();
        String line = "";
        while (!line.contains(text)) {
            line = lines.readLine();
            if (line == null) {
                throw new AssertionError("it ended after " + printed);
            }
            printed.append(line).append('\n');
        }
        return printed.toString();
    }

    @Test
    void protocolThreeShowsMaps() throws Exception {
        try (RealServer server = new RealServer()) {
            assertThat(RedisCli.run(server.address(), List.of("-3"), List.of("ESCAN s - +")))
                    .startsWith("1# has_more => (false)\n2# events => (empty array)");
            assertThat(RedisCli.run(server.address(), List.of(), List.of("HELLO 3")))
                    .contains("1# \"server\" => \"sierradb\"");
        }
    }
}
