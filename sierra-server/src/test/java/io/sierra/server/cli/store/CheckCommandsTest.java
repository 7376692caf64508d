package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify} and {@code scrub} on files on a disk. */
final class CheckCommandsTest {
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
    private static final int EVENTS = 60;

    @TempDir private Path home;
    private Path directory;

    @BeforeEach
    void fill() throws IOException {
        directory = home.resolve("data");
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            for (int i = 0; i < EVENTS; i++) {
                append(store, i);
            }
        }
    }

    private static void append(EventStore store, int number) {
        NewEvent event =
                new NewEvent(
                        StreamId.of("stream-" + number % 7),
                        new byte[0],
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[10_000],
                        new byte[0]);
        AppendResult result;
        do {
            result = store.append(event); // refused while indexes are being written
        } while (!(result instanceof AppendResult.Appended));
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(home, arguments);
    }

    private Path firstSegment() {
        return directory.resolve("buckets/00000/segments/0000000000/data.evts");
    }

    private void damage() throws IOException {
        byte[] bytes = Files.readAllBytes(firstSegment());
        bytes[5_000] ^= 1;
        Files.write(firstSegment(), bytes);
    }

    @Test
    void wholeStore_isFine() {
        CommandRun verified = run("verify", "--dir", directory.toString());

        assertThat(verified.exitCode()).isZero();
        assertThat(verified.out()).contains("no damage: 2 buckets, ", " 60 events, 7 streams, ");
        assertThat(run("scrub", "--dir", directory.toString()).exitCode()).isZero();
    }

    @Test
    void directory_isThatOfTheServer() {
        CommandRun verified =
                CommandRun.of(home, Map.of("SIERRA_DIR", directory.toString()), "verify");

        assertThat(verified.exitCode()).isZero();
    }

    @Test
    void storeThatIsOpen_isCheckedToo() throws IOException {
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            append(store, 1);
            assertThat(run("verify", "--dir", directory.toString()).out()).contains(" 61 events, ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "scrub"})
    void damage_isNamed(String command) throws IOException {
        damage();
        CommandRun verified = run(command, "--dir", directory.toString());

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(verified.out())
                .contains("damaged: " + firstSegment() + " at offset ")
                .contains("  lost: partition ", " sequence 0 (1 event)")
                .containsPattern("(?m)^\\d+ FINDINGS?: ");
    }

    @Test
    void json_isForPrograms() throws IOException {
        damage();
        CommandRun verified = run("verify", "--json", "--dir", directory.toString());
        JsonNode report = new ObjectMapper().readTree(verified.out());

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(report.at("/clean").asBoolean()).isFalse();
        assertThat(report.at("/checked/events").asInt()).isEqualTo(EVENTS - 1);
        JsonNode finding = report.at("/findings/0");
        assertThat(finding.at("/kind").asText()).isEqualTo("DATA");
        assertThat(finding.at("/file").asText()).isEqualTo(firstSegment().toString());
        assertThat(finding.at("/file_offset").asInt()).isPositive();
        assertThat(finding.at("/losses/0/end_sequence").asInt()).isEqualTo(1);
    }

    @Test
    void whatCannotRun_saysWhy() {
        Path none = home.resolve("none");
        CommandRun verified = run("verify", "--dir", none.toString());

        assertThat(verified.exitCode()).isEqualTo(3);
        assertThat(verified.err())
                .isEqualTo("sierradb: " + none + ": there is no such directory\n");
        assertThat(none).doesNotExist();
        assertThat(run("verify", "--fast").exitCode()).isEqualTo(2);
        assertThat(run("scrub", "--bytes-per-second", "0").exitCode()).isEqualTo(2);
    }

    /** 60 events of 10,000 bytes make about 600,000 bytes in sealed segments. */
    @Test
    void scrub_isAsSlowAsItIsTold() {
        long start = System.nanoTime();
        CommandRun scrubbed =
                run("scrub", "--bytes-per-second", "1MB", "--dir", directory.toString());

        assertThat(scrubbed.exitCode()).isZero();
        assertThat(System.nanoTime() - start).isGreaterThan(300_000_000L);
    }
}
