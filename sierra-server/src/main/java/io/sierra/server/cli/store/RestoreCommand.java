package io.sierra.server.cli.store;

import static java.util.Objects.requireNonNull;

import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.backup.BackupManifest;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.backup.Restore;
import io.sierra.storage.io.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sierradb restore}: makes a store of a backup. */
@Command(
        name = "restore",
        description =
                "Makes a store of a backup, in a directory that is empty or not there yet. Compares"
                        + " every file with its checksum and makes the indexes.",
        footer = {
            "",
            "Examples:",
            "  sierradb restore /mnt/backup --dir /var/lib/sierradb-new",
            "  sierradb restore /mnt/backup --backup 2026-11-21T17-13-01.042Z --dir /tmp/drill",
            "Exit codes: 0 done, 1 it failed, or the backup is of a damaged store, 2 wrong usage."
        })
final class RestoreCommand extends StoreCommand {
    @Parameters(paramLabel = "TARGET", description = "Directory of the backups.")
    private @Nullable Path target;

    @Option(
            names = "--backup",
            paramLabel = "ID",
            description = "Which one, as backup --list shows it; the newest if not set.")
    private @Nullable String backup;

    RestoreCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        if (!namesDataDirectory()) {
            throw wrongUsage("--dir is missing: restore names the directory that it writes to");
        }
        PrintWriter out = out();
        PrintWriter err = err();
        try (BackupTarget backups = BackupTarget.open(inWorkingDirectory(requireNonNull(target)))) {
            BackupManifest manifest = backups.manifest(Optional.ofNullable(backup));
            Path directory = dataDirectory();
            try (Device device = Restore.openEmpty(directory)) {
                BackupProgress progress = new BackupProgress(err, Throttle.FULL_SPEED);
                Map<Integer, String> damages = Restore.restore(backups, manifest, device, progress);
                double seconds = progress.end();
                manifest.damages().forEach(damage -> err.println("damaged: " + damage));
                damages.forEach((partition, damage) ->
                        err.printf("partition %d is out of service: %s%n", partition, damage));
                err.flush();
                out.printf(
                        "restored backup %s to %s: %,d events, %,d bytes in %.1f s%n",
                        manifest.id(),
                        directory,
                        manifest.events(),
                        manifest.lengthBytes(),
                        seconds);
                out.flush();
                return damages.isEmpty() && manifest.damages().isEmpty() ? 0 : 1;
            }
        }
    }
}
