package io.sierra.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Starting and stopping from the command line, with a server that does nothing. */
final class ServerCommandTest {
    @TempDir Path home;
    private final List<String> calls = new ArrayList<>();
    private final List<Settings> launched = new ArrayList<>();
    private final StopSignal stopSignal = new SilentStopSignal();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** Leaves the signals of the process that runs the tests alone. */
    private static final class SilentStopSignal extends StopSignal {
        @Override
        void install() {}
    }

    @BeforeEach
    void listenToLog() {
        log.start();
        logger().addAppender(log);
        logger().setAdditive(false); // keeps the build's output quiet
        stopSignal.receive("SIGTERM");
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
        logger().setAdditive(true);
        Logging.apply(Logging.Directive.parse("info"));
    }

    @Test
    void start_signal_stopsTheServerAndExitsWith0() {
        CommandRun run = run("--dir", "d", "--client-address", "127.0.0.1:0");

        assertThat(run).isEqualTo(new CommandRun(0, "", ""));
        assertThat(calls).containsExactly("launch", "close");
        assertThat(lines()).hasSize(3);
        assertThat(lines().getFirst())
                .matches(
                        "INFO ready to receive connections on 127\\.0\\.0\\.1:4711: data in "
                                + home.resolve("d")
                                + ", 32 partitions, sync always, started in \\d+ ms");
        assertThat(lines().get(1)).isEqualTo("INFO received SIGTERM, stopping");
        assertThat(lines().getLast()).isEqualTo("INFO stopped");
    }

    @Test
    void start_flags_areStrongerThanFileAndEnvironment() throws Exception {
        Files.writeString(home.resolve("my.toml"), "sync.policy = \"os\"\ndir = \"f\"");

        CommandRun run =
                CommandRun.of(
                        home,
                        Map.of("SIERRA_BUCKET_COUNT", "8"),
                        this::launch,
                        stopSignal,
                        "-c",
                        "my.toml",
                        "-d",
                        "flag",
                        "-n",
                        "1",
                        "-i",
                        "0",
                        "--mdns",
                        "false",
                        "--cluster-address",
                        "/ip4/0.0.0.0/tcp/0");

        assertThat(run.exitCode()).isZero();
        Settings settings = launched.getFirst();
        assertThat(settings.directory()).isEqualTo(home.resolve("flag"));
        assertThat(settings.bucket().count()).isEqualTo(8);
        assertThat(settings.sync().policy()).isEqualTo(Settings.SyncPolicy.OS);
    }

    @Test
    void start_lazySync_isShouted() throws Exception {
        Files.writeString(home.resolve("sierra.toml"), "[sync]\npolicy = \"interval\"");

        run();

        assertThat(lines().getFirst())
                .startsWith("WARN SYNC POLICY IS interval: A CRASH OF THE MACHINE LOSES")
                .contains(" 5 ms");
    }

    @Test
    void start_wrongSettings_exitsWith1AndNamesThemAll() {
        CommandRun run = run("--client-address", "x", "--node-count", "3");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("sierradb: 2 settings are wrong:\n")
                .contains("network.client_address = x (--client-address): must be ")
                .contains("node.count = 3 (--node-count): must be 1: replication ");
        assertThat(calls).isEmpty();
    }

    @Test
    void start_cannotListen_exitsWith1AndOneLine() {
        ServerLauncher busy =
                _ -> {
                    throw new CommandFailedException("cannot listen on 0.0.0.0:9090: in use");
                };

        CommandRun run = CommandRun.of(home, Map.of(), busy, stopSignal);

        assertThat(run)
                .isEqualTo(
                        new CommandRun(1, "", "sierradb: cannot listen on 0.0.0.0:9090: in use\n"));
    }

    @Test
    void wrongUsage_exitsWith2() {
        assertThat(run("--no-such-flag").exitCode()).isEqualTo(2);
        assertThat(run("extra").exitCode()).isEqualTo(2);
        assertThat(run("--mdns").exitCode()).isEqualTo(2);
        assertThat(run("import").exitCode()).isEqualTo(2);
        CommandRun level = run("--log", "loud");
        assertThat(level.exitCode()).isEqualTo(2);
        assertThat(level.err()).contains("'loud' must be a level or target=level");
        assertThat(calls).isEmpty();
    }

    @Test
    void wrongUsage_isToldInFewLines() {
        assertThat(run("fooo").err())
                .isEqualTo("sierradb: unknown command or flag 'fooo'\nsee sierradb --help\n");
        assertThat(run("verfy").err())
                .startsWith("sierradb: unknown command or flag 'verfy'\n")
                .contains("Did you mean", "verify")
                .endsWith("see sierradb --help\n");
        assertThat(run("verify", "--fast").err())
                .startsWith("sierradb: unknown flag '--fast'\n")
                .endsWith("see sierradb verify --help\n");
        assertThat(run("--mdns").err())
                .isEqualTo(
                        "sierradb: missing required parameter for option '--mdns'"
                                + " (true|false)\nsee sierradb --help\n");
        assertThat(run("--log", "loud").err())
                .startsWith("sierradb: --log: 'loud' must be a level")
                .hasLineCount(2);
        assertThat(run("backup").err()).contains("TARGET").hasLineCount(2);
        assertThat(run("scrub", "--bytes-per-second", "0").err()).hasLineCount(2);
    }

    @Test
    void helpAndVersion_exitWith0() {
        CommandRun help = run("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains("--dir", "--client-address", "--cluster-address", "--config", "--log")
                .contains("--node-count", "--node-index", "--mdns", "import", "export");
        assertThat(run("-V").out()).contains("wire-compatible with SierraDB 0.3.1");
        assertThat(run("import", "--help").exitCode()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import", "export", "verify", "scrub", "backup", "restore", "repair", "reindex",
                "dump", "stats"
            })
    void helpOfACommand_hasExamplesAndExitCodes(String command) {
        assertThat(run(command, "--help").out())
                .contains("Examples:\n  sierradb " + command, "Exit codes: 0 ");
    }

    @Test
    void log_levels_areSet() {
        run("--log", "warn,io.example=debug");

        assertThat(logger().getLevel()).hasToString("WARN");
        assertThat(context().getLogger("io.sierra").getLevel()).hasToString("WARN");
        assertThat(context().getLogger("io.example").getLevel()).hasToString("DEBUG");
        assertThat(lines()).isEmpty();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(home, Map.of(), this::launch, stopSignal, arguments);
    }

    private ServerLauncher.RunningServer launch(Settings settings) {
        calls.add("launch");
        launched.add(settings);
        return new ServerLauncher.RunningServer() {
            @Override
            public InetSocketAddress address() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
            }

            @Override
            public void close() {
                calls.add("close");
            }
        };
    }

    private List<String> lines() {
        return log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static ch.qos.logback.classic.Logger logger() {
        return context().getLogger("sierradb");
    }
}
