package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.SubscribePartitions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of PSUBSCRIBE. */
class ChannelPatternTest {
    @Test
    void streams_areOfAllPartitions() {
        ChannelPattern.Streams streams =
                (ChannelPattern.Streams) parse("sierra:stream:order-?*?from=0&window=9");

        assertThat(streams.ids().matches("order-1")).isTrue();
        assertThat(streams.ids().matches("order-")).isFalse();
        assertThat(streams.command()).isEqualTo(everything(new Start.At(0), 9));
    }

    @Test
    void partitions_areThoseWhoseIdMatches() {
        ChannelPattern.Partitions partitions =
                (ChannelPattern.Partitions) parse("sierra:partition:1*?window=3");

        assertThat(partitions.command(12))
                .contains(
                        new SubscribePartitions(
                                new PartitionSet.Some(
                                        List.of(
                                                new PartitionSelector.ById(1),
                                                new PartitionSelector.ById(10),
                                                new PartitionSelector.ById(11))),
                                Map.of(),
                                new Start.Latest(),
                                3,
                                ChannelOptions.JSON));
        assertThat(partitions.command(1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "sierra:*", "sierra:all", "sierra:a??", "[st]ierra:al[a-l]"})
    void whatMatchesAll_isEverything(String pattern) {
        assertThat(parse(pattern))
                .isEqualTo(
                        new ChannelPattern.Everything(
                                everything(new Start.Latest(), Long.MAX_VALUE)));
        assertThat(parse(pattern + "?from=5"))
                .isEqualTo(
                        new ChannelPattern.Everything(everything(new Start.At(5), Long.MAX_VALUE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "news.*", "sierra:s*", "sierra:all*x", "__key*", "x*?from=x"})
    void theRest_isSilent(String pattern) {
        assertThat(parse(pattern)).isEqualTo(new ChannelPattern.Silent());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "*?from=x | expected number or latest after from=, but got 'x'",
                "sierra:stream:*?pk=x | expected partition key after pk=, but got 'x'",
                "sierra:stream:*?pk=550e8400-e29b-41d4-a716-446655440000"
                        + " | pk= is no option of patterns",
                "sierra:partition:*?window=x | expected number after window=, but got 'x'"
            })
    void badValues_areRefused(String pattern, String problem) {
        ChannelPattern parsed = parse(pattern);

        assertThat(parsed).isInstanceOf(ChannelPattern.Refused.class);
        assertThat(((ChannelPattern.Refused) parsed).failure().problem())
                .isEqualTo("channel '" + pattern + "': " + problem);
    }

    private static SubscribePartitions everything(Start from, long window) {
        return new SubscribePartitions(
                new PartitionSet.All(), Map.of(), from, window, ChannelOptions.JSON);
    }

    private static ChannelPattern parse(String pattern) {
        return ChannelPattern.parse(pattern.getBytes(StandardCharsets.UTF_8));
    }
}
