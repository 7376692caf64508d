package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Import and export as processes against a server that is killed in between. */
class ImportProcessTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EVENTS = 5000;
    private static final int STREAMS = 37;

    @TempDir Path directory;

    @Test
    void importGoesOnAfterTheServerWasKilledAndExportGivesItBack() throws Exception {
        Path file = directory.resolve("events.jsonl");
        Files.write(file, lines());
        Path data = directory.resolve("data");
        try (ServerProcess server = ServerProcess.start(data);
                ServerProcess importing = importFrom(file, server.address().getPort())) {
            int port = server.address().getPort();
            long stored = awaitEvents(server, EVENTS / 10);
            server.kill();
            assertThat(stored).as("killed in the middle").isLessThan(EVENTS);
            try (ServerProcess again = ServerProcess.startAt(data, "127.0.0.1:" + port)) {
                assertThat(importing.awaitEnd()).as("%s", importing.lines()).isZero();
                assertThat(importing.lines().getLast()).startsWith("5,000 events in ");

                assertExportEqualsInput(file, port);
                assertSecondImportAddsNothing(file, port);
                assertThat(awaitEvents(again, EVENTS)).isEqualTo(EVENTS);
            }
        }
    }

    private static ServerProcess importFrom(Path file, int port) throws Exception {
        return ServerProcess.launch("import", file.toString(), "--address", "127.0.0.1:" + port);
    }

    private static void assertSecondImportAddsNothing(Path file, int port) throws Exception {
        try (ServerProcess second = importFrom(file, port)) {
            assertThat(second.awaitEnd()).isZero();
            assertThat(second.lines().getLast()).endsWith(" 0 new, 5,000 already there, 0 failed");
        }
    }

    private void assertExportEqualsInput(Path file, int port) throws Exception {
        Path exported = directory.resolve("exported.jsonl");
        try (ServerProcess export =
                ServerProcess.launch(
                        "export", "--address", "127.0.0.1:" + port, "-o", exported.toString())) {
            assertThat(export.awaitEnd()).as("%s", export.lines()).isZero();
        }
        assertThat(byStream(exported)).isEqualTo(byStream(file));
    }

    /** How many events there are, once there are at least so many. */
    private static long awaitEvents(ServerProcess server, long least) throws Exception {
        try (RespClient client = server.connect()) {
            long events = 0;
            while (events < least) {
                client.send("DBSIZE");
                events = Reply.read(client).number();
            }
            return events;
        }
    }

    /** The events of each stream in their order, without what the server adds. */
    private static Map<String, List<JsonNode>> byStream(Path file) throws Exception {
        Map<String, List<JsonNode>> streams = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            ObjectNode event = (ObjectNode) JSON.readTree(line);
            event.remove(
                    List.of(
                            "event_id",
                            "partition_key",
                            "stream_version",
                            "partition_id",
                            "partition_sequence"));
            streams.computeIfAbsent(event.get("stream").asText(), _ -> new ArrayList<>())
                    .add(event);
        }
        return streams;
    }

    private static List<String> lines() {
        Random random = new Random(7);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            lines.add(
                    ("{\"stream\":\"s-%d\",\"name\":\"E%d\",\"timestamp\":%d,"
                                    + "\"payload\":{\"n\":%d,\"t\":\"%s\"},\"metadata\":[%d,null]}")
                            .formatted(
                                    random.nextInt(STREAMS),
                                    i % 3,
                                    1_700_000_000_000L + i,
                                    i,
                                    "é\\u0000".repeat(random.nextInt(20)),
                                    i));
        }
        return lines;
    }
}
