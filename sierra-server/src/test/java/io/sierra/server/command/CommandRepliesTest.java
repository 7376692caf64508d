package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.resp.RespVersion;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** redis-cli aborts if a string here is of another kind than in Redis. */
class CommandRepliesTest {
    private static final Set<String> ARGUMENT_TYPES =
            Set.of(
                    "string",
                    "integer",
                    "double",
                    "key",
                    "pattern",
                    "unix-time",
                    "pure-token",
                    "oneof",
                    "block");
    private static final Set<String> ARGUMENT_FLAGS =
            Set.of("optional", "multiple", "multiple_token");

    private final CommandTable table = CommandTable.load();
    private final CommandReplies replies = new CommandReplies(table);

    @ParameterizedTest
    @EnumSource
    void docs_ofAllCommands_haveTheKindsThatRedisCliAssertsOn(RespVersion version) {
        ReplyNode docs = ReplyNode.of(writer -> replies.docs(List.of(), writer), version);

        assertThat(docs.entries()).hasSize(table.all().size());
        assertCommands(docs, version);
    }

    @Test
    void docs_ofAppend_showItsOptions() {
        ReplyNode docs =
                ReplyNode.of(writer -> replies.docs(List.of("EAppend"), writer), RespVersion.RESP3);
        ReplyNode append = Objects.requireNonNull(docs.entries().get("eappend"));
        ReplyNode arguments = Objects.requireNonNull(append.entries().get("arguments"));

        assertThat(arguments.children())
                .map(argument -> argument.entries().get("token"))
                .filteredOn(Objects::nonNull)
                .map(ReplyNode::text)
                .containsExactlyInAnyOrder(
                        "PAYLOAD",
                        "METADATA",
                        "EXPECTED_VERSION",
                        "EVENT_ID",
                        "PARTITION_KEY",
                        "TIMESTAMP");
    }

    @Test
    void docs_ofUnknownCommand_areEmpty() {
        assertThat(
                        ReplyNode.of(
                                writer -> replies.docs(List.of("nosuch"), writer),
                                RespVersion.RESP2))
                .isEqualTo(new ReplyNode('*', "", List.of()));
        assertThat(
                        ReplyNode.of(
                                writer -> replies.docs(List.of("nosuch"), writer),
                                RespVersion.RESP3))
                .isEqualTo(new ReplyNode('%', "", List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void commands_haveTenElementsOfTheRightKinds(RespVersion version) {
        ReplyNode commands = ReplyNode.of(replies::commands, version);

        assertThat(commands.children()).hasSize(table.all().size());
        commands.children().forEach(command -> assertInfo(command, version));
    }

    @Test
    void info_ofSubcommandAndUnknownCommand() {
        ReplyNode info =
                ReplyNode.of(
                        writer -> replies.info(List.of("CLIENT|ID", "nosuch"), writer),
                        RespVersion.RESP3);

        assertInfo(info.children().getFirst(), RespVersion.RESP3);
        assertThat(info.children().getFirst().children().getFirst().text()).isEqualTo("client|id");
        assertThat(info.children().getLast().kind()).isEqualTo('_');
    }

    @Test
    void countAndList_agreeWithTheTable() {
        ReplyNode list = ReplyNode.of(replies::list, RespVersion.RESP3);

        assertThat(ReplyNode.of(replies::count, RespVersion.RESP3))
                .isEqualTo(new ReplyNode(':', Integer.toString(table.all().size()), List.of()));
        assertThat(list.children())
                .map(ReplyNode::text)
                .containsExactlyElementsOf(table.all().stream().map(CommandSpec::name).toList());
    }

    @Test
    void find_anyCaseAndSubcommands() {
        assertThat(Objects.requireNonNull(table.find("eGet")).acceptsCount(2)).isTrue();
        assertThat(Objects.requireNonNull(table.find("eget")).acceptsCount(3)).isFalse();
        assertThat(Objects.requireNonNull(table.find("eappend")).acceptsCount(9)).isTrue();
        assertThat(Objects.requireNonNull(table.find("eappend")).acceptsCount(2)).isFalse();
        assertThat(table.find("client|id")).isNotNull();
        assertThat(table.find("client|nosuch")).isNull();
        assertThat(table.find("nosuch|id")).isNull();
    }

    private static void assertCommands(ReplyNode commands, RespVersion version) {
        assertMap(commands, version);
        commands.entries()
                .forEach((name, docs) -> {
                    assertMap(docs, version);
                    assertDocs(docs.entries(), version);
                });
    }

    private static void assertDocs(Map<String, ReplyNode> docs, RespVersion version) {
        assertThat(docs).containsKeys("summary", "since", "group", "complexity");
        docs.forEach((key, value) -> {
            switch (key) {
                case "arguments" -> assertArguments(value, version);
                case "subcommands" -> assertCommands(value, version);
                default -> {
                    assertThat(value.kind()).isEqualTo('$');
                    assertThat(value.text()).as(key).isNotEmpty();
                }
            }
        });
    }

    private static void assertArguments(ReplyNode arguments, RespVersion version) {
        assertThat(arguments.kind()).isEqualTo('*');
        for (ReplyNode argument : arguments.children()) {
            assertMap(argument, version);
            Map<String, ReplyNode> entries = argument.entries();
            assertThat(entries).containsKeys("name", "type");
            entries.forEach((key, value) -> {
                switch (key) {
                    case "arguments" -> assertArguments(value, version);
                    case "flags" -> assertFlags(value, version);
                    case "type" -> assertThat(value.text()).isIn(ARGUMENT_TYPES);
                    default -> assertThat(value.kind()).as(key).isEqualTo('$');
                }
            });
        }
    }

    private static void assertFlags(ReplyNode flags, RespVersion version) {
        assertThat(flags.kind()).isEqualTo(version == RespVersion.RESP3 ? '~' : '*');
        assertThat(flags.children())
                .isNotEmpty()
                .allSatisfy(flag -> assertThat(flag.kind()).isEqualTo('+'))
                .allSatisfy(flag -> assertThat(flag.text()).isIn(ARGUMENT_FLAGS));
    }

    private static void assertMap(ReplyNode map, RespVersion version) {
        assertThat(map.kind()).isEqualTo(version == RespVersion.RESP3 ? '%' : '*');
        for (int i = 0; i < map.children().size(); i += 2) {
            assertThat(map.children().get(i).kind()).isEqualTo('$');
        }
    }

    private static void assertInfo(ReplyNode command, RespVersion version) {
        String set = version == RespVersion.RESP3 ? "~" : "*";
        StringBuilder kinds = new StringBuilder();
        command.children().forEach(child -> kinds.append(child.kind()));

        assertThat(kinds).hasToString("$:" + set + ":::" + set + set + set + "*");
        for (int index : new int[] {2, 6}) {
            assertThat(command.children().get(index).children())
                    .allSatisfy(word -> assertThat(word.kind()).isEqualTo('+'));
        }
        command.children().getLast().children().forEach(sub -> assertInfo(sub, version));
    }
}
