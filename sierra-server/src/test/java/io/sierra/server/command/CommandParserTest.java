package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command;
import io.sierra.protocol.command.Command.Append;
import io.sierra.protocol.command.Command.AppendMany;
import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.Range;
import io.sierra.protocol.command.Command.ScanPartition;
import io.sierra.protocol.command.Command.ScanStream;
import io.sierra.protocol.command.Command.StreamVersion;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.server.resp.Arguments;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the commands; what is refused and how stands in the recorded vectors, too. */
class CommandParserTest {
    private static final String SOME_UUID = "550e8400-e29b-41d4-a716-446655440000";
    private static final UUID UUID_VALUE = UUID.fromString(SOME_UUID);
    private static final String TOO_LARGE = "18446744073709551615";

    @Test
    void append_withoutOptions_hasDefaults() {
        Append append = (Append) command("EAPPEND s E");

        assertThat(append.partitionKey()).isEqualTo(StreamId.of("s").defaultPartitionKey());
        assertThat(append.event().streamId()).isEqualTo(StreamId.of("s"));
        assertThat(text(append.event().name())).isEqualTo("E");
        assertThat(append.event().id()).isNull();
        assertThat(append.event().expectedVersion()).isEqualTo(new ExpectedVersion.Any());
        assertThat(append.event().timestampMillis()).isEqualTo(NewEvent.NOW);
        assertThat(append.event().payload()).isEmpty();
        assertThat(append.event().metadata()).isEmpty();
    }

    @Test
    void append_optionsInAnyOrderAndCase_areAllTaken() {
        Append append =
                (Append)
                        command(
                                "eappend s E timestamp 5 Metadata m PARTITION_KEY "
                                        + SOME_UUID
                                        + " event_id "
                                        + SOME_UUID
                                        + " payload PAYLOAD expected_version 3");

        assertThat(append.partitionKey()).isEqualTo(PartitionKey.of(UUID_VALUE));
        assertThat(append.event().id()).isEqualTo(EventId.of(UUID_VALUE));
        assertThat(append.event().expectedVersion()).isEqualTo(new ExpectedVersion.Exactly(3));
        assertThat(append.event().timestampMillis()).isEqualTo(5);
        assertThat(text(append.event().payload())).isEqualTo("PAYLOAD");
        assertThat(text(append.event().metadata())).isEqualTo("m");
    }

    @Test
    void append_thirdValue_isThePayloadAndOptionsFollow() {
        Append append = (Append) command("EAPPEND s E {\"a\":1} METADATA m");

        assertThat(text(append.event().payload())).isEqualTo("{\"a\":1}");
        assertThat(text(append.event().metadata())).isEqualTo("m");
    }

    @Test
    void append_fourValues_refusalShowsTheForm() {
        assertThat(refusal("EAPPEND orders order-456 OrderCreated {}"))
                .startsWith(
                        "too many values: the form is EAPPEND <stream_id> <event_name> [PAYLOAD")
                .contains("[TIMESTAMP <ms>]");
    }

    @ParameterizedTest
    @CsvSource({
        "any, any",
        "EXISTS, exists",
        "Empty, empty",
        "007, 7",
        TOO_LARGE + ',' + TOO_LARGE
    })
    void append_expectedVersion_isTaken(String word, String meaning) {
        Append append = (Append) command("EAPPEND s E EXPECTED_VERSION " + word);

        assertThat(append.event().expectedVersion()).hasToString(meaning);
    }

    @Test
    void append_timestamp_nanosecondsMustFit() {
        Append latest = (Append) command("EAPPEND s E TIMESTAMP 9223372036854");

        assertThat(latest.event().timestampMillis()).isEqualTo(9_223_372_036_854L);
        assertThat(refusal("EAPPEND s E TIMESTAMP 9223372036855"))
                .isEqualTo(
                        "timestamp must be at most 9223372036854 milliseconds, but got"
                                + " 9223372036855");
        for (String nanos : new String[] {"18446744073710", "1700000000123456789", TOO_LARGE}) {
            assertThat(refusal("EAPPEND s E TIMESTAMP " + nanos))
                    .isEqualTo("invalid timestamp format: expected milliseconds, got nanoseconds");
        }
    }

    @Test
    void append_eventName_hasAtMost255Bytes() {
        Append longest = (Append) command("EAPPEND s " + "é".repeat(127) + "x");

        assertThat(longest.event().name()).hasSize(255);
        assertThat(refusal("EAPPEND s " + "é".repeat(128)))
                .isEqualTo("event name must be at most 255 bytes in length, but got 256");
        assertThat(refusal("EMAPPEND " + SOME_UUID + " s " + "x".repeat(256)))
                .isEqualTo("event name must be at most 255 bytes in length, but got 256");
    }

    @Test
    void appendMany_optionsBelongToTheirEvent() {
        AppendMany append =
                (AppendMany)
                        command(
                                "EMAPPEND "
                                        + SOME_UUID
                                        + " s1 A EXPECTED_VERSION EMPTY PAYLOAD p s2 B METADATA m"
                                        + " s1 C EXPECTED_VERSION 0");

        assertThat(append.partitionKey()).isEqualTo(PartitionKey.of(UUID_VALUE));
        assertThat(append.events())
                .map(event -> event.streamId() + " " + text(event.name()))
                .containsExactly("s1 A", "s2 B", "s1 C");
        assertThat(append.events())
                .map(event -> event.expectedVersion().toString())
                .containsExactly("empty", "any", "0");
        assertThat(append.events())
                .map(event -> text(event.payload()) + "," + text(event.metadata()))
                .containsExactly("p,", ",m", ",");
    }

