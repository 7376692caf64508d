package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.id.StreamId;
import io.sierra.server.cli.CommandRun;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a partition before and after {@code repair --accept-loss}. */
@Timeout(120)
final class AcceptLossTest {
    private static final int EVENTS = 300;
    private static final int BUCKETS = 4;
    private static final int PARTITIONS = 32;
    private static final long DAMAGE_START = 60_000;
    private static final int DAMAGE_BYTES = 5_000;

    private static final UUID KEY =
            new UUID(
                    StreamId.of("s").defaultPartitionKey().mostSignificantBits(),
                    StreamId.of("s").defaultPartitionKey().leastSignificantBits());
    private static final int PARTITION = StreamId.of("s").defaultPartitionKey().hash() % PARTITIONS;
    private static final String SEGMENT =
            "buckets/0000%d/segments/0000000001/".formatted(PARTITION % BUCKETS);

    @TempDir private Path directory;
    private final List<String> ids = new ArrayList<>();

    @Test
    void damagedPartition_isServedAgainWithoutWhatIsLost() throws IOException {
        fillAndDamage();
        try (RealServer server = RealServer.withSmallSegmentsIn(directory);
                RespClient client = connect(server)) {
            assertThat(call(client, "EPSCAN", partition(), "-", "+").text())
                    .contains("out of service");
            assertThat(append(client, "s").text()).contains("out of service");
            assertThat(call(client, "EGET", UUID.randomUUID().toString()).isError()).isTrue();
        }
        CommandRun plan = run("repair", "--accept-loss");
        assertThat(plan.exitCode()).isEqualTo(1);
        assertThat(plan.out())
                .startsWith("--yes would do this:\n")
                .contains("given up: " + directory.resolve(SEGMENT + "data.evts") + ", offsets ")
                .contains("accepted as lost: ", "partition " + PARTITION + ", sequences ")
                .contains("nothing else is lost\nnothing was changed\n");
        CommandRun repair = run("repair", "--accept-loss", "--yes");
        assertThat(repair.out()).contains("no damage: 4 buckets");
        assertThat(repair.exitCode()).isZero();
        CommandRun verify = run("verify");
        assertThat(verify.exitCode()).isZero();
        assertThat(verify.out()).contains("note: ", "lost, as was accepted: partition ");
        assertThat(run("stats").exitCode()).isZero();
        assertThat(run("dump", "--partition", partition()).exitCode()).isZero();
        assertThat(run("repair", "--accept-loss").out()).startsWith("there is nothing to repair");

        try (RealServer server = RealServer.withSmallSegmentsIn(directory);
                RespClient client = connect(server)) {
            List<Long> sequences = scan(client, "partition_sequence", "EPSCAN", partition());
            assertThat(EVENTS - sequences.size()).isBetween(3, 5);
            List<Long> lost =
                    LongStream.range(0, EVENTS)
                            .boxed()
                            .filter(n -> !sequences.contains(n))
                            .toList();
            assertThat(lost).hasSize((int) (lost.getLast() - lost.getFirst() + 1));
            for (Long sequence : lost) {
                assertThat(call(client, "EGET", ids.get(sequence.intValue())).isNull()).isTrue();
            }
            // Streams s and t take turns: each version is half of the sequence.
            List<Long> versions = scan(client, "stream_version", "ESCAN", "s");
            assertThat(versions)
                    .containsExactlyElementsOf(
                            sequences.stream().filter(n -> n % 2 == 0).map(n -> n / 2).toList());
            follow(server, sequences, versions, lost.getFirst());
        }
    }

    private void fillAndDamage() throws IOException {
        try (RealServer server = RealServer.withSmallSegmentsIn(directory);
                RespClient client = connect(server)) {
            for (int i = 0; i < EVENTS; i++) {
                Reply reply = append(client, i % 2 == 0 ? "s" : "t");
                ids.add(reply.get("event_id").string());
            }
        }
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(SEGMENT + "data.evts").toFile(), "rw")) {
            file.seek(DAMAGE_START);
            file.write(new byte[DAMAGE_BYTES]);
        }
        try (Stream<Path> files = Files.list(directory.resolve(SEGMENT))) {
            for (Path index : files.filter(f -> f.toString().endsWith("idx")).toList()) {
                Files.delete(index); // so that the server reads the segment
            }
        }
    }

    /** A hole neither ends a subscription nor stalls it. */
    private static void follow(
            RealServer server, List<Long> sequences, List<Long> versions, long firstLost)
            throws IOException {
        try (RespClient partition = connect(server);
                RespClient stream = connect(server);
                RespClient inTheHole = connect(server);
                RespClient writer = connect(server)) {
            subscribe(partition, "EPSUB", partition(), "FROM", "0", "WINDOW", "10000");
            subscribe(stream, "ESUB", "s", "FROM", "0", "WINDOW", "10000");
            subscribe(inTheHole, "EPSUB", partition(), "FROM", Long.toString(firstLost));
            for (Long sequence : sequences) {
                assertThat(nextEvent(partition).get("partition_sequence").number())
                        .isEqualTo(sequence);
            }
            for (Long version : versions) {
                assertThat(nextEvent(stream).get("stream_version").number()).isEqualTo(version);
            }
            long behind = sequences.stream().filter(n -> n > firstLost).findFirst().orElseThrow();
            assertThat(nextEvent(inTheHole).get("partition_sequence").number()).isEqualTo(behind);
            assertThat(append(writer, "s").get("partition_sequence").number()).isEqualTo(EVENTS);
            assertThat(nextEvent(partition).get("partition_sequence").number()).isEqualTo(EVENTS);
            assertThat(nextEvent(stream).get("stream_version").number()).isEqualTo(EVENTS / 2);
        }
    }

    private static Reply nextEvent(RespClient client) throws IOException {
        Reply push = Reply.read(client);
        assertThat(push.elements().getFirst().string()).isEqualTo("message");
        return push.elements().get(3);
    }

    private static void subscribe(RespClient client, String... words) throws IOException {
        assertThat(call(client, words).isError()).isFalse();
        Reply.read(client); // the confirmation
    }

    /** A field of all events, page by page. */
    private static List<Long> scan(RespClient client, String field, String command, String of)
            throws IOException {
        List<Long> numbers = new ArrayList<>();
        Reply page;
        do {
            long from = numbers.isEmpty() ? 0 : numbers.getLast() + 1;
            page = call(client, command, of, Long.toString(from), "+", "COUNT", "50");
            page.events().forEach(event -> numbers.add(event.get(field).number()));
        } while (page.get("has_more").bool());
        return numbers;
    }

    private static Reply append(RespClient client, String stream) throws IOException {
        Reply reply;
        do {
            String[] words = {"EAPPEND", stream, "E", "PARTITION_KEY", KEY.toString(), "PAYLOAD"};
            List<String> request = new ArrayList<>(List.of(words));
            request.add("x".repeat(1500));
            reply = call(client, request.toArray(String[]::new));
        } while (reply.isError() && reply.text().startsWith("MAILBOXFULL"));
        return reply;
    }

    private static Reply call(RespClient client, String... words) throws IOException {
        return Reply.parse(client.call(words));
    }

    private static RespClient connect(RealServer server) throws IOException {
        RespClient client = server.connect();
        client.call("HELLO", "3");
        return client;
    }

    private static String partition() {
        return Integer.toString(PARTITION);
    }

    private CommandRun run(String command, String... arguments) {
        return CommandRun.onStore(directory, directory.toString(), command, arguments);
    }
}
