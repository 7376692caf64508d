package io.sierra.server.cli.store;

import io.sierra.server.cli.tool.Progress;
import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.repair.MetaMending;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairReport;
import io.sierra.storage.repair.RepairRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sierradb repair}: gives a damaged store back what its backups have. */
@Command(
        name = "repair",
        description = {
            "Repairs a stopped store: takes the bytes of a backup where data is damaged or missing,"
                    + " makes bad indexes again, and takes partitions back into service that are"
                    + " whole again. What no backup has can be given up.",
            "Without --yes it prints what it would do, and what would be lost, and changes"
                    + " nothing. What it replaces is kept in a directory repair-TIME beside the"
                    + " data. It may be interrupted and given again."
        },
        footer = {
            "",
            "Examples:",
            "  sierradb repair --from /mnt/backup --dir /var/lib/sierradb",
            "  sierradb repair --from /mnt/backup --dir /var/lib/sierradb --yes",
            "  sierradb repair --accept-loss --dir /var/lib/sierradb",
            "Exit codes: 0 nothing is damaged any more, 1 something is, or it failed, 2 wrong"
                    + " usage."
        })
final class RepairCommand extends StoreCommand {
    @Option(
            names = "--from",
            paramLabel = "TARGET",
            description = "Directory of the backups; without it nothing lost can be restored.")
    private @Nullable Path target;

    @Option(
            names = "--accept-loss",
            description =
                    "Gives up what is damaged and in no backup, so that all the rest is served"
                            + " again. That is final.")
    private boolean acceptLoss;

    @Option(names = "--yes", description = "Does it.")
    private boolean yes;

    RepairCommand(Host host) {
        super(host);
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        Path directory = dataDirectory();
        try (BackupTarget backups = openTarget();
                StoreFiles store = MetaMending.open(directory, Optional.ofNullable(backups))) {
            lock(store);
            RepairPlan plan = plan(store, Optional.ofNullable(backups));
            List<String> lines = new RepairReport(store, plan).lines();
            if (plan.isEmpty() && plan.lost().isEmpty()) {
                out().println("there is nothing to repair");
                plan.problems().forEach(problem -> out().println("note: " + problem));
                out().flush();
                return 0;
            }
            if (plan.isEmpty() || !yes) {
                out().println(
                                plan.isEmpty()
                                        ? "nothing of this can be repaired:"
                                        : "--yes would do this:");
                lines.forEach(out()::println);
                out().println("nothing was changed");
                out().flush();
                return 1;
            }
            lines.forEach(out()::println);
            out().flush();
            String side = RepairRun.carryOut(store, plan, Instant.now(), _ -> {});
            out().println("what was replaced is in " + store.describe(side));
            out().flush();
        }
        return verify(directory);
    }

    private @Nullable BackupTarget openTarget() throws IOException {
        return target == null ? null : BackupTarget.open(inWorkingDirectory(target));
    }

    private RepairPlan plan(StoreFiles store, Optional<BackupTarget> backups) throws IOException {
        Progress progress = Progress.on(err(), Progress.Unit.BYTES);
        Optional<Instant> acceptLossAt = acceptLoss ? Optional.of(Instant.now()) : Optional.empty();
        long planned = RepairPlanner.PASSES * StoreCheck.plannedBytes(store);
        RepairPlan plan =
                RepairPlanner.plan(store, backups, acceptLossAt, new Reads(progress, planned));
        progress.clear();
        return plan;
    }

    /** Draws how much has been read; called by several threads. */
    private static final class Reads implements LongConsumer {
        private final Progress progress;
        private final long plannedBytes;
        private long readBytes;

        Reads(Progress progress, long plannedBytes) {
            this.progress = progress;
            this.plannedBytes = plannedBytes;
        }

        @Override
        public synchronized void accept(long lengthBytes) {
            readBytes += lengthBytes;
            progress.update(readBytes, Math.min(1, (double) readBytes / plannedBytes));
        }
    }

    private int verify(Path directory) throws IOException {
        try (StoreFiles store = StoreFiles.open(directory)) {
            long planned = StoreCheck.plannedBytes(store);
            CheckReport report = new CheckReport(out(), err(), false, planned, Throttle.FULL_SPEED);
            return report.end(new StoreCheck(store, report).verify(StoreCheck.threads()));
        }
    }
}
