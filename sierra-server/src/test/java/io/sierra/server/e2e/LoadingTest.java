package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.cluster.LocalNode;
import io.sierra.cluster.NodeOptions;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.SierraServer;
import io.sierra.server.testing.Gate;
import io.sierra.server.testing.HeldDevice;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import io.sierra.server.testing.TestServer;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** What clients see while the indexes of bucket 1 are rebuilt; bucket 0 has all. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
final class LoadingTest {
    private static final String LOADING =
            "-TRYAGAIN partitions of bucket 1 are loading: missing indexes are being rebuilt,"
                    + " \\d{1,2} % done; nothing was done, try again\r\n";
    private static final StoreOptions STORE =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES)
                    .withMaxRebuildBytesAtOpen(0);
    private static final String SERVED = streamIn(0);
    private static final String LOADED = streamIn(1);

    private final Gate gate = new Gate();
    @TempDir Path directory;
    private LocalNode node;
    private SierraServer server;
    private int events;

    private static String streamIn(int partitionId) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> "s" + n)
                .filter(name ->
                        STORE.partitioning().partitionOf(StreamId.of(name).defaultPartitionKey())
                                == partitionId)
                .findFirst()
                .orElseThrow();
    }

    @BeforeEach
    void startWithoutTheIndexesOfOneBucket() throws IOException {
        start();
        try (RespClient client = connect()) {
            while (node.status().buckets().stream().anyMatch(bucket -> bucket.segments() < 4)) {
                fill(client, SERVED);
                fill(client, LOADED);
                events++;
            }
        }
        stop();
        deleteIndexes(directory.resolve("buckets/00001"));
        gate.close();
    }

    private static void fill(RespClient client, String stream) throws IOException {
        String reply;
        do {
            reply = client.call("EAPPEND", stream, "E", "PAYLOAD", "x".repeat(9_000));
        } while (reply.startsWith("-MAILBOXFULL")); // indexes are being written
        assertThat(reply).startsWith("*12");
    }

    private static void deleteIndexes(Path bucket) throws IOException {
        try (Stream<Path> files = Files.walk(bucket)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("data.evts")) {
                    Files.delete(file);
                }
            }
        }
    }

    private void start() throws IOException {
        node =
                LocalNode.open(
                        NodeOptions.in(directory).withStore(STORE),
                        HeldDevice.open(
                                directory, "buckets/00001/segments/0000000000/index", gate));
        server = SierraServer.start(node, new TestServer.Settings().toOptions());
    }

    @AfterEach
    void stop() {
        gate.open();
        server.close();
        node.close();
    }

    private RespClient connect() throws IOException {
        return new RespClient(server.localAddress());
    }

    @Test
    void othersAreServed_thisBucketIsOnceItHasLoaded() throws IOException {
        start();
        try (RespClient client = connect();
                RespClient subscriber = connect();
                RespClient listener = connect()) {
            assertServerAnswers(client);
            assertServed(client, SERVED, events);
            assertLoading(client);
            String id = subscribe(subscriber);
            listener.send("SUBSCRIBE", "sierra:all");
            assertThat(Reply.read(listener).elements().getFirst().string()).isEqualTo("subscribe");
            assertThat(client.call("PING")).isEqualTo("+PONG\r\n");

            gate.open();

            for (int cursor = 0; cursor < events; cursor++) {
                List<Reply> push = Reply.read(subscriber).elements();
                assertThat(push.get(0).string()).isEqualTo("message");
                assertThat(push.get(1).string()).isEqualTo(id);
                assertThat(push.get(3).get("stream_version").number()).isEqualTo(cursor);
            }
            assertServed(client, LOADED, events);
            assertThat(Reply.read(listener).elements().getLast().string()).contains("after");
            assertThat(client.call("INFO", "persistence"))
                    .contains("\r\nindex_rebuild_state:off\r\n", "\r\nindex_rebuild_buckets:0\r\n")
                    .contains("\r\nbucket_1:state=writable,");
            assertThat(client.call("EGET", "00000000-0000-7000-8000-000000000000"))
                    .isEqualTo("$-1\r\n");
        }
    }

    private static void assertServerAnswers(RespClient client) throws IOException {
        assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
        assertThat(client.call("HELLO")).contains("sierradb");
        assertThat(client.call("INFO", "everything"))
                .contains("\r\nloading:0\r\n")
                .contains("\r\nindex_rebuild_state:running\r\n", "\r\nindex_rebuild_buckets:1\r\n")
                .contains("\r\nindex_rebuild_read_bytes:")
                .doesNotContain("\r\nindex_rebuild_planned_bytes:0\r\n")
                .contains("\r\nbucket_0:state=writable,", "\r\nbucket_1:state=loading,")
                .containsPattern("\r\npartition_1:events=\\d+,state=loading\r\n")
                .containsPattern("\r\npartition_0:events=\\d+\r\n");
    }

    /** Has so many events, and takes another one. */
    private static void assertServed(RespClient client, String stream, int events)
            throws IOException {
        assertThat(client.call("ESVER", stream)).isEqualTo(":" + (events - 1) + "\r\n");
        assertThat(client.call("EAPPEND", stream, "E", "PAYLOAD", "after")).startsWith("*12");
        assertThat(client.call("ESCAN", stream, String.valueOf(events), "+")).contains("after");
    }

    private static void assertLoading(RespClient client) throws IOException {
        String unknownId = "00000000-0000-7000-8000-000000000000";
        String[][] commands = {
            {"EAPPEND", LOADED, "E"},
            {"EMAPPEND", StreamId.of(LOADED).defaultPartitionKey().toString(), LOADED, "E"},
            {"ESVER", LOADED},
            {"ESCAN", LOADED, "-", "+"},
            {"EPSCAN", "1", "-", "+"},
            {"EPSCAN", "3", "-", "+"},
            {"EPSEQ", "1"},
            {"EGET", unknownId},
            {"EREAD", "BLOCK", "0", "STREAMS", LOADED, "0"},
            {"EPREAD", "BLOCK", "0", "PARTITIONS", "0", "1", "$", "$"},
        };
        for (String[] command : commands) {
            assertThat(client.call(command)).as(String.join(" ", command)).matches(LOADING);
        }
    }

    private static String subscribe(RespClient client) throws IOException {
        client.call("HELLO", "3");
        client.send("ESUB", LOADED, "FROM", "0", "WINDOW", "100000");
        String id = Reply.read(client).string();
        assertThat(Reply.read(client).elements().getFirst().string()).isEqualTo("subscribe");
        return id;
    }

    @Test
    void damageThatLoadingFinds_isToldToWhomeverWaits() throws IOException {
        flip(directory.resolve("buckets/00001/segments/0000000001/data.evts"), 5_000);
        start();
        try (RespClient client = connect();
                RespClient subscriber = connect()) {
            subscribe(subscriber);
            assertThat(client.call("ESCAN", LOADED, "-", "+")).matches(LOADING);

            gate.open();

            List<Reply> push = Reply.read(subscriber).elements();
            assertThat(push.get(0).string()).isEqualTo("error");
            assertThat(push.get(2).string())
                    .startsWith("CLUSTERDOWN partition 1 is out of service")
                    .contains("0000000001/data.evts");
            assertThat(client.call("ESCAN", LOADED, "-", "+")).startsWith("-CLUSTERDOWN");
            assertThat(client.call("EAPPEND", LOADED, "E")).startsWith("-CLUSTERDOWN");
            assertThat(client.call("ESVER", SERVED)).isEqualTo(":" + (events - 1) + "\r\n");
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int value = bytes.read();
            bytes.seek(offset);
            bytes.write(value ^ 1);
        }
    }

    @Test
    void stop_whileItIsLoading_losesNothing() throws Exception {
        start();
        while (gate.waiting() == 0) {
            Thread.onSpinWait();
        }
        try (RespClient client = connect()) {
            assertServed(client, SERVED, events);
        }
        Thread stopping = Thread.ofPlatform().start(this::stopHeld);
        gate.open();
        stopping.join();

        start();
        try (RespClient subscriber = connect();
                RespClient client = connect()) {
            subscribe(subscriber);
            assertThat(Reply.read(subscriber).elements().getFirst().string()).isEqualTo("message");
            assertServed(client, LOADED, events);
            assertThat(client.call("ESVER", SERVED)).isEqualTo(":" + events + "\r\n");
        }
    }

    private void stopHeld() {
        server.close();
        node.close();
    }
}