    @Test
    void appendMany_streamNamedLikeAnOption_isTakenInFirstPlaceOnly() {
        assertThat(command("EMAPPEND " + SOME_UUID + " PAYLOAD E")).isInstanceOf(AppendMany.class);
        assertThat(refusal("EMAPPEND " + SOME_UUID + " s E payload"))
                .isEqualTo("unexpected end of input: expected data after PAYLOAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " EXPECTED_VERSION any", " EXPECTED_VERSION exists"})
    void strictVersioning_needsAnExpectation(String option) {
        CommandParser strict = new CommandParser(/* strictVersioning= */ true);
        String word = option.endsWith("exists") ? "exists" : "any";
        String expected = "strict versioning mode rejects EXPECTED_VERSION " + word;

        assertThat(strict.parse(request("EAPPEND s E" + option)))
                .isEqualTo(ParseResult.Refused.because(expected));
        assertThat(
                        strict.parse(
                                request(
                                        "EMAPPEND "
                                                + SOME_UUID
                                                + " a A EXPECTED_VERSION 0 s E"
                                                + option)))
                .isEqualTo(ParseResult.Refused.because(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "0"})
    void strictVersioning_takesExactExpectations(String word) {
        CommandParser strict = new CommandParser(/* strictVersioning= */ true);

        assertThat(strict.parse(request("EAPPEND s E EXPECTED_VERSION " + word)))
                .isInstanceOf(ParseResult.Parsed.class);
    }

    @Test
    void scans_rangesAndCounts() {
        StreamId stream = StreamId.of("s");
        PartitionKey key = stream.defaultPartitionKey();

        assertThat(command("ESCAN s - +"))
                .isEqualTo(new ScanStream(stream, key, new Range(0, Long.MAX_VALUE), 100));
        assertThat(command("ESCAN s 5 3 COUNT 0 PARTITION_KEY " + SOME_UUID))
                .isEqualTo(new ScanStream(stream, PartitionKey.of(UUID_VALUE), new Range(5, 3), 0));
        assertThat(command("EPSCAN 65535 1 +7 COUNT 10"))
                .isEqualTo(
                        new ScanPartition(new PartitionSelector.ById(65_535), new Range(1, 7), 10));
        assertThat(command("EPSCAN " + SOME_UUID + " - +"))
                .isEqualTo(
                        new ScanPartition(
                                new PartitionSelector.ByKey(PartitionKey.of(UUID_VALUE)),
                                new Range(0, Long.MAX_VALUE),
                                100));
    }

    @Test
    void scans_numbersBeyondEveryEvent_doNotTurnNegative() {
        String arguments = TOO_LARGE + " " + TOO_LARGE + " COUNT " + TOO_LARGE;
        Range atTheEnd = new Range(Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(command("EPSCAN 0 " + arguments))
                .isEqualTo(
                        new ScanPartition(new PartitionSelector.ById(0), atTheEnd, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ESCAN s + + | start version cannot be '+'",
                "ESCAN s - - | end version cannot be '-'",
                "EPSCAN 1 + + | start sequence cannot be '+'",
                "EPSCAN 1 - - | end sequence cannot be '-'",
                "ESCAN s - + COUNT PARTITION_KEY "
                        + SOME_UUID
                        + "| unexpected string: expected PARTITION_KEY, COUNT or end of input"
            })
    void scans_misplacedWords_areRefused(String line, String problem) {
        assertThat(refusal(line)).isEqualTo(problem);
    }

    @Test
    void streamVersion_keyIsTheStreamsOrAsGiven() {
        StreamId stream = StreamId.of("s");

        assertThat(command("ESVER s"))
                .isEqualTo(new StreamVersion(stream, stream.defaultPartitionKey()));
        assertThat(command("ESVER s partition_key " + SOME_UUID))
                .isEqualTo(new StreamVersion(stream, PartitionKey.of(UUID_VALUE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PING", "SUBSCRIBE s", "ESUBX s", "EGETX x", "E"})
    void parse_otherCommands_areLeftAlone(String line) {
        assertThat(new CommandParser(/* strictVersioning= */ false).parse(request(line))).isNull();
    }

    private static Command command(String line) {
        ParseResult result = parse(line);
        assertThat(result).isInstanceOf(ParseResult.Parsed.class);
        return ((ParseResult.Parsed) result).command();
    }

    private static String refusal(String line) {
        ParseResult result = parse(line);
        assertThat(result).isInstanceOf(ParseResult.Refused.class);
        return ((ParseResult.Refused) result).failure().problem();
    }

    private static ParseResult parse(String line) {
        ParseResult result = new CommandParser(/* strictVersioning= */ false).parse(request(line));
        if (result == null) {
            throw new AssertionError(line + " is not parsed");
        }
        return result;
    }

    private static Arguments request(String line) {
        String[] words = line.split(" ", -1);
        String[] arguments = new String[words.length - 1];
        System.arraycopy(words, 1, arguments, 0, arguments.length);
        return Arguments.of(words[0], arguments);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
