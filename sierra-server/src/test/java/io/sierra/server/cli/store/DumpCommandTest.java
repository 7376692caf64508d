package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.segment.Checkpoint.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code dump} shows what is on the disk, and what does not verify. */
final class DumpCommandTest extends FilledStoreTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CommandRun run(String... options) {
        return runOnStore("dump", options);
    }

    /** What is printed with {@code --json}: an object a line. */
    private List<JsonNode> lines(int exitCode, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(List.of(options));
        CommandRun run = run(arguments.toArray(new String[0]));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        List<JsonNode> objects = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            JsonNode object = JSON.readTree(line);
            assertThat(object.isObject()).as(line).isTrue();
            objects.add(object);
        }
        return objects;
    }

    private static List<JsonNode> ofType(String type, List<JsonNode> lines) {
        return lines.stream().filter(l -> l.required("type").asText().equals(type)).toList();
    }

    private static List<Long> longs(String field, List<JsonNode> lines) {
        return lines.stream().map(line -> line.required(field).asLong()).toList();
    }

    private static List<Long> range(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    @Test
    void partition_isPrintedInOrder() throws IOException {
        List<Integer> used = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
            List<JsonNode> events = lines(0, "--partition", "" + partition);
            assertThat(ofType("event", events)).isEqualTo(events);
            assertThat(longs("partition_sequence", events))
                    .isEqualTo(range(0, filled.eventsOf(partition)));
            if (!events.isEmpty()) {
                used.add(partition);
            }
        }
        assertThat(used).hasSizeGreaterThan(1);
    }

    @Test
    void rangeOfAPartition_hasBothItsEnds() throws IOException {
        String partition = String.valueOf(usedPartition());
        long last = filled.eventsOf(usedPartition()) - 1L;

        assertThat(
                        longs(
                                "partition_sequence",
                                lines(0, "--partition", partition, "--from", "5", "--to", "30")))
                .isEqualTo(range(5, 31));
        assertThat(
                        longs(
                                "partition_sequence",
                                lines(0, "--partition", partition, "--from", "" + last)))
                .containsExactly(last);
        assertThat(lines(0, "--partition", partition, "--from", "" + (last + 1))).isEmpty();
    }

    private int usedPartition() {
        int partition = 0;
        while (filled.eventsOf(partition) == 0) {
            partition++;
        }
        return partition;
    }

    @Test
    void stream_isPrintedInOrder() throws IOException {
        for (String stream : filled.eventsByStream().keySet()) {
            List<JsonNode> events = lines(0, "--stream", stream);
            assertThat(longs("stream_version", events))
                    .as(stream)
                    .isEqualTo(range(0, filled.eventsByStream().getOrDefault(stream, 0)));
            assertThat(events).allMatch(event -> event.at("/stream").asText().equals(stream));
        }
        assertThat(
                        longs(
                                "stream_version",
                                lines(0, "--stream", "stream-0", "--from", "2", "--to", "3")))
                .containsExactly(2L, 3L);
        assertThat(lines(0, "--stream", "nobody")).isEmpty();
    }

    @Test
    void streamWhoseIndexIsLost_isPrintedNonetheless() throws IOException {
        for (int segment = 0; segment < 5; segment++) {
            for (int bucket = 0; bucket < 2; bucket++) {
                FilledStore.flip(filled.indexOf(bucket, segment).getFirst(), 20);
                Files.delete(filled.indexOf(bucket, segment).getLast());
            }
        }
        assertThat(lines(0, "--stream", "stream-0"))
                .hasSize(filled.eventsByStream().getOrDefault("stream-0", 0));
    }

    @Test
    void bucket_isPrintedByFrames() throws IOException {
        long events = 0;
        for (int bucket = 0; bucket < 2; bucket++) {
            List<JsonNode> lines = lines(0, "--bucket", "" + bucket);
            for (JsonNode frame : ofType("frame", lines)) {
                events += frame.path("event_count").asLong();
            }
            assertThat(ofType("event", lines)).isEmpty();
            assertThat(ofType("event", lines(0, "--bucket", "" + bucket, "--events"))).isNotEmpty();
        }
        assertThat(events).isEqualTo(filled.events());
    }

    @Test
    void rangeOfASegment_isOfOffsets() throws IOException {
        List<Long> all =
                longs("offset", ofType("frame", lines(0, "--bucket", "0", "--segment", "1")));
        List<JsonNode> some =
                lines(
                        0,
                        "--bucket",
                        "0",
                        "--segment",
                        "1",
                        "--from",
                        "" + all.get(2),
                        "--to",
                        "" + all.get(4));

        assertThat(longs("offset", some)).isEqualTo(all.subList(2, 5));
    }

    @Test
    void event_isPrintedWithAllItHas() throws IOException {
        JsonNode event = lines(0, "--stream", "stream-0", "--to", "0").getFirst();

        assertThat(event.at("/name").asText()).isEqualTo("Happened");
        assertThat(event.at("/payload").asText()).hasSize(9_000).startsWith("ppp");
        assertThat(event.at("/metadata_base64").asText()).isEqualTo("/wA=");
        assertThat(run("--stream", "stream-0", "--to", "0").out())
                .contains("stream-0 version 0, partition ", ", Happened, ")
                .contains("metadata, 2 bytes: base64 /wA=", "payload, 9000 bytes: ppp", "p…");
    }

    @Test
    void fileWithoutAStore_isPrinted() throws IOException {
        Path copy = home.resolve("copy.evts");
        Files.copy(filled.segment(0, 3), copy);
        List<JsonNode> lines = lines(0, "copy.evts");

        assertThat(longs("offset", ofType("frame", lines)))
                .isEqualTo(
                        longs(
                                "offset",
                                ofType("frame", lines(0, "--bucket", "0", "--segment", "3"))));
        assertThat(lines.getLast().at("/type").asText()).isEqualTo("end");
        assertThat(lines.getLast().at("/torn_tail").asBoolean()).isFalse();
    }

    @Test
    void fileThatIsNoSegment_isRefused() throws IOException {
        Files.writeString(home.resolve("letter"), "Dear Sir or Madam,\n".repeat(20));

        assertThat(run("letter").exitCode()).isEqualTo(1);
        assertThat(run("letter").err()).contains("letter", "it is no segment file");
        assertThat(run("nothing").err()).contains("nothing: there is no such file");
    }

    @Test
    void damage_isPrintedWhateverIsAskedFor() throws IOException {
        int partition = usedPartition();
        int bucket =
                lines(0, "--partition", "" + partition)
                                .getFirst()
                                .at("/file")
                                .asText()
                                .contains("buckets/00000/")
                        ? 0
                        : 1;
        List<JsonNode> frames =
                ofType("frame", lines(0, "--bucket", "" + bucket, "--segment", "2"));
        long lost = frames.get(3).at("/offset").asLong();
        long next = frames.get(4).at("/offset").asLong();
        FilledStore.flip(filled.segment(bucket, 2), (int) lost + 300);

        List<JsonNode> lines = lines(1, "--bucket", "" + bucket, "--segment", "2");
        JsonNode damage = ofType("damage", lines).getFirst();
        assertThat(ofType("damage", lines)).hasSize(1);
        assertThat(damage.at("/offset").asLong()).isEqualTo(lost);
        assertThat(damage.at("/end").asLong()).isEqualTo(next);
        assertThat(damage.at("/last_log_index")).isEqualTo(frames.get(3).at("/log_index"));
        assertThat(ofType("frame", lines)).hasSize(frames.size() - 1);
        assertThat(ofType("damage", lines(1, "--partition", "" + partition))).hasSize(1);
        assertThat(run("--bucket", "" + bucket).out())
                .contains("@%d DAMAGED up to %d: ".formatted(lost, next))
                .contains("    its header tells: partition ");
    }

    @Test
    void missingSegment_isPrinted() throws IOException {
        Files.delete(filled.segment(0, 1));

        assertThat(ofType("missing", lines(1, "--bucket", "0"))).hasSize(1);
        assertThat(run("--bucket", "0").out()).contains(filled.segment(0, 1) + " MISSING");
    }

    @Test
    void storeThatIsOpen_isPrintedToo() throws IOException {
        try (EventStore store = filled.open()) {
            int partition = filled.append(store).partitionId();
            assertThat(lines(0, "--partition", "" + partition)).hasSize(filled.eventsOf(partition));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --json                          | name one of FILE, --bucket, --partition and --stream
                    --bucket 0 --stream x           | name one of FILE, --bucket, --partition and --stream
                    --segment 1 --partition 1       | --segment goes with --bucket
                    --partition-key x --partition 1 | --partition-key
                    --bucket 2                      | --bucket must be 0 to 1, not 2
                    --partition -1                  | --partition must be 0 to 3, not -1
                    --partition p                   | --partition
                    --bucket 0 --from x             | --from
                    --bucket 0 --from -5            | --from must be 0 or more, not -5
                    --bucket 0 --from 5 --to 4      | --to must be 5 or more, not 4
                    """)
    void wrongArguments_areNamed(String options, String message) {
        CommandRun run = run(options.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void segmentThatIsNotThere_isNamed() {
        assertThat(run("--bucket", "0", "--segment", "999").err())
                .containsPattern("bucket 0 has no segment 999, only 0 to \\d+");
    }

    /** No segment is passed over that begins with the last one that is asked for. */
    @Test
    void rangeThatEndsWithTheFirstSequenceOfASegment_hasIt() throws IOException {
        int found = 0;
        try (StoreFiles store = StoreFiles.open(Path.of(filled.directory()))) {
            for (SegmentFile segment : store.segments(0)) {
                for (Position position : store.checkpoint(segment.id()).orElseThrow()) {
                    long first = position.nextSequence();
                    if (first < filled.eventsOf(position.partitionId())) {
                        List<JsonNode> events =
                                lines(
                                        0,
                                        "--partition",
                                        "" + position.partitionId(),
                                        "--from",
                                        "" + (first - 1),
                                        "--to",
                                        "" + first);
                        assertThat(longs("partition_sequence", events))
                                .containsExactly(first - 1, first);
                        found++;
                    }
                }
            }
        }
        assertThat(found).isGreaterThan(1);
    }
}
