package io.sierra.server.command;

import static io.sierra.server.command.Requests.command;
import static io.sierra.server.command.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionStart;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.command.Command.ReadPartitions;
import io.sierra.protocol.command.Command.ReadStreams;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** EREAD and EPREAD. */
class PollParserTest {
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";
    private static final Start LATEST = new Start.Latest();

    private static final StreamId A = StreamId.of("a");
    private static final StreamId B = StreamId.of("b");

    @Test
    void streams_namesAndNumbersGoInPairs() {
        assertThat(command("eread streams a b 5 $"))
                .isEqualTo(
                        new ReadStreams(
                                List.of(
                                        new StreamStart(
                                                A, A.defaultPartitionKey(), new Start.At(5)),
                                        new StreamStart(B, B.defaultPartitionKey(), LATEST)),
                                /* count= */ 100,
                                Poll.NO_WAIT));
    }

    @Test
    void streams_optionsInAnyOrder() {
        ReadStreams expected =
                new ReadStreams(
                        List.of(
                                new StreamStart(
                                        A,
                                        PartitionKey.of(UUID.fromString(KEY)),
                                        new Start.At(Long.MAX_VALUE))),
                        /* count= */ 3,
                        /* blockMillis= */ 0);

        assertThat(
                        command(
                                "EREAD BLOCK 0 PARTITION_KEY "
                                        + KEY
                                        + " count 3 STREAMS a 18446744073709551615"))
                .isEqualTo(expected);
        assertThat(
                        command(
                                "EREAD partition_key "
                                        + KEY
                                        + " COUNT 3 block 0 STREAMS a 9223372036854775807"))
                .isEqualTo(expected);
    }

    @Test
    void streams_namedLikeWords_areTaken() {
        ReadStreams read = (ReadStreams) command("EREAD STREAMS STREAMS COUNT 1 2");

        assertThat(read.streams())
                .map(stream -> stream.streamId().toString())
                .containsExactly("STREAMS", "COUNT");
    }

    @Test
    void partitions_byIdAndKey() {
        assertThat(command("EPREAD BLOCK 400 COUNT 7 PARTITIONS 3 " + KEY + " $ 0"))
                .isEqualTo(
                        new ReadPartitions(
                                List.of(
                                        new PartitionStart(new PartitionSelector.ById(3), LATEST),
                                        new PartitionStart(
                                                new PartitionSelector.ByKey(
                                                        PartitionKey.of(UUID.fromString(KEY))),
                                                new Start.At(0))),
                                /* count= */ 7,
                                /* blockMillis= */ 400));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "EREAD | unexpected end of input: expected COUNT, BLOCK, PARTITION_KEY or STREAMS",
                "EREAD a 1 | unexpected string: expected COUNT, BLOCK, PARTITION_KEY or STREAMS",
                "EREAD COUNT | unexpected end of input: expected number",
                "EREAD COUNT 0 STREAMS a 1 | number 0 must not be less than 1",
                "EREAD COUNT 1 COUNT 1 STREAMS a 1 | count already specified",
                "EREAD BLOCK -1 STREAMS a 1 | unexpected string: expected milliseconds after BLOCK",
                "EREAD BLOCK 0 BLOCK 0 STREAMS a 1 | block already specified",
                "EREAD PARTITION_KEY x STREAMS a 1 | invalid partition key",
                "EREAD STREAMS | unexpected end of input: expected stream id",
                "EREAD STREAMS a | unbalanced list of streams: for each stream a version or $ is"
                        + " expected",
                "EREAD STREAMS a b 1 | unbalanced list of streams: for each stream a version or $"
                        + " is expected",
                "EREAD STREAMS a x | unexpected string: expected version or $",
                "EREAD STREAMS a -1 | unexpected string: expected version or $",
                "EPREAD PARTITION_KEY x | unexpected string: expected COUNT, BLOCK or PARTITIONS",
                "EPREAD PARTITIONS | unexpected end of input: expected partition id or key",
                "EPREAD PARTITIONS 1 | unbalanced list of partitions: for each partition a sequence"
                        + " or $ is expected",
                "EPREAD PARTITIONS x 1 | unexpected string: expected partition id or key",
                "EPREAD PARTITIONS 65536 1 | unexpected string: expected partition id or key",
                "EPREAD PARTITIONS 1 x | unexpected string: expected sequence or $"
            })
    void malformed_isRefused(String line, String problem) {
        assertThat(refusal(line)).isEqualTo(problem);
    }
}
