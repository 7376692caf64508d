package io.sierra.server.cli;

import io.sierra.server.cli.ServerLauncher.RunningServer;
import io.sierra.server.cli.tool.Version;
import io.sierra.server.config.Host;
import io.sierra.server.config.HostAndPort;
import io.sierra.server.config.Settings;
import io.sierra.server.config.SettingsLoader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sierradb} without a subcommand: runs a server until it is told to stop. */
@Command(
        name = "sierradb",
        description = "Runs an event store that speaks the Redis protocol.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        usageHelpWidth = 100,
        footer = {
            "",
            "All settings with their defaults are in config/sierra.toml. Each can be set in a"
                    + " file,",
            "by a variable like SIERRA_SYNC_POLICY, or some of them by a flag; the later one wins.",
            "Exit codes: 0 stopped by SIGINT or SIGTERM, 1 it could not start, 2 wrong usage."
        })
final class SierraCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("sierradb");

    private final Host host;
    private final ServerLauncher launcher;
    private final StopSignal stopSignal;
    private final Map<String, String> flags = new HashMap<>();
    private List<Logging.Directive> logDirectives = List.of();
    private @Nullable Path configFile;

    @Spec private @Nullable CommandSpec spec;

    SierraCommand(Host host, ServerLauncher launcher, StopSignal stopSignal) {
        this.host = host;
        this.launcher = launcher;
        this.stopSignal = stopSignal;
    }

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "PATH",
            description = "Where the data is.")
    void setDirectory(String text) {
        flags.put("dir", text);
    }

    @Option(
            names = "--client-address",
            paramLabel = "IP:PORT",
            description = "Where clients connect; 0.0.0.0:9090 if not set.")
    void setClientAddress(String text) {
        flags.put("network.client_address", text);
    }

    @Option(
            names = "--cluster-address",
            paramLabel = "ADDRESS",
            description = "Accepted, not used: there are no other nodes in this version.")
    void setClusterAddress(String text) {
        flags.put("network.cluster_address", text);
    }

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "The configuration file (.toml, .json, .yaml); else sierra.toml in the working"
                            + " directory or in ~/.config/sierradb.")
    void setConfigFile(Path file) {
        configFile = file;
    }

    @Option(
            names = {"-l", "--log"},
            paramLabel = "LEVEL|TARGET=LEVEL,...",
            description =
                    "How much to log: error, warn, info, debug, trace or off, for all or for"
                            + " targets such as io.netty=debug.")
    void setLog(String text) {
        try {
            logDirectives = Logging.Directive.parse(text);
        } catch (IllegalArgumentException e) {
            throw usageError(e);
        }
    }

    @Option(
            names = {"-n", "--node-count"},
            paramLabel = "N",
            description = "Nodes of the cluster; only 1 in this version.")
    void setNodeCount(String text) {
        flags.put("node.count", text);
    }

    @Option(
            names = {"-i", "--node-index"},
            paramLabel = "I",
            description = "Which of them this one is, from 0.")
    void setNodeIndex(String text) {
        flags.put("node.index", text);
    }

    @Option(
            names = "--mdns",
            paramLabel = "true|false",
            arity = "1",
            description = "Accepted, not used: there are no other nodes in this version.")
    void setMdns(String text) {
        flags.put("network.mdns", text);
    }

    @Override
    public Integer call() throws Exception {
        SettingsLoader.Loaded loaded = SettingsLoader.load(host, configFile, flags);
        Settings settings = loaded.settings();
        Logging.apply(logDirectives);
        loaded.warnings().forEach(LOG::warn);
        warnOfLazySync(settings.sync());

        stopSignal.install();
        try (RunningServer server = launcher.launch(settings)) {
            LOG.info("{}", readyLine(settings, server));
            LOG.info("received {}, stopping", stopSignal.await());
        }
        return 0;
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

    private ParameterException usageError(IllegalArgumentException cause) {
        if (spec == null) {
            throw cause;
        }
        return new ParameterException(spec.commandLine(), String.valueOf(cause.getMessage()));
    }
}
