package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verify} and {@code scrub} on files on a disk. */
final class CheckCommandsTest {
    @TempDir private Path home;
    private SmallStore small;

    @BeforeEach
    void fill() throws IOException {
        small = SmallStore.in(home.resolve("data"));
    }

    private CommandRun run(String command, String... options) {
        return CommandRun.onStore(home, small.directory().toString(), command, options);
    }

    @Test
    void wholeStore_isFine() {
        CommandRun verified = run("verify");

        assertThat(verified.exitCode()).isZero();
        assertThat(verified.out()).contains("no damage: 2 buckets, ", " 60 events, 7 streams, ");
        assertThat(run("scrub").exitCode()).isZero();
    }

    @Test
    void directory_isThatOfTheServer() {
        CommandRun verified =
                CommandRun.of(home, Map.of("SIERRA_DIR", small.directory().toString()), "verify");

        assertThat(verified.exitCode()).isZero();
    }

    @Test
    void storeThatIsOpen_isCheckedToo() throws IOException {
        try (EventStore store = small.open()) {
            SmallStore.append(store, 1);
            assertThat(run("verify").out()).contains(" 61 events, ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verify", "scrub"})
    void damage_isNamed(String command) throws IOException {
        small.damage();
        CommandRun verified = run(command);

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(verified.out())
                .contains("damaged: " + small.firstSegment() + " at offset ")
                .contains("  lost: partition ", " sequence 0 (1 event)")
                .containsPattern("(?m)^1 FINDING: ");
    }

    @Test
    void versionsOfStreams_areNamedUnderTheDamage() throws IOException {
        small.damage();

        assertThat(run("verify").out())
                .containsPattern(
                        "(?m)^damaged: .*\\n  lost: partition .*\\n  lost: stream '.*' version");
    }

    @Test
    void json_isForPrograms() throws IOException {
        small.damage();
        CommandRun verified = run("verify", "--json");
        JsonNode report = new ObjectMapper().readTree(verified.out());

        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(report.at("/clean").asBoolean()).isFalse();
        assertThat(report.at("/checked/events").asInt()).isEqualTo(SmallStore.EVENTS - 1);
        JsonNode finding = report.at("/findings/0");
        assertThat(finding.at("/kind").asText()).isEqualTo("DATA");
        assertThat(finding.at("/file").asText()).isEqualTo(small.firstSegment().toString());
        assertThat(finding.at("/file_offset").asInt()).isPositive();
        assertThat(finding.at("/losses/0/end_sequence").asInt()).isEqualTo(1);
    }

    @Test
    void whatCannotRun_saysWhy() {
        Path none = home.resolve("none");
        CommandRun verified = CommandRun.of(home, "verify", "--dir", none.toString());

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
        CommandRun scrubbed = run("scrub", "--bytes-per-second", "1MB");

        assertThat(scrubbed.exitCode()).isZero();
        assertThat(System.nanoTime() - start).isGreaterThan(300_000_000L);
    }
}
