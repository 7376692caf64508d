package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code stats} counts what was appended. */
final class StatsCommandTest extends FilledStoreTest {
    private CommandRun run(String... options) {
        return runOnStore("stats", options);
    }

    private JsonNode json(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--json"));
        arguments.addAll(List.of(options));
        CommandRun run = run(arguments.toArray(new String[0]));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private static long sum(JsonNode buckets, String field) {
        long sum = 0;
        for (JsonNode bucket : buckets) {
            sum += bucket.required(field).asLong();
        }
        return sum;
    }

    private void assertCountsAreRight(JsonNode stats) {
        JsonNode buckets = stats.at("/buckets");
        assertThat(buckets).hasSize(2);
        assertThat(sum(buckets, "events")).isEqualTo(filled.events());
        assertThat(sum(buckets, "streams")).isEqualTo(filled.eventsByStream().size());
        long[] ofBuckets = new long[2];
        for (JsonNode partition : stats.at("/partitions")) {
            long events = partition.required("events").asLong();
            int id = partition.required("partition").asInt();
            assertThat(events).isEqualTo(filled.eventsOf(id));
            ofBuckets[partition.required("bucket").asInt()] += events;
        }
        assertThat(stats.at("/partitions")).hasSize(4);
        for (JsonNode bucket : buckets) {
            int id = bucket.required("bucket").asInt();
            assertThat(bucket.required("events").asLong()).isEqualTo(ofBuckets[id]);
            assertThat(bucket.required("segments_without_index")).isEmpty();
        }
        assertThat(stats.at("/largest_streams")).hasSize(filled.eventsByStream().size());
        long before = Long.MAX_VALUE;
        for (JsonNode stream : stats.at("/largest_streams")) {
            long events = stream.required("events").asLong();
            assertThat(events)
                    .as("%s", stream)
                    .isLessThanOrEqualTo(before)
                    .isEqualTo(
                            filled.eventsByStream()
                                    .getOrDefault(stream.required("stream").asText(), 0)
                                    .longValue());
            before = events;
        }
    }

    @Test
    void counts_areWhatWasAppended() throws IOException {
        assertCountsAreRight(json("--top", "1000"));
    }

    @Test
    void storeThatIsOpen_isCountedToo() throws IOException {
        try (EventStore store = filled.open()) {
            filled.append(store);
            assertCountsAreRight(json("--top", "1000"));
        }
    }

    @Test
    void sizes_areThoseOfTheFiles() throws IOException {
        JsonNode bucket = json().at("/buckets/1");
        long dataBytes = 0;
        long indexBytes = 0;
        int segments = bucket.required("segments").asInt();
        for (int segment = 0; segment < segments; segment++) {
            dataBytes += Files.size(filled.segment(1, segment));
            for (Path file : filled.indexOf(1, segment)) {
                indexBytes += Files.size(file);
            }
        }
        assertThat(filled.segment(1, segments)).doesNotExist();
        assertThat(bucket.required("file_bytes").asLong()).isEqualTo(dataBytes);
        assertThat(bucket.required("data_bytes").asLong()).isPositive().isLessThan(dataBytes);
        assertThat(bucket.required("index_bytes").asLong()).isPositive().isEqualTo(indexBytes);
        assertThat(bucket.required("run_bytes").asLong()).isPositive();
    }

    @Test
    void largestStreams_areAsManyAsWanted() throws IOException {
        long largest = filled.eventsByStream().values().stream().mapToInt(n -> n).max().orElse(0);

        assertThat(json("--top", "0").at("/largest_streams")).isEmpty();
        JsonNode top = json("--top", "3").at("/largest_streams");
        assertThat(top).hasSize(3);
        assertThat(top.at("/0/events").asLong()).isEqualTo(largest);
        assertThat(json().at("/largest_streams")).hasSize(10);
    }

    @Test
    void segmentWithoutIndex_isNamedAndItsEventsAreCounted() throws IOException {
        FilledStore.deleteTree(home.resolve("data/buckets/00000/runs"));
        Files.delete(filled.indexOf(0, 2).getFirst());
        FilledStore.flip(filled.indexOf(0, 4).getLast(), 20);

        JsonNode stats = json();
        assertThat(stats.at("/buckets/0/segments_without_index").toString()).isEqualTo("[2,4]");
        assertThat(sum(stats.at("/buckets"), "events")).isEqualTo(filled.events());
        assertThat(run().out())
                .contains("streams of segments [2, 4] are not counted: they have no index");
    }

    @Test
    void text_isForPeople() {
        String out = run("--top", "1").out();

        assertThat(out)
                .startsWith("store ")
                .contains(
                        ": %,d events, %,d streams, "
                                .formatted(filled.events(), filled.eventsByStream().size()))
                .contains("bucket  segments", "partition bucket", "stream-0");
    }

    @Test
    void wrongArguments_areNamed() {
        assertThat(run("--top", "-1").err()).contains("--top must be 0 or more, not -1");
        assertThat(run("--top", "-1").exitCode()).isEqualTo(2);
        assertThat(run("--top", "many").err()).contains("--top", "many");
    }

    @Test
    void bytes_areCountedOnce() throws IOException {
        for (JsonNode bucket : json().at("/buckets")) {
            int id = bucket.required("bucket").asInt();
            int last = bucket.required("segments").asInt() - 1;
            long dataBytes = 0;
            for (int segment = 1; segment <= last; segment++) {
                byte[] header = Files.readAllBytes(filled.segment(id, segment));
                dataBytes += ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getLong(24);
            }
            byte[] open = Files.readAllBytes(filled.segment(id, last));
            int end = open.length;
            while (open[end - 1] == 0) {
                end--;
            }
            assertThat(bucket.required("data_bytes").asLong())
                    .as("the last frame ends with a few zeros")
                    .isBetween(dataBytes + end, dataBytes + end + 104);
            long runBytes = 0;
            Path runs = home.resolve("data/buckets/%05d/runs".formatted(id));
            try (Stream<Path> files = Files.walk(runs)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    runBytes += Files.size(file);
                }
            }
            assertThat(bucket.required("run_bytes").asLong()).isEqualTo(runBytes);
        }
    }
}
