package io.sierra.server.command;

import static io.sierra.server.command.Requests.command;
import static io.sierra.server.command.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command.Acknowledge;
import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.command.Command.Unsubscribe;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the commands of subscriptions; the recorded vectors have refusals as well. */
class SubscribeParserTest {
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";
    private static final String TOO_LARGE = "18446744073709551615";
    private static final String OPTION = "CAUGHTUP, HEARTBEAT, NAMES, STREAMPREFIX, FORMAT or PUSH";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ESUB a                                  | a latest",
                "esub a b c                              | a latest, b latest, c latest",
                "ESUB a a b a                            | a latest, b latest",
                "ESUB a FROM LATEST                      | a latest",
                "ESUB a b from 7                         | a 7, b 7",
                "ESUB a FROM 0                           | a 0",
                "ESUB FROM FROM 3                        | FROM 3",
                "ESUB WITH WINDOW 1                      | WITH latest",
                "ESUB latest map                         | latest latest, map latest",
                "ESUB a b c FROM MAP a=1 b=2             | a 1, b 2, c latest",
                "ESUB a b FROM map b=2 x=9               | a latest, b 2",
                "ESUB a FROM MAP a=1 a=5                 | a 5",
                "ESUB a FROM MAP a=+05 WINDOW 3          | a 5",
                "ESUB a FROM 18446744073709551615        | a 9223372036854775807",
                "ESUB a FROM MAP a=18446744073709551615  | a 9223372036854775807"
            })
    void streams_haveTheirStarts(String line, String starts) {
        SubscribeStreams subscribe = (SubscribeStreams) command(line);

        assertThat(
                        subscribe.streams().stream()
                                .map(stream -> stream.streamId() + " " + text(stream.start()))
                                .collect(Collectors.joining(", ")))
                .isEqualTo(starts);
        assertThat(subscribe.streams())
                .allSatisfy(stream ->
                        assertThat(stream.partitionKey())
                                .isEqualTo(stream.streamId().defaultPartitionKey()));
    }

    @Test
    void streams_ofOneIdUnderTwoKeys_areTwo() {
        SubscribeStreams subscribe =
                (SubscribeStreams)
                        command(
                                "ESUB a partition_key "
                                        + KEY
                                        + " a a PARTITION_KEY "
                                        + KEY
                                        + " FROM MAP a=4");
        StreamId a = StreamId.of("a");

        assertThat(subscribe.streams())
                .containsExactly(
                        new StreamStart(a, key(), new Start.At(4)),
                        new StreamStart(a, a.defaultPartitionKey(), new Start.At(4)));
    }

    @Test
    void partitions_ofEachKindOfSelector() {
        assertThat(partitions("*")).isEqualTo(new PartitionSet.All());
        assertThat(partitions("65535")).isEqualTo(some(id(65_535)));
        assertThat(partitions(KEY)).isEqualTo(some(new PartitionSelector.ByKey(key())));
        assertThat(partitions("5,1,5,+1")).isEqualTo(some(id(5), id(1)));
        assertThat(partitions("1," + KEY))
                .isEqualTo(some(id(1), new PartitionSelector.ByKey(key())));
        assertThat(partitions("0-127")).isEqualTo(new PartitionSet.Span(0, 127));
        assertThat(partitions("3-3")).isEqualTo(new PartitionSet.Span(3, 3));
        // A blank inside an argument cannot be written in a line of words.
        assertThat(PartitionSetText.parse(utf8(" 1 ,\t2"))).isEqualTo(some(id(1), id(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "**", "*,1", "1,", ",", "-1", "1-", "5-3", "1-65536", "1-2-3", "1-2,5"})
    void partitions_malformedSelector_isRefused(String selector) {
        assertThat(refusal("EPSUB " + selector))
                .isEqualTo("unexpected string: expected " + PartitionSetText.FORM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EPSUB *                                     | {}              | latest",
                "EPSUB * FROM LATEST                         | {}              | latest",
                "EPSUB * FROM 5                              | {}              | 5",
                "EPSUB * FROM MAP 1=100 2=200                | {1=100, 2=200}  | latest",
                "EPSUB * FROM MAP 1=100 1=7 default 3        | {1=7}           | 3",
                "EPSUB 5 FROM MAP 1=+1 DEFAULT 0 WINDOW 2    | {1=1}           | 0",
                "EPSUB * FROM MAP 65535=18446744073709551615 | {65535=9223372036854775807} | latest"
            })
    void partitions_haveTheirStarts(String line, String starts, String otherwise) {
        SubscribePartitions subscribe = (SubscribePartitions) command(line);

        assertThat(
                        subscribe.starts().entrySet().stream()
                                .sorted(Map.Entry.comparingByKey())
                                .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                                .collect(Collectors.joining(", ", "{", "}")))
                .isEqualTo(starts);
        assertThat(text(subscribe.otherwise())).isEqualTo(otherwise);
    }

    @ParameterizedTest
    @CsvSource({
        "ESUB s, 1000",
        "EPSUB *, 1000",
        "ESUB s WINDOW 1, 1",
        "EPSUB * FROM 5 window 7, 7",
        "ESUB s WINDOW " + TOO_LARGE + ", 9223372036854775807"
    })
    void window_isTaken(String line, long window) {
        Subscribe subscribe = (Subscribe) command(line);

        assertThat(subscribe.window()).isEqualTo(window);
        assertThat(subscribe.options()).isEqualTo(SubscriptionOptions.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ESUB s FROM | unexpected end of input: expected LATEST, number or MAP",
                "ESUB s FROM x | unexpected string: expected LATEST, number or MAP",
                "ESUB s FROM MAP | unexpected end of input: expected stream id version value",
                "ESUB s FROM MAP s | unexpected string: expected stream id version value",
                "ESUB s FROM MAP s= | unexpected string: expected stream id version value",
                "ESUB s FROM MAP =1 | unexpected string: expected stream id version value",
                "ESUB s FROM MAP s=1 DEFAULT 5 | unexpected string: expected end of input",
                "ESUB s FROM MAP a=b=1 | unexpected string: expected stream id version value",
                "ESUB s WINDOW 0 | number 0 must not be less than 1",
                "ESUB s WINDOW | unexpected end of input: expected number",
                "ESUB s WINDOW x | unexpected string: expected number",
                "ESUB s WINDOW 5 FROM 5 | unexpected string: expected end of input",
                "ESUB s FROM 5 s2 | unexpected string: expected end of input",
                "ESUB s PARTITION_KEY bad | invalid partition key",
                "EPSUB * DEFAULT 5 | unexpected string: expected end of input",
                "EPSUB * FROM 5 DEFAULT 5 | unexpected string: expected end of input",
                "EPSUB * FROM MAP 70000=5 | unexpected string: expected partition id sequence value"
            })
    void misplacedWords_areRefused(String line, String problem) {
        assertThat(refusal(line)).isEqualTo(problem);
    }

    @Test
    void options_inAnyOrderAndCase_areAllTaken() {
        SubscriptionOptions options =
                ((Subscribe)
                                command(
                                        "EPSUB * WINDOW 5 with push My.kind_1- names 2 WITH Ünal"
                                                + " format json streamprefix order- heartbeat 100"
                                                + " caughtup"))
                        .options();

        assertThat(options.caughtUp()).isTrue();
        assertThat(options.heartbeatMillis()).isEqualTo(100);
        assertThat(options.names()).containsExactly(utf8("WITH"), utf8("Ünal"));
        assertThat(options.streamPrefix()).isEqualTo(utf8("order-"));
        assertThat(options.json()).isTrue();
        assertThat(options.pushKind()).isEqualTo("My.kind_1-");
    }

    @Test
    void options_notGiven_areOff() {
        SubscriptionOptions options =
                ((Subscribe) command("ESUB s WITH HEARTBEAT 3600000")).options();

        assertThat(options.caughtUp()).isFalse();
        assertThat(options.heartbeatMillis()).isEqualTo(3_600_000);
        assertThat(options.names()).isEmpty();
        assertThat(options.streamPrefix()).isEmpty();
        assertThat(options.json()).isFalse();
        assertThat(options.pushKind()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                " | unexpected end of input: expected " + OPTION,
                "x | unexpected string: expected " + OPTION,
                "CAUGHTUP x | unexpected string: expected " + OPTION,
                "CAUGHTUP WITH | unexpected string: expected " + OPTION,
                "CAUGHTUP CAUGHTUP | caughtup already specified",
                "HEARTBEAT | unexpected end of input: expected milliseconds after HEARTBEAT",
                "HEARTBEAT x | unexpected string: expected milliseconds after HEARTBEAT",
                "HEARTBEAT 99 | heartbeat must be 100 to 3600000 milliseconds, but got 99",
                "HEARTBEAT 3600001 | heartbeat must be 100 to 3600000 milliseconds, but got"
                        + " 3600001",
                "HEARTBEAT 100 HEARTBEAT 100 | heartbeat already specified",
                "NAMES x | unexpected string: expected number of names after NAMES",
                "NAMES 0 | number of names must be 1 to 1000, but got 0",
                "NAMES 1001 | number of names must be 1 to 1000, but got 1001",
                "NAMES 2 a | unexpected end of input: expected event name",
                "NAMES 1 a b | unexpected string: expected " + OPTION,
                "NAMES 1 a NAMES 1 b | names already specified",
                "STREAMPREFIX | unexpected end of input: expected prefix after STREAMPREFIX",
                "STREAMPREFIX a STREAMPREFIX a | stream prefix already specified",
                "FORMAT XML | unexpected string: expected JSON after FORMAT",
                "FORMAT JSON FORMAT JSON | format already specified",
                "PUSH | unexpected end of input: expected kind after PUSH",
                "PUSH a/b | push kind must be 1 to 32 letters, digits, '_', '-' or '.'",
                "PUSH a PUSH b | push kind already specified"
            })
    void options_malformed_areRefused(String options, String problem) {
        String words = options == null ? "" : " " + options;

        assertThat(refusal("ESUB s WITH" + words)).isEqualTo(problem);
        assertThat(refusal("EPSUB * FROM 0 WINDOW 3 WITH" + words)).isEqualTo(problem);
    }

    @Test
    void options_lengths_haveBounds() {
        assertThat(command("ESUB s WITH STREAMPREFIX " + "x".repeat(64))).isNotNull();
        assertThat(refusal("ESUB s WITH STREAMPREFIX " + "x".repeat(65)))
                .isEqualTo("stream prefix must be 1 to 64 bytes in length, but got 65");
        assertThat(refusal("ESUB s WITH STREAMPREFIX "))
                .isEqualTo("stream prefix must be 1 to 64 bytes in length, but got 0");
        assertThat(command("ESUB s WITH NAMES 1 ")).isNotNull();
        assertThat(command("ESUB s WITH NAMES 1000" + " e".repeat(1000))).isNotNull();
        assertThat(command("ESUB s WITH PUSH " + "x".repeat(32))).isNotNull();
        assertThat(refusal("ESUB s WITH PUSH " + "x".repeat(33))).startsWith("push kind must be");
        assertThat(refusal("ESUB s WITH PUSH ")).startsWith("push kind must be");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "message",
                "pmessage",
                "smessage",
                "subscribe",
                "unsubscribe",
                "psubscribe",
                "punsubscribe",
                "ssubscribe",
                "sunsubscribe",
                "invalidate",
                "pong",
                "MOVING",
                "Migrating",
                "migrated",
                "failing_over",
                "failed_over",
                "smigrating",
                "smigrated"
            })
    void options_kindsOfLibraries_areRefused(String kind) {
        assertThat(refusal("ESUB s WITH PUSH " + kind))
                .isEqualTo("push kind '" + kind + "' is one that client libraries keep for Redis");
    }

    @Test
    void acknowledge_andUnsubscribe() {
        UUID id = UUID.fromString(KEY);

        assertThat(command("eack " + KEY + " 5")).isEqualTo(new Acknowledge(id, 5));
        assertThat(command("EACK " + KEY + " " + TOO_LARGE))
                .isEqualTo(new Acknowledge(id, Long.MAX_VALUE));
        assertThat(command("eunsub " + KEY)).isEqualTo(new Unsubscribe(id));
        assertThat(refusal("EUNSUB"))
                .isEqualTo("unexpected end of input: expected subscription id");
        assertThat(refusal("EUNSUB x")).isEqualTo("invalid subscription id");
        assertThat(refusal("EUNSUB " + KEY + " 1"))
                .isEqualTo("unexpected string: expected end of input");
    }

    private static PartitionSet partitions(String selector) {
        return ((SubscribePartitions) command("EPSUB " + selector)).partitions();
    }

    private static PartitionSet some(PartitionSelector... selectors) {
        return new PartitionSet.Some(List.of(selectors));
    }

    private static PartitionSelector id(int partitionId) {
        return new PartitionSelector.ById(partitionId);
    }

    private static PartitionKey key() {
        return PartitionKey.of(UUID.fromString(KEY));
    }

    private static String text(Start start) {
        return switch (start) {
            case Start.Latest() -> "latest";
            case Start.At(long position) -> Long.toString(position);
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
