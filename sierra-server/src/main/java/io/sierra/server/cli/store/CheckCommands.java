package io.sierra.server.cli.store;

import io.sierra.server.config.Host;
import io.sierra.server.config.SettingsException;
import io.sierra.storage.check.CheckCounts;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sierradb verify} and {@code sierradb scrub}: look for damage, and change nothing. */
final class CheckCommands {
    static final int FINE = 0;
    static final int DAMAGED = 1;
    static final int COULD_NOT_RUN = 3;

    static final String EXIT_CODES =
            "Exit codes: 0 no damage, 1 damage found, 2 wrong usage, 3 it could not run.";

    private CheckCommands() {}

    /** What both have in common. */
    private abstract static class CheckCommand extends StoreCommand {
        @Option(names = "--json", description = "Prints one JSON object, for programs.")
        private boolean json;

        CheckCommand(Host host) {
            super(host);
        }

        abstract CheckCounts check(StoreCheck check) throws IOException;

        abstract long bytesPerSecond();

        @Override
        public Integer call() {
            try (StoreFiles files = openStore()) {
                long planned = StoreCheck.plannedBytes(files);
                CheckReport report = new CheckReport(out(), err(), json, planned, bytesPerSecond());
                return report.end(check(new StoreCheck(files, report)));
            } catch (IOException e) {
                return couldNotRun(e.getClass() == IOException.class ? e.getMessage() : e);
            } catch (SettingsException e) {
                return couldNotRun(e.getMessage());
            }
        }

        private int couldNotRun(@Nullable Object reason) {
            err().println("sierradb: " + reason);
            err().flush();
            return COULD_NOT_RUN;
        }
    }

    @Command(
            name = "verify",
            description = {
                "Checks all data of a store: every frame, the chain of each partition, every index"
                        + " against the frames, versions of streams and event ids.",
                "A server may have the store open. Nothing is changed."
            },
            footer = {
                "",
                "Examples:",
                "  sierradb verify --dir /var/lib/sierradb",
                "  sierradb verify --json",
                EXIT_CODES
            })
    static final class Verify extends CheckCommand {
        Verify(Host host) {
            super(host);
        }

        @Override
        CheckCounts check(StoreCheck check) throws IOException {
            return check.verify(StoreCheck.threads());
        }

        @Override
        long bytesPerSecond() {
            return Throttle.FULL_SPEED;
        }
    }

    @Command(
            name = "scrub",
            description = {
                "Reads the sealed segments of a store from the disk and verifies their checksums,"
                        + " as a server does in the background.",
                "A server may have the store open. Nothing is changed."
            },
            footer = {
                "",
                "Examples:",
                "  sierradb scrub --dir /var/lib/sierradb",
                "  sierradb scrub --bytes-per-second 50MB",
                EXIT_CODES
            })
    static final class Scrub extends CheckCommand {
        @Option(
                names = "--bytes-per-second",
                paramLabel = "SIZE",
                converter = SizeConverter.class,
                description = "Reads no faster, for example 50MB; as fast as it can if not set.")
        private long bytesPerSecond = Throttle.FULL_SPEED;

        Scrub(Host host) {
            super(host);
        }

        @Override
        CheckCounts check(StoreCheck check) throws IOException {
            return check.scrub();
        }

        @Override
        long bytesPerSecond() {
            return bytesPerSecond;
        }
    }
}
