package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README tells people to type works. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern PROMPT = Pattern.compile("^127\\.0\\.0\\.1:9090> (.+)$");
    private static final Pattern SHELL = Pattern.compile("^\\$ redis-cli -p 9090 (.+)$");
    private static final Pattern PYTHON = Pattern.compile("r\\.execute_command\\((.+?)\\)+$");
    private static final Pattern LITERAL = Pattern.compile("b?(\"([^\"]*)\"|'([^']*)')");

    @Test
    void theSessionWorks() throws Exception {
        List<String> lines = matches(PROMPT);
        assertThat(lines).hasSizeGreaterThan(3);

        assertNoErrors(lines.stream().map(CommandWords::of).toList());
    }

    @Test
    void theSessionWorksInRedisCli() throws Exception {
        RedisCli.assumeInstalled();
        try (RealServer server = new RealServer()) {
            assertThat(RedisCli.run(server.address(), List.of(), matches(PROMPT)))
                    .contains("UserRegistered", "UserRenamed")
                    .doesNotContain("(error)")
                    .endsWith("(integer) 1\n");
        }
    }

    @Test
    void theCommandsOfTheShellWork() throws Exception {
        List<String> lines = matches(SHELL);
        assertThat(lines).hasSizeGreaterThan(2);

        // Each on a connection of its own, as redis-cli has it.
        for (String line : lines) {
            List<String[]> commands = new ArrayList<>();
            commands.add(new String[] {"EAPPEND", "user-123", "UserRegistered"});
            commands.add(CommandWords.of(line));
            assertNoErrors(commands);
        }
    }

    @Test
    void theProgramsCommandsWork() throws Exception {
        List<String[]> commands = new ArrayList<>();
        for (String arguments : matches(PYTHON)) {
            commands.add(literals(arguments));
        }
        assertThat(commands).hasSizeGreaterThan(1);

        assertNoErrors(commands);
    }

    private static void assertNoErrors(List<String[]> commands) throws IOException {
        try (RealServer server = new RealServer();
                RespClient client = server.connect()) {
            for (String[] command : commands) {
                client.send(command);
                Reply reply = Reply.read(client);
                assertThat(reply.isError() || reply.isNull())
                        .as("%s: %s", String.join(" ", command), reply)
                        .isFalse();
            }
        }
    }

    private static List<String> matches(Pattern pattern) throws IOException {
        List<String> found = new ArrayList<>();
        for (String line : Files.readAllLines(README)) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }

    private static String[] literals(String arguments) {
        List<String> words = new ArrayList<>();
        Matcher matcher = LITERAL.matcher(arguments);
        while (matcher.find()) {
            words.add(matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
        }
        return words.toArray(new String[0]);
    }
}
