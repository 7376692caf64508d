package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.Served;
import io.sierra.server.testing.ServedTest;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request, and what is none of ours. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MalformedInputTest extends ServedTest<Served> {
    @Override
    protected Served newServer() throws IOException {
        return new TestServer();
    }

    @ParameterizedTest
    @CsvSource({
        "*abc, invalid multibulk length",
        "*1|:5, 'expected ''$'', got ''x'''",
        "*1|$abc, invalid bulk length",
        "*1|$536870913, invalid bulk length",
        "ECHO \"open, unbalanced quotes in request"
    })
    void protocolError_isSaidAfterTheRepliesBeforeItAndTheConnectionClosed(
            String input, String problem) throws IOException {
        String malformed = input.replace("|:5", "|x").replace("|", "\r\n") + "\r\n";
        client.sendRaw(
                RespClient.request("EAPPEND", "s", "E") + malformed + RespClient.request("PING"));

        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readToEnd()).isEqualTo("-ERR Protocol error: " + problem + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\n", "\u0016\u0003"})
    void otherProtocols_areClosedOrAnsweredWithoutHarm(String input) throws IOException {
        client.sendRaw(input);
        client.endOutput();
        client.readToEnd();

        assertServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "*0\r\n", "*-1\r\n"})
    void emptyRequests_areIgnored(String input) throws IOException {
        client.sendRaw(input);

        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void unknownCommand_isToldInTheWordsThatLibrariesLookFor() throws IOException {
        assertThat(client.call("FOO", "bar", "a\r\nb"))
                .isEqualTo(
                        "-ERR unknown command 'FOO', with args beginning with: 'bar' 'a  b' \r\n");
        assertThat(client.call("foo"))
                .isEqualTo("-ERR unknown command 'foo', with args beginning with: \r\n");
        assertThat(client.call("x".repeat(200), "y".repeat(200), "z"))
                .isEqualTo(
                        "-ERR unknown command '"
                                + "x".repeat(128)
                                + "', with args beginning with: '"
                                + "y".repeat(128)
                                + "' \r\n");
    }

    @Test
    void requestLargerThanTheLimit_isRefusedAndTheConnectionStays() throws IOException {
        assertThat(client.call("EAPPEND", "s", "E", "PAYLOAD", "x".repeat((32 << 20) + 1)))
                .startsWith("-ERR argument of 33554433 bytes is larger than the limit");
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }

    @Test
    void wrongArguments_areRefusedAndTheConnectionStays() throws IOException {
        assertThat(client.call("EGET")).startsWith("-INVALIDARG ");
        assertThat(client.call("ECHO"))
                .isEqualTo("-ERR wrong number of arguments for 'echo' command\r\n");
        assertThat(client.call("PING", "a", "b"))
                .isEqualTo("-ERR wrong number of arguments for 'ping' command\r\n");
        assertThat(client.call("CLIENT", "SETINFO", "LIB-NAME"))
                .isEqualTo("-ERR wrong number of arguments for 'client|setinfo' command\r\n");
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void serverSurvivesRandomBytesAndMutatedRequests(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            try (RespClient fuzzer = server.connect()) {
                fuzzer.sendRaw(i % 2 == 0 ? randomBytes(random) : mutatedRequests(random));
                fuzzer.endOutput();
                fuzzer.readToEnd();
            } catch (java.net.SocketException e) {
                assertThat(e).hasMessageMatching("Connection reset|Broken pipe.*");
            }
        }

        assertServes();
    }

    static LongStream seeds() {
        Long given = Long.getLong("sierra.seed");
        return given == null ? LongStream.of(1, 2, 3, System.nanoTime()) : LongStream.of(given);
    }

    private void assertServes() throws IOException {
        try (RespClient other = server.connect()) {
            assertThat(other.call("EAPPEND", "after", "E")).startsWith("*12\r\n");
            assertThat(other.call("ESVER", "after")).startsWith(":");
        }
    }

    private static String randomBytes(Random random) {
        StringBuilder bytes = new StringBuilder();
        String likely = "*$:+-_#,=!~>%(\r\n0123456789 \"'EAPPENDxyz\0\u00ff";
        int length = random.nextInt(2000);
        for (int i = 0; i < length; i++) {
            bytes.append(
                    random.nextBoolean()
                            ? likely.charAt(random.nextInt(likely.length()))
                            : (char) random.nextInt(256));
        }
        return bytes.toString();
    }

    private static String mutatedRequests(Random random) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            bytes.append(
                    RespClient.request(
                            "EAPPEND", "s" + random.nextInt(3), "E", "PAYLOAD", "p".repeat(i)));
            bytes.append(RespClient.request("ESCAN", "s1", "-", "+", "COUNT", "3"));
            bytes.append(RespClient.request("CLIENT", "LIST"));
            bytes.append(RespClient.request("HELLO", "3", "SETNAME", "n"));
        }
        for (int i = random.nextInt(8); i >= 0; i--) {
            bytes.setCharAt(random.nextInt(bytes.length()), (char) random.nextInt(256));
        }
        return bytes.substring(0, random.nextInt(bytes.length()));
    }
}
