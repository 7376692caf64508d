package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels of SUBSCRIBE. */
class ChannelNameTest {
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sierra:stream:s                              | s       | latest | 0",
                "sierra:stream:s?from=5                       | s       | 5      | 0",
                "sierra:stream:s?from=LATEST&window=7         | s       | latest | 7",
                "sierra:stream:s?window=0&from=0              | s       | 0      | 0",
                "sierra:stream:a:b c                          | a:b c   | latest | 0",
                "sierra:stream:s?                             | s?      | latest | 0",
                "sierra:stream:s?x=1                          | s?x=1   | latest | 0",
                "sierra:stream:s?from=1&x=1                   | s?from=1&x=1 | latest | 0",
                "sierra:stream:s?from=1?window=2              | s?from=1 | latest | 2",
                "sierra:stream:what?from=3                    | what    | 3      | 0",
                "sierra:stream:*                              | *       | latest | 0"
            })
    void stream_withOptions(String channel, String stream, String from, long window) {
        StreamId streamId = StreamId.of(stream);

        assertThat(command(channel))
                .isEqualTo(
                        new SubscribeStreams(
                                List.of(
                                        new StreamStart(
                                                streamId,
                                                streamId.defaultPartitionKey(),
                                                start(from))),
                                window == 0 ? Long.MAX_VALUE : window,
                                ChannelOptions.JSON));
    }

    @Test
    void stream_underAnotherKey() {
        SubscribeStreams command =
                (SubscribeStreams) command("sierra:stream:s?pk=" + KEY + "&from=1");

        assertThat(command.streams())
                .containsExactly(
                        new StreamStart(
                                StreamId.of("s"),
                                PartitionKey.of(UUID.fromString(KEY)),
                                new Start.At(1)));
        assertThat(command.options().json()).isTrue();
    }

    @Test
    void partitions_asInEpsub() {
        assertThat(command("sierra:partition:7?from=3"))
                .isEqualTo(
                        partitions(
                                new PartitionSet.Some(List.of(new PartitionSelector.ById(7))),
                                new Start.At(3)));
        assertThat(command("sierra:partition:0-15"))
                .isEqualTo(partitions(new PartitionSet.Span(0, 15), new Start.Latest()));
        assertThat(command("sierra:partition:*"))
                .isEqualTo(partitions(new PartitionSet.All(), new Start.Latest()));
        assertThat(command("sierra:all?from=0"))
                .isEqualTo(partitions(new PartitionSet.All(), new Start.At(0)));
        assertThat(command("sierra:all"))
                .isEqualTo(partitions(new PartitionSet.All(), new Start.Latest()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "news",
                "__Booksleeve_MasterChanged",
                "sierra:",
                "sierra:other?from=x",
                "sierra:allx",
                "sierra:streams:s",
                "SIERRA:ALL",
                "x?from=1"
            })
    void otherNames_areSilent(String channel) {
        assertThat(ChannelName.parse(utf8(channel))).isEqualTo(new ChannelName.Silent());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sierra:stream: | expected stream id",
                "sierra:stream:s?from=x | expected number or latest after from=, but got 'x'",
                "sierra:stream:s?window=-1 | expected number after window=, but got '-1'",
                "sierra:stream:s?pk=x | expected partition key after pk=, but got 'x'",
                "sierra:stream:s?from=1&from=2 | from already specified",
                "sierra:partition: | expected " + PartitionSetText.FORM,
                "sierra:partition:x | expected " + PartitionSetText.FORM,
                "sierra:partition:1?x=1 | expected " + PartitionSetText.FORM,
                "sierra:partition:1?pk="
                        + KEY
                        + " | pk= is an option of sierra:stream:<stream id> only",
                "sierra:all?from= | expected number or latest after from=, but got ''",
                "sierra:all?form=1 | expected from= or window= after '?'"
            })
    void badValues_areRefused(String channel, String problem) {
        assertThat(refusal(utf8(channel))).isEqualTo("channel '" + channel + "': " + problem);
    }

    @Test
    void streamId_isCheckedAsElsewhere() {
        assertThat(refusal(utf8("sierra:stream:" + "x".repeat(65))))
                .contains("stream id must be between 1 and 64 characters in length, but got 65");
        assertThat(refusal("sierra:stream:\u00FF".getBytes(StandardCharsets.ISO_8859_1)))
                .endsWith("expected UTF-8");
    }

    private static SubscribePartitions partitions(PartitionSet partitions, Start otherwise) {
        return new SubscribePartitions(
                partitions, Map.of(), otherwise, Long.MAX_VALUE, ChannelOptions.JSON);
    }

    private static Start start(String from) {
        return from.equals("latest") ? new Start.Latest() : new Start.At(Long.parseLong(from));
    }

    private static Subscribe command(String channel) {
        ChannelName name = ChannelName.parse(utf8(channel));
        assertThat(name).isInstanceOf(ChannelName.Events.class);
        return ((ChannelName.Events) name).command();
    }

    private static String refusal(byte[] channel) {
        ChannelName name = ChannelName.parse(channel);
        assertThat(name).isInstanceOf(ChannelName.Refused.class);
        return ((ChannelName.Refused) name).failure().problem();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
