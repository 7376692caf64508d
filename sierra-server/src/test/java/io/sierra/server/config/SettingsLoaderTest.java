package io.sierra.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where settings come from, which source wins, and what is said about wrong ones. */
final class SettingsLoaderTest {
    @TempDir Path root;
    TestHost host;

    @BeforeEach
    void newHost() throws IOException {
        host = new TestHost(root);
    }

    @Test
    void load_nothingSet_isTheDefaults() throws Exception {
        SettingsLoader.Loaded loaded = host.load();

        Settings settings = loaded.settings();
        assertThat(loaded.warnings()).isEmpty();
        assertThat(settings.directory()).isEqualTo(host.home.resolve(".local/share/sierradb/db"));
        assertThat(settings.append().strictVersioning()).isFalse();
        assertThat(settings.bucket().automatic()).isTrue();
        assertThat(settings.bucket().count()).isEqualTo(settings.threads().write());
        assertThat(settings.partition().count()).isEqualTo(32);
        assertThat(settings.segment().sizeBytes()).isEqualTo(268_435_456);
        assertThat(settings.cache().capacityBytes()).isEqualTo(33_554_432);
        assertThat(settings.network())
                .isEqualTo(
                        new Settings.Network(
                                new HostAndPort("0.0.0.0", 9090), Settings.DefaultProtocol.AUTO));
        assertThat(settings.sync()).isEqualTo(new Settings.Sync(Settings.SyncPolicy.ALWAYS, 5));
        assertThat(settings.threads()).isEqualTo(new Settings.Threads(3, 12, 6, 3));
    }

    @Test
    void eachSourceWinsOverTheOnesBefore() throws Exception {
        assertThat(host.settings().partition().count()).isEqualTo(32);
        host.writeUserConfig("sierra.toml", "partition.count = 40");
        assertThat(host.settings().partition().count()).isEqualTo(40);
        host.write("sierra.toml", "node.index = 0\npartition.count = 41");
        assertThat(host.settings().partition().count()).isEqualTo(41);
        host.configFile = Path.of("other.yaml");
        host.write("other.yaml", "partition: {count: 42}");
        assertThat(host.settings().partition().count()).isEqualTo(42);
        host.environment.put("SIERRA_PARTITION_COUNT", "43");
        assertThat(host.settings().partition().count()).isEqualTo(43);
        host.write("other.yaml", "nodes: [{partition: {count: 44}}]");
        assertThat(host.settings().partition().count()).isEqualTo(44);
        host.flags.put("partition.count", "45");
        assertThat(host.settings().partition().count()).isEqualTo(45);
    }

    @Test
    void load_twoFiles_saysWhichOneCounts() throws Exception {
        host.write("sierra.json", "{}");
        host.write("sierra.yml", "");

        assertThat(host.load().warnings())
                .containsExactly(
                        "configuration is read from %s and not from %s"
                                .formatted(
                                        host.working.resolve("sierra.json"),
                                        host.working.resolve("sierra.yml")));
    }

