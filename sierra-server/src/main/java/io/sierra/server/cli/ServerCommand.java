package io.sierra.server.cli;

import io.sierra.server.cli.ServerLauncher.RunningServer;
import io.sierra.server.config.Host;
import io.sierra.server.config.HostAndPort;
import io.sierra.server.config.Settings;
import io.sierra.server.config.SettingsLoader;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code sierradb} without a subcommand. */
final class ServerCommand {
    private static final Logger LOG = LoggerFactory.getLogger("sierradb");

    private final Host host;
    private final ServerLauncher launcher;
    private final StopSignal stopSignal;

    ServerCommand(Host host, ServerLauncher launcher, StopSignal stopSignal) {
        this.host = host;
        this.launcher = launcher;
        this.stopSignal = stopSignal;
    }

    /** Runs a server until it is told to stop; throws if it cannot start. */
    void run(ServerArguments arguments) throws Exception {
        launcher.prepare();
        SettingsLoader.Loaded loaded =
                SettingsLoader.load(host, arguments.configFile(), arguments.settings());
        Settings settings = loaded.settings();
        Logging.apply(arguments.log());
        loaded.warnings().forEach(LOG::warn);
        warnOfLazySync(settings.sync());

        stopSignal.install();
        try (RunningServer server = launcher.launch(settings)) {
            LOG.info("{}", readyLine(settings, server));
            LOG.info("received {}, stopping", stopSignal.await());
        }
        LOG.info("stopped");
    }

    private static void warnOfLazySync(Settings.Sync sync) {
        switch (sync.policy()) {
            case ALWAYS -> {}
            case INTERVAL ->
                    LOG.warn(
                            "SYNC POLICY IS interval: A CRASH OF THE MACHINE LOSES ACKNOWLEDGED"
                                    + " EVENTS OF THE LAST {} ms; sync.policy = \"always\" is safe",
                            sync.intervalMillis());
            case OS ->
                    LOG.warn(
                            "SYNC POLICY IS os: A CRASH OF THE MACHINE LOSES ACKNOWLEDGED EVENTS,"
                                    + " AS MANY AS IT LIKES; sync.policy = \"always\" is safe");
        }
    }

    private static String readyLine(Settings settings, RunningServer server) {
        long startedAt = ManagementFactory.getRuntimeMXBean().getStartTime();
        // The host as it was configured: the system calls all addresses 0:0:0:0:0:0:0:0.
        HostAndPort address =
                new HostAndPort(
                        settings.network().clientAddress().host(), server.address().getPort());
        return "ready to receive connections on "
                + address
                + ": data in "
                + settings.directory()
                + ", "
                + settings.partition().count()
                + (settings.partition().count() == 1 ? " partition" : " partitions")
                + ", sync "
                + settings.sync().policy().text()
                + ", started in "
                + (System.currentTimeMillis() - startedAt)
                + " ms";
    }
}
