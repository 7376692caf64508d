package io.sierra.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sierra.cluster.NodeOptions;
import io.sierra.server.cli.ServerLauncher.RunningServer;
import io.sierra.server.cli.tool.CommandFailedException;
import io.sierra.server.config.Host;
import io.sierra.server.config.Settings;
import io.sierra.server.config.SettingsLoader;
import io.sierra.server.connection.DefaultProtocol;
import io.sierra.server.connection.FrontEndOptions;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import io.sierra.storage.EventStore;
import io.sierra.storage.SyncPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Settings reach the node and its front end, and both start. */
final class NodeLauncherTest {
    @TempDir Path directory;

    private static RespClient clientOf(RunningServer server) throws IOException {
        return new RespClient(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.address().getPort()));
    }

    @Test
    void launch_freePort_answersClientsAndKeepsTheirEvents() throws Exception {
        Settings settings = settings(Map.of());

        try (var server = new NodeLauncher().launch(settings)) {
            try (RespClient client = clientOf(server)) {
                Reply hello = Reply.parse(client.call("HELLO", "3"));
                assertThat(hello.get("num_partitions").number()).isEqualTo(6);
                Reply appended = Reply.parse(client.call("EAPPEND", "s", "N", "PAYLOAD", "{}"));
                assertThat(appended.map()).isNotEmpty();
            }
        }
        try (var server = new NodeLauncher().launch(settings)) {
            try (RespClient client = clientOf(server)) {
                assertThat(client.call("ESVER", "s")).isEqualTo(":0\r\n");
            }
        }
    }

    private void assertAddressInUse(String address, Path store) throws Exception {
        Settings settings =
                settings(
                        Map.of(
                                "SIERRA_NETWORK_CLIENT_ADDRESS",
                                address,
                                "SIERRA_DIR",
                                store.toString()));
        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> new NodeLauncher().launch(settings))
                .withMessage("cannot listen on %s: the address is already in use", address);
    }

    @Test
    void launch_portInUse_saysSoAndMakesNoStore() throws Exception {
        try (var server = new NodeLauncher().launch(settings(Map.of()))) {
            String address = "127.0.0.1:" + server.address().getPort();
            Path other = directory.resolve("other");
            for (int attempt = 0; attempt < 2; attempt++) {
                assertAddressInUse(address, other);
                assertThat(other).doesNotExist();
            }
        }
    }

    @Test
    void launch_portInUse_letsGoOfAnExistingStore() throws Exception {
        Path other = directory.resolve("other");
        Map<String, String> existing = Map.of("SIERRA_DIR", other.toString());
        new NodeLauncher().launch(settings(existing)).close();
        try (var server = new NodeLauncher().launch(settings(Map.of()))) {
            String address = "127.0.0.1:" + server.address().getPort();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertAddressInUse(address, other);
            }
        }
    }

    @Test
    void launch_addressOfAnotherMachine_makesNoStore() throws Exception {
        Path other = directory.resolve("other");
        Settings elsewhere =
                settings(
                        Map.of(
                                "SIERRA_NETWORK_CLIENT_ADDRESS",
                                "192.0.2.1:9090", // RFC 5737: nobody's
                                "SIERRA_DIR",
                                other.toString()));

        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> new NodeLauncher().launch(elsewhere))
                .withMessageStartingWith("cannot listen on 192.0.2.1:9090: ");
        assertThat(other).doesNotExist();
    }

    @Test
    void launch_directoryInUse_saysSo() throws Exception {
        try (var _ = new NodeLauncher().launch(settings(Map.of()))) {
            assertThatExceptionOfType(CommandFailedException.class)
                    .isThrownBy(() -> new NodeLauncher().launch(settings(Map.of())))
                    .withMessageStartingWith("cannot open the data in " + directory);
        }
    }

    @Test
    void launch_directoryThatCannotBe_saysWhy() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> launchIn(file))
                .withMessage("cannot open the data in %s: %s is not a directory", file, file);
        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> launchIn(file.resolve("x")))
                .withMessageStartingWith("cannot open the data in " + file + "/x: ")
                .withMessageEndingWith("is not a directory");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void launch_directoryInASystemOfOtherFiles_saysWhy() {
        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> launchIn(Path.of("/proc/x")))
                .withMessage(
                        "cannot open the data in /proc/x: /proc/x is not there and cannot be"
                                + " created");
    }

    @Test
    void reasonOf_noPermission_saysSo() {
        assertThat(Failures.reasonOf(new AccessDeniedException("/srv/data")))
                .isEqualTo("no permission for /srv/data");
    }

    private void launchIn(Path path) throws Exception {
        new NodeLauncher().launch(settings(Map.of("SIERRA_DIR", path.toString())));
    }

    @Test
    void settings_reachTheNodeAndTheFrontEnd() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("SIERRA_SEGMENT_SIZE_BYTES", "1MB");
        environment.put("SIERRA_CACHE_CAPACITY_BYTES", "2MB");
        environment.put("SIERRA_CACHE_MAPPED_FILES", "100");
        environment.put("SIERRA_SYNC_POLICY", "interval");
        environment.put("SIERRA_SYNC_INTERVAL_MS", "9");
        environment.put("SIERRA_THREADS_WRITE", "1");
        environment.put("SIERRA_THREADS_READ", "5");
        environment.put("SIERRA_THREADS_EVENT_LOOPS", "7");
        environment.put("SIERRA_NETWORK_DEFAULT_PROTOCOL", "3");
        environment.put("SIERRA_APPEND_STRICT_VERSIONING", "true");
        environment.put("SIERRA_LIMITS_MAX_BULK_BYTES", "11KB");
        environment.put("SIERRA_LIMITS_MAX_REQUEST_BYTES", "12KB");
        environment.put("SIERRA_LIMITS_MAX_ARRAY_LENGTH", "130");
        environment.put("SIERRA_LIMITS_MAX_NESTING", "14");
        environment.put("SIERRA_LIMITS_MAX_INLINE_BYTES", "150");
        environment.put("SIERRA_LIMITS_MAX_CONNECTIONS", "16");
        environment.put("SIERRA_LIMITS_COMMANDS_IN_FLIGHT", "17");
        environment.put("SIERRA_LIMITS_BYTES_IN_FLIGHT", "180KB");
        environment.put("SIERRA_LIMITS_OUTPUT_BUFFER_BYTES", "190KB");
        environment.put("SIERRA_LIMITS_MEMORY_BYTES", "21MB");
        environment.put("SIERRA_LIMITS_PAGE_BYTES", "20KB");
        environment.put("SIERRA_LIMITS_MAX_BLOCK_MS", "23");
        Settings settings = settings(environment);

        NodeOptions node = NodeLauncher.nodeOptions(settings, 2);
        assertThat(node.directory()).isEqualTo(directory);
        assertThat(node.store().partitioning().partitionCount()).isEqualTo(6);
        assertThat(node.store().partitioning().bucketCount()).isEqualTo(2);
        assertThat(node.store().segmentSizeBytes()).isEqualTo(1 << 20);
        assertThat(node.store().cacheBytes()).isEqualTo(2 << 20);
        assertThat(node.store().maxMappings()).isEqualTo(100);
        assertThat(node.syncPolicy()).isEqualTo(SyncPolicy.INTERVAL);
        assertThat(node.syncInterval()).isEqualTo(Duration.ofMillis(9));
        assertThat(node.writerThreads()).isEqualTo(1);

        FrontEndOptions frontEnd = NodeLauncher.frontEndOptions(settings);
        assertThat(frontEnd.eventLoops()).isEqualTo(7);
        assertThat(frontEnd.readerThreads()).isEqualTo(5);
        assertThat(frontEnd.defaultProtocol()).isEqualTo(DefaultProtocol.RESP3);
        assertThat(frontEnd.strictVersioning()).isTrue();
        assertThat(frontEnd.respLimits().maxBulkBytes()).isEqualTo(11 << 10);
        assertThat(frontEnd.respLimits().maxRequestBytes()).isEqualTo(12 << 10);
        assertThat(frontEnd.respLimits().maxArrayLength()).isEqualTo(130);
        assertThat(frontEnd.respLimits().maxNestingDepth()).isEqualTo(14);
        assertThat(frontEnd.respLimits().maxInlineBytes()).isEqualTo(150);
        assertThat(frontEnd.maxConnections()).isEqualTo(16);
        assertThat(frontEnd.maxInFlight()).isEqualTo(17);
        assertThat(frontEnd.maxInFlightBytes()).isEqualTo(180 << 10);
        assertThat(frontEnd.outputHighBytes()).isEqualTo(190 << 10);
        assertThat(frontEnd.memoryBytes()).isEqualTo(21 << 20);
        assertThat(frontEnd.pageBytes()).isEqualTo(20 << 10);
        assertThat(frontEnd.maxBlockMillis()).isEqualTo(23);
    }

    @Test
    void automaticBuckets_areOneForEachWriterOfANewStoreAndThoseOfAnExistingOne() throws Exception {
        Map<String, String> automatic = Map.of("SIERRA_BUCKET_COUNT", "auto");
        for (Map<String, String> created : List.of(automatic, Map.of("SIERRA_BUCKET_COUNT", "3"))) {
            int buckets = created.equals(automatic) ? 1 : 3;
            Settings first = settings(created);
            try (ServerLauncher.RunningServer _ = new NodeLauncher().launch(first)) {
                assertThat(EventStore.bucketCount(directory)).hasValue(buckets);
            }
            Settings later =
                    settings(Map.of("SIERRA_BUCKET_COUNT", "auto", "SIERRA_THREADS_WRITE", "2"));
            assertThat(later.bucket().count()).isEqualTo(2);
            try (ServerLauncher.RunningServer _ = new NodeLauncher().launch(later)) {
                assertThat(EventStore.bucketCount(directory)).hasValue(buckets);
            }
            deleteDirectory();
        }
    }

    @Test
    void automaticBuckets_ofAStoreWithOtherPartitions_areRefusedForThePartitions()
            throws Exception {
        new NodeLauncher().launch(settings(Map.of("SIERRA_BUCKET_COUNT", "4"))).close();
        Settings fewer =
                settings(Map.of("SIERRA_BUCKET_COUNT", "auto", "SIERRA_PARTITION_COUNT", "2"));
        assertThatExceptionOfType(CommandFailedException.class)
                .isThrownBy(() -> new NodeLauncher().launch(fewer))
                .withMessageContaining("partition.count = 6");
    }

    private void deleteDirectory() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Settings settings(Map<String, String> changes) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("SIERRA_DIR", directory.toString());
        environment.put("SIERRA_NETWORK_CLIENT_ADDRESS", "127.0.0.1:0");
        environment.put("SIERRA_PARTITION_COUNT", "6");
        environment.put("SIERRA_BUCKET_COUNT", "2");
        environment.put("SIERRA_SEGMENT_SIZE_BYTES", "128KB");
        environment.putAll(changes);
        Host host = new Host(environment, directory, directory, "Linux", 2);
        return SettingsLoader.load(host, null, Map.of()).settings();
    }
}
