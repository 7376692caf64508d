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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What docs/subscriptions.md tells people to type works, and what it shows of the examples is in
 * them.
 */
class SubscriptionsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "subscriptions.md");
    private static final Path EXAMPLES = Path.of("..", "docs", "examples");
    private static final Pattern BLOCK =
            Pattern.compile("^```(\\w*)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("(ESUB|EPSUB|EACK|EREAD|EPREAD) .*");

    private static final Map<String, String> EXAMPLE_IN =
            Map.of(
                    "sh", "count-events.sh",
                    "java", "CountEvents.java",
                    "python", "count_events.py",
                    "js", "count-events.mjs");

    private record Block(String language, String text) {}

    @Test
    void everyCommandWorks() throws IOException {
        List<String> commands =
                blocks().stream()
                        .filter(block -> block.language.isEmpty())
                        .flatMap(block -> block.text.lines())
                        .filter(line -> COMMAND.matcher(line).matches())
                        .toList();
        assertThat(commands)
                .contains(
                        "ESUB user-123",
                        "ESUB user-123 WINDOW 100",
                        "ESUB user-123 FROM 50 WINDOW 100",
                        "ESUB user-123 FROM LATEST",
                        "ESUB user-1 user-2 user-3 FROM MAP user-1=10 user-2=20 user-3=30 WINDOW"
                                + " 50",
                        "EPSUB *",
                        "EPSUB * WINDOW 100",
                        "EPSUB * FROM 1000 WINDOW 100",
                        "EPSUB 5 FROM 100 WINDOW 50",
                        "EPSUB 1,2,3 FROM MAP 1=100 2=200 DEFAULT 0 WINDOW 500",
                        "EACK <id> 1000")
                .anyMatch(line -> line.startsWith("EREAD"))
                .anyMatch(line -> line.startsWith("EPREAD"));

        try (RealServer server = new RealServer();
                RespClient client = server.connect()) {
            client.call("HELLO", "3");
            String id = "";
            for (String command : commands) {
                client.send(CommandWords.of(command.replace("<id>", id)));
                Reply reply = Reply.read(client);
                while (reply.type() == '>') {
                    reply = Reply.read(client);
                }
                assertThat(reply.isError()).as("%s: %s", command, reply).isFalse();
                id = command.contains("SUB ") ? reply.text() : id;
            }
        }
    }

    @Test
    void excerptsAreInTheExamples() throws IOException {
        List<Block> excerpts =
                blocks().stream().filter(b -> EXAMPLE_IN.containsKey(b.language)).toList();
        assertThat(excerpts.stream().map(Block::language)).containsAll(EXAMPLE_IN.keySet());

        for (Block excerpt : excerpts) {
            Path example = EXAMPLES.resolve(EXAMPLE_IN.get(excerpt.language));
            assertThat(stripped(Files.readString(example)))
                    .as("%s", example)
                    .containsSequence(stripped(excerpt.text));
        }
    }

    /** Without indentation, which differs because an excerpt begins at the left. */
    private static List<String> stripped(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(DOCUMENT));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }
}
