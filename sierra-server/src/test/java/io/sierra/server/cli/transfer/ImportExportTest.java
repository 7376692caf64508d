package io.sierra.server.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.cli.CommandRun;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Import and export against a server in memory, through the command line. */
final class ImportExportTest {
    @TempDir Path directory;
    FakeServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = new FakeServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void import_jsonObjects_areStoredToTheLetter() throws Exception {
        Path file =
                write(
                        "{\"stream\":\"s\",\"name\":\"N\",\"timestamp\":1237714200000,"
                                + "\"payload\":{\"b\": 1.50, \"a\":[ 1e3,\"\\u00e9é\"] },"
                                + "\"metadata\":{\"x\":12345678901234567890}}");

        CommandRun run = importFile(file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        FakeServer.Stored event = server.events().getFirst();
        assertThat(event.stream()).isEqualTo("s");
        assertThat(event.name()).isEqualTo("N");
        assertThat(event.timestamp()).isEqualTo(1_237_714_200_000L);
        assertThat(event.payload())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"b\": 1.50, \"a\":[ 1e3,\"\\u00e9é\"] }");
        assertThat(event.metadata()).asString().isEqualTo("{\"x\":12345678901234567890}");
    }

    @Test
    void import_sameFileTwice_addsNothing() throws Exception {
        Path file = write(manyLines(1_300));

        assertThat(importFile(file).out()).contains("1,300 new, 0 already there, 0 failed");
        assertThat(importFile(file).out()).contains("0 new, 1,300 already there, 0 failed");
        assertThat(server.events()).hasSize(1_300);
    }

    @Test
    void import_equalLines_areEventsOfTheirOwn() throws Exception {
        String line = "{\"stream\":\"s\",\"name\":\"N\"}";
        Path file = write(line, line, line);

        assertThat(importFile(file).out()).contains("3 new");
        assertThat(importFile(file).out()).contains("0 new, 3 already there");
        assertThat(server.events().stream().map(FakeServer.Stored::id)).doesNotHaveDuplicates();
    }

    @Test
    void import_fileThatHasGrown_addsTheRest() throws Exception {
        String[] lines = manyLines(700);
        importFile(write(List.of(lines).subList(0, 450).toArray(new String[0])));

        assertThat(importFile(write(lines)).out()).contains("250 new, 450 already there");
        assertOrderIsThatOf(lines);
    }

    @Test
    void import_packedFile_isUnpacked() throws Exception {
        Path file = directory.resolve("events");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"stream\":\"s\",\"name\":\"N\"}\r\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(importFile(file).out()).contains("1 new");
    }

    @Test
    void import_queueIsFullNowAndThen_keepsOrderWithinStreams() throws Exception {
        AtomicInteger appends = new AtomicInteger();
        server.refuse = _ -> appends.incrementAndGet() % 7 == 0;
        String[] lines = manyLines(400);

        assertThat(importFile(write(lines)).out()).contains("400 new, 0 already there, 0 failed");
        assertOrderIsThatOf(lines);
    }

    @Test
    void import_connectionBreaks_goesOnWhereItWas() throws Exception {
        server.appendsUntilCut = 333;
        String[] lines = manyLines(600);

        assertThat(importFile(write(lines)).out()).contains("600 new, 0 already there, 0 failed");
        assertOrderIsThatOf(lines);
    }

    @Test
    void import_serverStaysFull_givesUpWithItsWords() throws Exception {
        server.refuse = _ -> true;

        CommandRun run = importFile(write(manyLines(3)), "--retry-seconds", "0");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("does not take more events: MAILBOXFULL queue of bucket 0");
    }

    /** The events behind a refused one are refused, too, for another reason. */
    @Test
    void import_diskStaysFull_saysThatAndNotWhatFollowsFromIt() throws Exception {
        AtomicInteger appends = new AtomicInteger();
        server.refuse = _ -> appends.incrementAndGet() == 1;
        server.refusal = "DBOPFAILED database operation failed: disk full, 0 bytes are left";

        CommandRun run =
                importFile(write(line("a", 0), line("a", 1), line("a", 2)), "--retry-seconds", "0");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("does not take more events: DBOPFAILED", "disk full");
    }

    @Test
    void import_badLine_stopsThere() throws Exception {
        Path file = write(line("a", 0), "{\"stream\":\"a\"}", line("a", 1));

        CommandRun run = importFile(file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualToIgnoringNewLines("line 2: name is missing");
        assertThat(run.out()).contains("1 new, 0 already there, 1 failed");
        assertThat(server.events()).hasSize(1);
    }

    @Test
    void import_badLinesSkipped_goesOn() throws Exception {
        Path file = write(line("a", 0), "oops", "", line("a", 1));

        CommandRun run = importFile(file, "--skip-bad");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("line 2: not JSON: ", "line 3: ");
        assertThat(run.out()).contains("2 new, 0 already there, 2 failed");
    }

    @Test
    void import_eventThatTheServerRefuses_isReportedWithItsLine() throws Exception {
        server.refuse = "bad"::equals;
        server.refusal = "INVALIDARG no";
        Path file = write(line("a", 0), line("bad", 0), line("a", 1));

        CommandRun stopped = importFile(file);
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.err()).contains("line 2: INVALIDARG no");

        CommandRun skipped = importFile(file, "--skip-bad");
        assertThat(skipped.exitCode()).isZero();
        assertThat(skipped.err()).contains("line 2: INVALIDARG no");
        assertOrderIsThatOf(line("a", 0), line("a", 1));
    }

    @Test
    void import_noServer_saysSo() throws Exception {
        server.close();

        CommandRun run = importFile(write(line("a", 0)));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("sierradb: no SierraDB server at " + server.address());
    }

