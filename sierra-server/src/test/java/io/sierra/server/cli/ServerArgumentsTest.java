package io.sierra.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.config.Host;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

final class ServerArgumentsTest {
    private static final int ROUNDS = 3_000;
    private static final ServerLauncher NO_LAUNCHER =
            settings -> {
                throw new AssertionError("started with " + settings);
            };

    /** What may stand on a command line, and what one may take for something else. */
    private static final List<String> WORDS =
            List.of(
                    "-d",
                    "--dir",
                    "--dir=a b",
                    "--dir=",
                    "-d=x",
                    "-dx",
                    "--client-address",
                    "--client-address=127.0.0.1:0",
                    "-c",
                    "--config",
                    "-n",
                    "--node-count",
                    "--node-count=1",
                    "-i",
                    "--mdns",
                    "--mdns=true",
                    "--log",
                    "-l",
                    "--log=warn",
                    "--log=loud",
                    "--cluster-address",
                    "-h",
                    "--version",
                    "--",
                    "-",
                    "--no-such-flag",
                    "verify",
                    "help",
                    "@file",
                    "\"quoted\"",
                    "'quoted'",
                    "",
                    " ",
                    "x=y",
                    "info",
                    "0",
                    "true",
                    "/data");

    @Test
    void parse_readsFlagsWithTheirValues() {
        ServerArguments arguments =
                parsed("-d", "/data", "--client-address=0.0.0.0:1", "-c", "my.toml", "-l", "warn");

        assertThat(arguments.settings())
                .containsOnly(
                        Map.entry("dir", "/data"),
                        Map.entry("network.client_address", "0.0.0.0:1"));
        assertThat(arguments.configFile()).isEqualTo(Path.of("my.toml"));
        assertThat(arguments.log()).containsExactly(new Logging.Directive("sierradb", "warn"));
    }

    @Test
    void parse_noArguments_isAStart() {
        assertThat(parsed().settings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "verify --dir x",
                "--dir",
                "--dir --mdns",
                "--dir x --dir y",
                "--no-such-flag x",
                "-dx",
                "--log loud",
                "--dir @file"
            })
    void parse_anythingElse_isLeftToPicocli(String line) {
        assertThat(ServerArguments.parse(line.split(" "))).isNull();
    }

    /** What is read without picocli has to be what picocli would have read. */
    @Test
    void parse_agreesWithPicocli() {
        long seed = Long.getLong("sierra.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        int starts = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String[] words = new String[1 + random.nextInt(6)];
            for (int i = 0; i < words.length; i++) {
                words[i] = WORDS.get(random.nextInt(WORDS.size()));
            }
            ServerArguments parsed = ServerArguments.parse(words);
            if (parsed != null) {
                starts++;
                assertThat(readByPicocli(words))
                        .as("-Dsierra.seed=%d %s", seed, List.of(words))
                        .isEqualTo(parsed);
            }
        }
        assertThat(starts).as("-Dsierra.seed=%d", seed).isGreaterThan(ROUNDS / 100);
    }

    private static ServerArguments parsed(String... arguments) {
        ServerArguments parsed = ServerArguments.parse(arguments);
        if (parsed == null) {
            throw new AssertionError("left to picocli: " + List.of(arguments));
        }
        return parsed;
    }

    /** Null if picocli does not find that a server is to be started. */
    private static @Nullable ServerArguments readByPicocli(String... words) {
        Path home = Path.of("/nowhere");
        Host host = new Host(Map.of(), home, home, "Linux", 2);
        CommandLine commandLine =
                CommandLineFactory.create(
                        host, new ServerCommand(host, NO_LAUNCHER, new StopSignal()));
        try {
            ParseResult parsed = commandLine.parseArgs(words);
            boolean isStart = !parsed.isUsageHelpRequested() && !parsed.hasSubcommand();
            return isStart ? CommandLineFactory.arguments(commandLine) : null;
        } catch (ParameterException _) {
            return null;
        }
    }
}
