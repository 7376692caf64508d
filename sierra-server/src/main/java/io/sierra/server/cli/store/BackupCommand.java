package io.sierra.server.cli.store;

import static java.util.Objects.requireNonNull;

import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sierradb backup}: copies a store while it is in use. */
@Command(
        name = "backup",
        description = {
            "Makes a backup of a store, whether a server has it open or not. It holds everything"
                    + " that was acknowledged before it began.",
            "A target takes any number of backups of one store. Segments that it has already are"
                    + " not copied again."
        },
        footer = {
            "",
            "Examples:",
            "  sierradb backup /mnt/backup --dir /var/lib/sierradb",
            "  sierradb backup /mnt/backup --keep 14 --bytes-per-second 50MB",
            "  sierradb backup --list /mnt/backup",
            "Exit codes: 0 done, 1 it failed or found damage (all else is in the backup), 2 wrong"
                    + " usage."
        })
final class BackupCommand extends StoreCommand {
    @Parameters(paramLabel = "TARGET", description = "Directory of the backups; made if need be.")
    private @Nullable Path target;

    @Option(names = "--list", description = "Lists the backups in TARGET and makes none.")
    private boolean list;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description =
                    "Removes all backups but the newest N afterwards, and the files that only they"
                            + " need; nothing if damage was found.")
    private @Nullable Integer keep;

    @Option(
            names = "--bytes-per-second",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Reads no faster, for example 50MB; as fast as it can if not set.")
    private long bytesPerSecond = Throttle.FULL_SPEED;

    BackupCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        if (keep != null && (list || keep < 1)) {
            throw wrongUsage("--keep takes a number from 1 on, and no --list");
        }
        Path targetDirectory = inWorkingDirectory(requireNonNull(target));
        return list ? list(targetDirectory) : make(targetDirectory);
    }

    private int make(Path targetDirectory) throws IOException, SettingsException {
        PrintWriter out = out();
        PrintWriter err = err();
        try (StoreFiles store = openStore();
                BackupTarget backups =
                        BackupTarget.openOrCreate(targetDirectory, store.meta().storeId())) {
            BackupProgress progress = new BackupProgress(err, bytesPerSecond);
            Backup.Result result = Backup.make(store, backups, progress, InstantSource.system());
            double seconds = progress.end();
            BackupManifest made = result.manifest();
            out.printf(
                    "backup %s: %,d events in %,d segments, %,d bytes; %,d segments, %,d bytes"
                            + " copied in %.1f s%n",
                    made.id(),
                    made.events(),
                    made.segments().size(),
                    made.lengthBytes(),
                    result.copiedFiles(),
                    result.copiedBytes(),
                    seconds);
            if (progress.damages() == 0 && made.damages().isEmpty()) {
                out.flush();
                OptionalInt kept = keep == null ? OptionalInt.empty() : OptionalInt.of(keep);
                backups.prune(kept).forEach(id -> out.println("removed backup " + id));
                out.flush();
                return 0;
            }
            out.flush();
            err.println(
                    "sierradb: the store is damaged; what is not damaged is in the backup, and"
                            + " older backups are as they were");
            err.flush();
            return 1;
        }
    }

    private int list(Path targetDirectory) throws IOException {
        PrintWriter out = out();
        try (BackupTarget backups = BackupTarget.open(targetDirectory)) {
            BackupTarget.Contents contents = backups.contents();
            for (BackupManifest manifest : contents.readable()) {
                out.printf(
                        "%s  %,d events, %,d segments, %,d bytes%s%n",
                        manifest.id(),
                        manifest.events(),
                        manifest.segments().size(),
                        manifest.lengthBytes(),
                        manifest.damages().isEmpty() ? "" : ", DAMAGED");
            }
            out.flush();
            contents.problems().forEach(err()::println);
            err().flush();
            return contents.problems().isEmpty() ? 0 : 1;
        }
    }
}
