package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.cli.CommandRun;
import io.sierra.storage.EventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code repair} on files on a disk, with the commands that an operator gives around it. */
final class RepairCommandTest {
    @TempDir private Path home;
    private SmallStore small;
    private String target;

    @BeforeEach
    void fillAndBackUp() throws IOException {
        small = SmallStore.in(home.resolve("data"));
        target = home.resolve("target").toString();
        assertThat(run("backup", target).exitCode()).isZero();
    }

    private CommandRun run(String command, String... arguments) {
        return CommandRun.onStore(home, small.directory().toString(), command, arguments);
    }

    private List<Path> sideDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(small.directory())) {
            return entries.filter(path -> path.getFileName().toString().startsWith("repair-"))
                    .toList();
        }
    }

    @Test
    void withoutYes_itSaysWhatItWouldDoAndChangesNothing() throws IOException {
        small.damage();
        byte[] damaged = Files.readAllBytes(small.firstSegment());
        CommandRun repair = run("repair", "--from", target);

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.out())
                .startsWith(
                        "--yes would do this:\nrestored: " + small.firstSegment() + ", offsets ")
                .contains("/target/segments/00000/0000000000-", "nothing is lost\n")
                .endsWith("nothing was changed\n");
        assertThat(Files.readAllBytes(small.firstSegment())).isEqualTo(damaged);
        assertThat(sideDirectories()).isEmpty();
    }

    @Test
    void withYes_theStoreIsWholeAndWhatWasReplacedIsKept() throws IOException {
        small.damage();
        byte[] damaged = Files.readAllBytes(small.firstSegment());
        CommandRun repair = run("repair", "--from", target, "--yes");

        assertThat(repair.out()).contains("no damage: 2 buckets, ", " 60 events, 7 streams, ");
        assertThat(repair.exitCode()).isZero();
        assertThat(sideDirectories()).hasSize(1);
        Path side = sideDirectories().getFirst();
        assertThat(
                        Files.readAllBytes(
                                side.resolve(small.directory().relativize(small.firstSegment()))))
                .isEqualTo(damaged);
        assertThat(side.resolve("report.txt")).content().endsWith("nothing is lost\n");
        assertThat(run("verify").exitCode()).isZero();
        try (EventStore store = small.open()) {
            SmallStore.append(store, 1);
        }
        CommandRun again = run("repair", "--from", target);
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).isEqualTo("there is nothing to repair\n");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", "{\"format_version\"", "missing", "another id", "other counts"})
    void metaFile_isRestoredFromAManifest(String state) throws IOException {
        Path meta = small.directory().resolve("meta.json");
        String whole = Files.readString(meta);
        switch (state) {
            case "missing" -> Files.delete(meta);
            case "another id" -> Files.writeString(meta, withOtherId(whole));
            case "other counts" ->
                    Files.writeString(meta, whole.replace("_count\" : ", "_count\" : 9"));
            default -> Files.writeString(meta, state);
        }
        small.damage();
        CommandRun plan = run("repair", "--from", target);
        assertThat(plan.exitCode()).isEqualTo(1);
        assertThat(plan.out())
                .startsWith("--yes would do this:\nrestored: " + meta + ", from ")
                .contains("restored: " + small.firstSegment(), "nothing is lost\n");
        assertThat(run("verify").exitCode()).isNotZero();
        CommandRun repair = run("repair", "--from", target, "--yes");

        assertThat(repair.out()).contains("no damage: 2 buckets, ", " 60 events, 7 streams, ");
        assertThat(repair.exitCode()).isZero();
        assertThat(meta).content().isEqualTo(whole);
        if (!state.equals("missing")) {
            assertThat(sideDirectories().getFirst().resolve("meta.json")).exists();
        }
        small.open().close();
    }

    private static String withOtherId(String meta) {
        return meta.replaceFirst("(store_id\" : \")........", "$100000000");
    }

    @Test
    void metaFileOfARestoreThatDidNotEnd_isNotWritten() throws IOException {
        Path meta = small.directory().resolve("meta.json");
        Files.delete(meta);
        Path segment = small.firstSegment();
        Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), 100));
        CommandRun repair = run("repair", "--from", target, "--yes");

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.err()).contains("restore again into another directory");
        assertThat(meta).doesNotExist();
    }

    @Test
    void metaFileOfAnotherStore_isNotWritten() throws IOException {
        Path meta = small.directory().resolve("meta.json");
        Files.delete(meta);
        SmallStore other = SmallStore.in(home.resolve("other"));
        String otherTarget = home.resolve("other-target").toString();
        CommandRun.onStore(home, other.directory().toString(), "backup", otherTarget);
        CommandRun repair = run("repair", "--from", otherTarget, "--yes");

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.err()).contains("meta.json is missing");
        assertThat(meta).doesNotExist();
    }

    @Test
    void withoutABackup_itSaysWhatIsLost() throws IOException {
        small.damage();
        CommandRun repair = run("repair", "--yes");

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.out())
                .startsWith("nothing of this can be repaired:\n")
                .contains("LOST: " + small.firstSegment() + " at offset ")
                .contains("  lost: partition ", " sequence 0 (1 event)")
                .containsOnlyOnce("LOST: ")
                .contains("stay out of service", "sierradb dump");
    }

    @Test
    void storeThatIsInUse_isRefused() throws IOException {
        try (EventStore store = small.open()) {
            SmallStore.append(store, 1);
            CommandRun repair = run("repair", "--from", target, "--yes");
            assertThat(repair.exitCode()).isEqualTo(1);
            assertThat(repair.err()).contains("in use").contains("stop the server first");
        }
    }

    @Test
    void directoryWithoutBackups_isRefused() {
        CommandRun repair = run("repair", "--from", small.directory().toString());
        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.err()).contains("holds no backups");
    }
}