    @Test
    void import_missingFile_saysSo() {
        CommandRun run = importFile(directory.resolve("none"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("sierradb: cannot read ").endsWith("none\n");
    }

    @Test
    void exportOfAnImport_givesTheSameEvents() throws Exception {
        importFile(write(oddEvents()));
        List<FakeServer.Stored> before = server.events();
        Path exported = directory.resolve("out.jsonl.gz");

        CommandRun run = export("--output", exported.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(importFile(exported).out())
                .contains("0 new, %d already".formatted(before.size()));

        server.close();
        server = new FakeServer();
        assertThat(importFile(exported).out()).contains(before.size() + " new");
        assertThat(server.events())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void export_streamAndPartition_areOnlyThose() throws Exception {
        String key = "\"partition_key\":\"00000000-0000-0000-8000-000000000000\"";
        importFile(
                write(
                        line("a", 0),
                        line("a", 1),
                        "{\"stream\":\"a\",\"name\":\"Elsewhere\"," + key + "}"));
        Path file = directory.resolve("out.jsonl");

        export("--stream", "a", "--output", file.toString());
        assertThat(Files.readAllLines(file)).hasSize(2).allMatch(line -> line.contains("\"n\":"));
        export(
                "--stream",
                "a",
                "--partition-key",
                "00000000-0000-0000-8000-000000000000",
                "-o",
                file.toString());
        assertThat(Files.readAllLines(file))
                .hasSize(1)
                .allMatch(line -> line.contains("Elsewhere"));
        export("--partition", "0", "-o", file.toString());
        assertThat(Files.readAllLines(file)).allMatch(line -> line.contains("\"partition_id\":0"));
    }

    @Test
    void export_lineOfAnEvent_isAsDocumented() throws Exception {
        importFile(
                write(
                        "{\"stream\":\"s\",\"name\":\"N\",\"timestamp\":5,\"payload\":{\"a\":1.0},"
                                + "\"event_id\":\"00000000-0000-0000-0000-000000000001\"}"));
        Path file = directory.resolve("out.jsonl");

        export("-o", file.toString());

        FakeServer.Stored event = server.events().getFirst();
        assertThat(Files.readString(file))
                .isEqualTo(
                        ("{\"stream\":\"s\",\"name\":\"N\",\"timestamp\":5,\"payload\":{\"a\":1.0},"
                                        + "\"event_id\":\"00000000-0000-0000-0000-000000000001\","
                                        + "\"partition_key\":\"%s\",\"stream_version\":0,"
                                        + "\"partition_id\":%d,\"partition_sequence\":0}\n")
                                .formatted(event.key(), event.partition()));
    }

    @Test
    void export_selectionsThatExcludeEachOther_areWrongUsage() {
        assertThat(export("--stream", "a", "--partition", "1").exitCode()).isEqualTo(2);
        assertThat(export("--partition-key", "x").exitCode()).isEqualTo(2);
    }

    /** Everything that payloads can be. */
    private static String[] oddEvents() {
        List<String> lines = new ArrayList<>();
        for (String data :
                List.of(
                        "{\"a\": 1}",
                        "[1.0,2]",
                        "1.50",
                        "true",
                        "null",
                        "\"plain text\"",
                        "\"\\\"a JSON string\\\"\"",
                        "\"null\"",
                        "\"17\"",
                        "\" {} \"",
                        "\"{\\n}\"",
                        "\"{not json\"",
                        "\"\\u0000\\u001f\\ud83d\\ude00\"",
                        "\"\"")) {
            lines.add(
                    "{\"stream\":\"odd\",\"name\":\"é\",\"timestamp\":1,\"payload\":%s,"
                                    .formatted(data)
                            + "\"metadata\":%s}".formatted(data));
        }
        lines.add("{\"stream\":\"odd\",\"name\":\"\",\"payload_base64\":\"/wCA\"}");
        lines.addAll(List.of(manyLines(50)));
        return lines.toArray(new String[0]);
    }

    private static String[] manyLines(int count) {
        Random random = new Random(42);
        int[] next = new int[9];
        String[] lines = new String[count];
        for (int i = 0; i < count; i++) {
            int stream = random.nextInt(next.length);
            lines[i] = line("stream-" + stream, next[stream]++);
        }
        return lines;
    }

    private static String line(String stream, int number) {
        return "{\"stream\":\"%s\",\"name\":\"N\",\"payload\":{\"n\":%d}}"
                .formatted(stream, number);
    }

    private void assertOrderIsThatOf(String... lines) {
        for (String stream :
                server.events().stream().map(FakeServer.Stored::stream).distinct().toList()) {
            List<String> expected =
                    List.of(lines).stream()
                            .filter(line -> line.contains("\"" + stream + "\""))
                            .toList();
            assertThat(server.events().stream().filter(e -> e.stream().equals(stream)))
                    .extracting(e ->
                            "{\"stream\":\"%s\",\"name\":\"N\",\"payload\":%s}"
                                    .formatted(
                                            stream,
                                            new String(e.payload(), StandardCharsets.UTF_8)))
                    .isEqualTo(expected);
        }
        assertThat(server.events()).hasSize(lines.length);
    }

    private Path write(String... lines) throws IOException {
        return Files.write(directory.resolve("events.jsonl"), List.of(lines));
    }

    private CommandRun importFile(Path file, String... options) {
        return run("import", options, file.toString());
    }

    private CommandRun export(String... options) {
        return run("export", options);
    }

    private CommandRun run(String command, String[] options, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--address"));
        arguments.add(server.address().toString());
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(more));
        return CommandRun.of(directory, arguments.toArray(new String[0]));
    }
}
