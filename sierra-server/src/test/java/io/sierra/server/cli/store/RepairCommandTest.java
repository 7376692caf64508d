package io.sierra.server.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code repair} on files on a disk, with the commands that an operator gives around it. */
final class RepairCommandTest {
    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
    private static final int EVENTS = 60;

    @TempDir private Path home;
    private Path directory;
    private String target;

    @BeforeEach
    void fillAndBackUp() throws IOException {
        directory = home.resolve("data");
        target = home.resolve("target").toString();
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            for (int i = 0; i < EVENTS; i++) {
                append(store, i);
            }
        }
        assertThat(run("backup", target).exitCode()).isZero();
    }

    private static AppendResult.Appended append(EventStore store, int number) {
        NewEvent event =
                new NewEvent(
                        StreamId.of("stream-" + number % 7),
                        new byte[0],
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[10_000],
                        new byte[0]);
        while (true) {
            AppendResult result = store.append(event); // refused while indexes are being written
            if (result instanceof AppendResult.Appended appended) {
                return appended;
            }
        }
    }

    private CommandRun run(String command, String... arguments) {
        String[] all =
                Stream.concat(
                                Stream.of(command, "--dir", directory.toString()),
                                Stream.of(arguments))
                        .toArray(String[]::new);
        return CommandRun.of(home, all);
    }

    private Path firstSegment() {
        return directory.resolve("buckets/00000/segments/0000000000/data.evts");
    }

    private byte[] damage() throws IOException {
        byte[] bytes = Files.readAllBytes(firstSegment());
        bytes[5_000] ^= 1;
        Files.write(firstSegment(), bytes);
        return bytes;
    }

    private List<Path> sideDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("repair-"))
                    .toList();
        }
    }

    @Test
    void withoutYes_itSaysWhatItWouldDoAndChangesNothing() throws IOException {
        byte[] damaged = damage();
        CommandRun repair = run("repair", "--from", target);

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.out())
                .startsWith("--yes would do this:\nrestored: " + firstSegment() + ", offsets ")
                .contains("/target/segments/00000/0000000000-", "nothing is lost\n")
                .endsWith("nothing was changed\n");
        assertThat(Files.readAllBytes(firstSegment())).isEqualTo(damaged);
        assertThat(sideDirectories()).isEmpty();
    }

    @Test
    void withYes_theStoreIsWholeAndWhatWasReplacedIsKept() throws IOException {
        byte[] damaged = damage();
        CommandRun repair = run("repair", "--from", target, "--yes");

        assertThat(repair.out()).contains("no damage: 2 buckets, ", " 60 events, 7 streams, ");
        assertThat(repair.exitCode()).isZero();
        assertThat(sideDirectories()).hasSize(1);
        Path side = sideDirectories().getFirst();
        assertThat(Files.readAllBytes(side.resolve(directory.relativize(firstSegment()))))
                .isEqualTo(damaged);
        assertThat(side.resolve("report.txt")).content().endsWith("nothing is lost\n");
        assertThat(run("verify").exitCode()).isZero();
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            append(store, 1);
        }
        CommandRun again = run("repair", "--from", target);
        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).startsWith("there is nothing to repair:");
    }

    @Test
    void withoutABackup_itSaysWhatIsLost() throws IOException {
        damage();
        CommandRun repair = run("repair", "--yes");

        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.out())
                .startsWith("nothing of this can be repaired:\n")
                .contains("LOST: " + firstSegment() + " at offset ")
                .contains("  lost: partition ", " sequence 0 (1 event)")
                .contains("stay out of service", "sierradb dump");
    }

    @Test
    void storeThatIsInUse_isRefused() throws IOException {
        try (EventStore store = EventStore.open(directory, OPTIONS)) {
            append(store, 1);
            CommandRun repair = run("repair", "--from", target, "--yes");
            assertThat(repair.exitCode()).isEqualTo(1);
            assertThat(repair.err()).contains("in use").contains("stop the server first");
        }
    }

    @Test
    void directoryWithoutBackups_isRefused() {
        CommandRun repair = run("repair", "--from", directory.toString());
        assertThat(repair.exitCode()).isEqualTo(1);
        assertThat(repair.err()).contains("holds no backups");
    }
}