    @Test
    void load_sameContentInEachFormat_isTheSame() throws Exception {
        host.write(
                "a.toml",
                """
                dir = "data"
                partition.count = 8
                [network]
                default_protocol = 3
                client_address = "[::1]:0"
                [sync]
                policy = "interval"
                """);
        host.write(
                "a.yaml",
                """
                dir: data
                partition: {count: 8}
                network:
                  default_protocol: 3
                  client_address: "[::1]:0"
                sync: {policy: interval}
                """);
        host.write(
                "a.json",
                """
                {"dir": "data", "partition": {"count": 8}, "sync": {"policy": "interval"},
                 "network": {"default_protocol": 3, "client_address": "[::1]:0"}}
                """);
        Files.copy(host.working.resolve("a.yaml"), host.working.resolve("a.yml"));

        host.configFile = Path.of("a.toml");
        Settings settings = host.settings();
        assertThat(settings.directory()).isEqualTo(host.working.resolve("data"));
        assertThat(settings.network().defaultProtocol()).isEqualTo(Settings.DefaultProtocol.RESP3);
        assertThat(settings.network().clientAddress()).isEqualTo(new HostAndPort("::1", 0));
        for (String other : List.of("a.yaml", "a.yml", "a.json")) {
            host.configFile = Path.of(other);
            assertThat(host.settings()).as(other).isEqualTo(settings);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    append.strict_versioning    | maybe     | true or false
                    bucket.count                | 0         | a whole number, 1 to 65535
                    bucket.count                | four      | a whole number, 1 to 65535
                    bucket.ids                  | 1,x       | a list of ids
                    cache.capacity_bytes        | -1        | a size, 0 bytes to 1TB
                    dir                         | ''        | a path
                    limits.max_connections      | 0         | a whole number, 1 to 1000000
                    limits.max_bulk_bytes       | 1MX       | a size, 1KB to 512MB
                    network.client_address      | 9090      | an address and a port
                    network.client_address      | a:70000   | an address and a port
                    network.client_address      | ::1:9090  | an address and a port
                    network.default_protocol    | 4         | auto, 2, 3
                    node.count                  | 0         | a whole number, 1 to 65535
                    node.count                  | 3         | 1: replication between nodes is not in
                    partition.count             | 65536     | a whole number, 1 to 65535
                    segment.size_bytes          | 131071    | a size, 128KB to 10GB
                    segment.size_bytes          | 11GB      | a size, 128KB to 10GB
                    sync.interval_ms            | 0         | a whole number of milliseconds, 1 to
                    sync.interval_ms            | 1.5       | a whole number of milliseconds, 1 to
                    sync.policy                 | never     | always, interval, os
                    threads.read                | 1025      | a whole number of threads, 1 to 1024, or
                    """)
    void load_wrongValue_namesKeyValueOriginAndWhatIsAllowed(
            String key, String value, String allowed) throws Exception {
        host.write("sierra.toml", key + " = \"" + value + "\"");

        assertThat(host.failure())
                .startsWith("a setting is wrong:\n  ")
                .contains(
                        "%s = %s (%s): must be %s"
                                .formatted(
                                        key, value, host.working.resolve("sierra.toml"), allowed));
    }

    @Test
    void load_valuesThatDoNotGoTogether_areRefused() {
        host.environment.put("SIERRA_BUCKET_COUNT", "6");
        host.environment.put("SIERRA_PARTITION_COUNT", "5");
        host.flags.put("threads.write", "4");
        host.flags.put("node.index", "1");
        host.flags.put("replication.factor", "2");
        host.flags.put("limits.max_request_bytes", "1MB");

        assertThat(host.failure())
                .isEqualTo(
                        """
                        5 settings are wrong:
                          bucket.count = 6 (SIERRA_BUCKET_COUNT): must not be more than \
                        partition.count, which is 5
                          threads.write = 4 (--threads-write): must divide bucket.count, which is \
                        6, without a remainder
                          node.index = 1 (--node-index): must be less than node.count, which is 1
                          replication.factor = 2 (--replication-factor): must not be more than \
                        node.count, which is 1
                          limits.max_bulk_bytes = 32MB (default): must not be more than \
                        limits.max_request_bytes, which is 1MB\
                        """);
    }

    @Test
    void load_problemsInAllSources_areReportedAtOnce() throws Exception {
        host.write("sierra.toml", "bucket.count = -1\nnetwrok.client_address = \"a:1\"");
        host.environment.put("SIERRA_SYNC_POLICY", "seldom");
        host.flags.put("network.client_address", "nowhere");

        assertThat(host.failure())
                .startsWith("4 settings are wrong:")
                .contains("bucket.count = -1 (", "sierra.toml)")
                .contains("netwrok.client_address (", "did you mean network.client_address?")
                .contains("sync.policy = seldom (SIERRA_SYNC_POLICY): must be always, ")
                .contains("network.client_address = nowhere (--client-address): must be an ");
    }

    @ParameterizedTest
    @CsvSource({
        "client_address, did you mean network.client_address?",
        "sync.interval, did you mean sync.interval_ms?",
        "dirr, did you mean dir?",
        "bucket, 'it is a group of bucket.count, bucket.ids'",
    })
    void load_unknownKey_isRefusedWithAHint(String key, String hint) throws Exception {
        host.write("sierra.toml", key + " = 1");

        assertThat(host.failure()).contains(key + " (", "there is no such key; " + hint);
    }

    @Test
    void load_keyThatResemblesNothing_isRefusedWithoutAHint() throws Exception {
        host.write("sierra.toml", "colour.of.the.sky = 1");

        assertThat(host.failure()).endsWith("sierra.toml): there is no such key");
    }

    @Test
    void load_unknownVariable_isAWarning() throws Exception {
        host.environment.put("SIERRA_SYNC_POLICE", "always");
        host.environment.put("SIERRA_JAVA_OPTS", "-Xmx1g");
        host.environment.put("SIERRA_HEAP", "2g");
        host.environment.put("PATH", "/bin");

        assertThat(host.load().warnings())
                .containsExactly(
                        "environment variable SIERRA_SYNC_POLICE is not a setting;"
                                + " did you mean SIERRA_SYNC_POLICY?");
    }

    @Test
    void load_variableWithDots_isThatOfSierraDb() throws Exception {
        host.environment.put("SIERRA_NETWORK.CLIENT_ADDRESS", "127.0.0.1:1");

        assertThat(host.settings().network().clientAddress().port()).isEqualTo(1);
    }

    @Test
    void environmentNames_areDifferentForAllKeys() {
        assertThat(Options.ALL.values().stream().map(Option::environmentName))
                .doesNotHaveDuplicates()
                .contains("SIERRA_NETWORK_CLIENT_ADDRESS", "SIERRA_DIR");
    }

    @Test
    void load_unusedKeys_areNamedInOneLineOnlyIfTheyAskForSomething() throws Exception {
        host.write(
                "sierra.toml",
                "segment.compression = true\nheartbeat.interval_ms = 500\nnetwork.mdns = false");

        assertThat(host.load().warnings())
                .containsExactly(
                        "accepted, not used: heartbeat.interval_ms (there are no other nodes in"
                                + " this version), segment.compression (events are stored as they"
                                + " are)");
    }

    @Test
    void load_entryOfNodes_countsNodesAndIsChosenByIndex() throws Exception {
        host.write("sierra.toml", "[[nodes]]\ndir = \"one\"\n[[nodes]]\ndir = \"two\"\n");

        assertThat(host.failure())
                .contains("node.count = 2 (number of [[nodes]]): must be 1: replication");

        host.flags.put("node.count", "1");
        assertThat(host.settings().directory()).isEqualTo(host.working.resolve("one"));
    }

    @Test
    void load_typoInNodes_isRefused() throws Exception {
        host.write("sierra.toml", "[[nodes]]\nbucket.cuont = 1\n");

        assertThat(host.failure()).contains("bucket.cuont (", "nodes[0]): there is no such key");
    }

    @Test
    void load_missingFile_isRefused() {
        host.configFile = Path.of("none.toml");

        assertThat(host.failure()).contains("none.toml: there is no such file");
    }

    @Test
    void load_otherExtension_isRefused() throws Exception {
        host.configFile = Path.of("sierra.ini");
        host.write("sierra.ini", "");

        assertThat(host.failure()).contains("sierra.ini: the name must end in .toml, .json, .yaml");
    }

    @ParameterizedTest
    @CsvSource({"a.toml, 'x = ['", "a.json, '{\"dir\":'", "a.yaml, 'a: [b'"})
    void load_brokenFile_namesFileAndLine(String name, String text) throws Exception {
        host.configFile = Path.of(name);
        host.write(name, text);

        assertThat(host.failure()).contains(name + ", line 1");
    }

    @ParameterizedTest
    @CsvSource({"a.json, '{\"dir\":1,\"dir\":2}'", "a.yaml, 'dir: 1\ndir: 2'"})
    void load_keyTwice_isRefused(String name, String text) throws Exception {
        host.configFile = Path.of(name);
        host.write(name, text);

        assertThat(host.failure()).contains("uplicate");
    }
}
