package io.sierra.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.CurrentVersion;
import io.sierra.protocol.version.ExpectedVersion;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorRepliesTest {
    private static final StreamId STREAM = StreamId.of("user-123");
    private static final PartitionKey KEY = STREAM.defaultPartitionKey();

    @Test
    void wrongExpectedVersion_hasTheTextThatClientsParse() {
        String text =
                ErrorReplies.of(
                        new Failure.WrongExpectedVersion(
                                STREAM, KEY, new ExpectedVersion.Empty(), new CurrentVersion(0)));

        assertThat(text)
                .isEqualTo(
                        "WRONGVER current stream version is 0 but expected empty for partition key"
                                + " 7e124fe8-fe28-5398-bb95-53973100148f and stream id user-123");
    }

    @Test
    void wrongExpectedVersion_everyVersionIsOneWord() {
        Pattern parsedByClients =
                Pattern.compile(
                        "current stream version is (\\S+) but expected (\\S+) for partition key"
                                + " ([0-9a-fA-F-]+) and stream id (.+)");
        List<ExpectedVersion> expected =
                List.of(
                        new ExpectedVersion.Any(),
                        new ExpectedVersion.Exists(),
                        new ExpectedVersion.Exactly(7),
                        new ExpectedVersion.Exactly(-1));
        List<String> words = List.of("any", "exists", "7", "18446744073709551615");

        for (int i = 0; i < words.size(); i++) {
            Failure failure =
                    new Failure.WrongExpectedVersion(
                            STREAM, KEY, expected.get(i), CurrentVersion.EMPTY);
            Matcher matcher = parsedByClients.matcher(ErrorReplies.of(failure));
            assertThat(matcher.find()).isTrue();
            assertThat(matcher.group(1)).isEqualTo("empty");
            assertThat(matcher.group(2)).isEqualTo(words.get(i));
            assertThat(matcher.group(4)).isEqualTo("user-123");
        }
    }

    @Test
    void eventIdConflict_namesEventStreamAndVersion() {
        EventId id = EventId.of(UUID.fromString("550e8400-e29b-41d4-a716-446655440000"));

        assertThat(ErrorReplies.of(new Failure.EventIdConflict(id, STREAM, 3)))
                .isEqualTo(
                        "IDCONFLICT event 550e8400-e29b-41d4-a716-446655440000 already exists in"
                                + " stream user-123 at version 3 with other content");
    }

    @Test
    void refusals_haveTheWordsOfSierraDb() {
        assertThat(ErrorReplies.of(new Failure.InvalidArgument("invalid event id")))
                .isEqualTo("INVALIDARG invalid event id");
        assertThat(ErrorReplies.of(new Failure.NoSuchPartition(99, 32)))
                .isEqualTo("INVALIDARG partition 99 does not exist, this cluster has 32");
        assertThat(ErrorReplies.of(new Failure.PartitionKeyConflict(KEY, KEY)))
                .isEqualTo(
                        "DBOPFAILED database operation failed: partition key must be the same for"
                                + " all events in a stream: expected "
                                + KEY
                                + ", got "
                                + KEY);
        assertThat(ErrorReplies.of(new Failure.TransactionTooLarge(300, 200)))
                .startsWith(
                        "DBOPFAILED database operation failed: events exceed the size of a single"
                                + " segment");
        assertThat(ErrorReplies.of(new Failure.ReadFailed("x"))).isEqualTo("READERR read error: x");
    }

    @Test
    void everyText_startsWithACode() {
        List<Failure> failures =
                List.of(
                        new Failure.DiskFull(1),
                        new Failure.AllocationFailed(1, "reason"),
                        new Failure.IndexingFailed(1, "reason"),
                        new Failure.MailboxFull(2),
                        new Failure.PartitionFailed(3, "reason"),
                        new Failure.PartitionLoading(3, 42),
                        new Failure.WriteFailed(4, "reason"),
                        new Failure.ShuttingDown());

        assertThat(failures)
                .map(ErrorReplies::of)
                .allSatisfy(text -> assertThat(text).matches("[A-Z]+ [a-z].*"));
    }
}
