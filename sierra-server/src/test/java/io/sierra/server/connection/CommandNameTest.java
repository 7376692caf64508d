package io.sierra.server.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.command.CommandSpec;
import io.sierra.server.command.CommandTable;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands that are carried out, those that are described, and what {@code COMMAND} says. */
class CommandNameTest {
    private static final Set<CommandName> WRITES =
            Set.of(CommandName.EAPPEND, CommandName.EMAPPEND);

    private final CommandTable table = CommandTable.load();

    @Test
    void everyCommand_isDescribedAndNoOtherIs() {
        assertThat(table.all().stream().map(CommandSpec::name).toList())
                .containsExactlyInAnyOrderElementsOf(CommandName.lowerCaseNames());
    }

    @Test
    void find_anyCase_isTheCommand() {
        for (CommandName name : CommandName.values()) {
            for (String spelling : List.of(name.name(), name.lowerCase())) {
                assertThat(CommandName.find(spelling.getBytes(StandardCharsets.US_ASCII)))
                        .isEqualTo(name);
            }
        }
        assertThat(CommandName.find(new byte[0])).isNull();
    }

    @Test
    void onlyAppends_areFlaggedAsWrites() {
        for (CommandName name : CommandName.values()) {
            List<String> flags = spec(name).flags();
            assertThat(flags.contains("write")).as(name.name()).isEqualTo(WRITES.contains(name));
            assertThat(flags.contains("write") && flags.contains("readonly")).isFalse();
        }
    }

    /** Replies of {@code COMMAND}: name, arity, flags, and more. */
    @Test
    void command_listsWhatIsDescribed() throws IOException {
        try (RealServer server = new RealServer();
                RespClient client = server.connect()) {
            Map<String, Reply> listed = new HashMap<>();
            for (Reply command : Reply.parse(client.call("COMMAND")).elements()) {
                listed.put(command.elements().getFirst().string(), command);
            }
            assertThat(listed.keySet())
                    .containsExactlyInAnyOrderElementsOf(CommandName.lowerCaseNames());
            for (CommandSpec spec : table.all()) {
                List<Reply> command = requireNonNull(listed.get(spec.name())).elements();
                assertThat(command.get(1).number()).as(spec.name()).isEqualTo(spec.arity());
                assertThat(command.get(2).elements().stream().map(Reply::text))
                        .as(spec.name())
                        .containsExactlyElementsOf(spec.flags());
            }
        }
    }

    @Test
    void requestsShorterThanTheArity_areRefused() throws IOException {
        try (RealServer server = new RealServer();
                RespClient client = server.connect()) {
            for (CommandName name : CommandName.values()) {
                int shorter = Math.abs(spec(name).arity()) - 1;
                if (shorter > 0) {
                    String[] request =
                            Stream.concat(
                                            Stream.of(name.name()),
                                            Stream.generate(() -> "x").limit(shorter - 1))
                                    .toArray(String[]::new);
                    assertThat(client.call(request)).as("%s", (Object) request).startsWith("-");
                }
            }
        }
    }

    private CommandSpec spec(CommandName name) {
        return requireNonNull(table.find(name.lowerCase()), name.name());
    }
}
