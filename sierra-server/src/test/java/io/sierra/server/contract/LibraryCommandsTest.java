package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.Served;
import io.sierra.server.testing.ServedTest;
import io.sierra.server.testing.TestServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that libraries send besides ours, in RESP2. */
class LibraryCommandsTest extends ServedTest<Served> {
    @Override
    protected Served newServer() throws IOException {
        return new TestServer();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "PING; +PONG|",
                "ping; +PONG|",
                "PING hi; $2|hi|",
                "ECHO hi; $2|hi|",
                "AUTH default any; +OK|",
                "AUTH bob any; -WRONGPASS invalid username-password pair or user is disabled.|",
                "RESET; +RESET|",
                "SELECT 0; +OK|",
                "SELECT 1; -ERR DB index is out of range|",
                "SELECT x; -ERR value is not an integer or out of range|",
                "CLIENT SETNAME app; +OK|",
                "CLIENT GETNAME; $-1|",
                "CLIENT SETINFO LIB-NAME jedis(x_v1,y/z); +OK|",
                "client setinfo lib-ver 1.2; +OK|",
                "CLIENT SETINFO foo bar; -ERR Unrecognized option 'foo'|",
                "CLIENT NO-EVICT on; +OK|",
                "CLIENT NO-TOUCH off; +OK|",
                "CLIENT MAINT_NOTIFICATIONS on; "
                        + "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.|",
                "CONFIG GET databases; *2|$9|databases|$1|1|",
                "CONFIG GET *read-only; "
                        + "*4|$15|slave-read-only|$3|yes|$17|replica-read-only|$3|yes|",
                "CONFIG GET nosuch; *0|",
                "CONFIG SET x y; "
                        + "-ERR Unknown option or number of arguments for CONFIG SET - 'x'|",
                "CONFIG RESETSTAT; +OK|",
                "CLUSTER NODES; -ERR This instance has cluster support disabled|",
                "READONLY; -ERR This instance has cluster support disabled|",
                "ASKING; -ERR This instance has cluster support disabled|",
                "ROLE; *3|$6|master|:0|*0|",
                "DBSIZE; :0|",
                "ACL WHOAMI; $7|default|",
                "ACL LIST; -ERR unknown subcommand 'LIST'. Try ACL HELP.|",
                "SLOWLOG LEN; :0|",
                "SLOWLOG GET 1; *0|",
                "LATENCY LATEST; *0|",
                "LATENCY HISTOGRAM; *0|",
                "MODULE LIST; *0|",
                "EXISTS k; :0|",
                "GET k; $-1|",
                "COMMAND COUNT; :41|",
                "COMMAND DOCS nosuch; *0|",
                "HELLO 4; -NOPROTO unsupported protocol version|",
                "HELLO x; -ERR Protocol version is not an integer or out of range|",
                "HELLO 3 FOO; -ERR Syntax error in HELLO option 'FOO'|",
                "HELLO 3 AUTH bob x; "
                        + "-WRONGPASS invalid username-password pair or user is disabled.|",
                "SSUBSCRIBE c; -ERR unknown command 'SSUBSCRIBE', with args beginning with: 'c' |",
            })
    void call_commandOfALibrary_isAnsweredAsRedisDoes(String request, String reply)
            throws IOException {
        assertThat(client.call(request.split(" "))).isEqualTo(reply.replace("|", "\r\n"));
    }

    @Test
    void auth_onePassword_saysThatThereIsNone() throws IOException {
        assertThat(client.call("AUTH", "secret"))
                .startsWith("-ERR AUTH <password> called without any password configured");
    }

    @Test
    void hello_refused_leavesProtocolAndNameAsTheyWere() throws IOException {
        client.call("HELLO", "3", "SETNAME", "good");
        assertThat(client.call("HELLO", "2", "SETNAME", "bad name"))
                .isEqualTo(
                        "-ERR Client names cannot contain spaces, newlines or special"
                                + " characters.\r\n");

        assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$4\r\ngood\r\n");
        assertThat(client.call("GET", "k")).isEqualTo("_\r\n");
        assertThat(client.call("HELLO", "2", "AUTH", "default", "x", "SETNAME", "two"))
                .startsWith("*18\r\n");
        assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$3\r\ntwo\r\n");
    }

    @Test
    void reset_afterHello_isRespTwoWithoutName() throws IOException {
        client.call("HELLO", "3", "SETNAME", "name");

        assertThat(client.call("RESET")).isEqualTo("+RESET\r\n");
        assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("$-1\r\n");
    }

    @Test
    void clientList_twoConnections_showsBothInOneLineEach() throws IOException {
        client.call("HELLO", "3", "SETNAME", "one");
        try (RespClient other = server.connect()) {
            other.call("CLIENT", "SETINFO", "LIB-NAME", "lib");

            assertThat(client.call("CLIENT", "LIST"))
                    .startsWith("=")
                    .containsPattern("id=1 addr=127.0.0.1:\\d+ laddr=127.0.0.1:\\d+ .* name=one ")
                    .containsPattern("id=2 .* cmd=client .* resp=2 lib-name=lib lib-ver=\n");
        }
    }

    @Test
    void time_now_isSecondsAndMicroseconds() throws IOException {
        assertThat(client.call("TIME"))
                .matches("\\*2\r\n\\$10\r\n\\d{10}\r\n\\$\\d\r\n\\d{1,6}\r\n");
    }

    @Test
    void commandDocs_ofOurs_describesItInBothProtocols() throws IOException {
        assertThat(client.call("COMMAND", "DOCS", "EAPPEND"))
                .startsWith("*2\r\n$7\r\neappend\r\n*");
        client.call("HELLO", "3");
        assertThat(client.call("COMMAND", "DOCS", "EAPPEND"))
                .startsWith("%1\r\n$7\r\neappend\r\n%");
        assertThat(client.call("COMMAND")).startsWith("*41\r\n*10\r\n");
    }

    @Test
    void inlineCommands_areCarriedOut() throws IOException {
        client.sendRaw("EAPPEND s E PAYLOAD \"a b\"\r\nESVER s\nPING\r\n");

        assertThat(client.readFrame()).startsWith("*12\r\n");
        assertThat(client.readFrame()).isEqualTo(":0\r\n");
        assertThat(client.readFrame()).isEqualTo("+PONG\r\n");
    }

    @Test
    void info_afterCommands_countsThem() throws IOException {
        client.call("PING");
        client.call("EAPPEND", "s", "E");
        client.call("EAPPEND", "s", "E", "EXPECTED_VERSION", "empty");
        client.call("EGET", "nonsense");

        assertThat(client.call("INFO", "commandstats", "errorstats", "keyspace"))
                .containsPattern("cmdstat_ping:calls=1,.*,failed_calls=0\r\n")
                .containsPattern("cmdstat_eappend:calls=2,.*,failed_calls=1\r\n")
                .containsPattern("cmdstat_eget:calls=0,.*,rejected_calls=1,failed_calls=0\r\n")
                .contains("errorstat_WRONGVER:count=1\r\n", "errorstat_INVALIDARG:count=1\r\n")
                .contains("db0:keys=1,expires=0,avg_ttl=0\r\n");
    }
}
