package io.sierra.server.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.cluster.LocalNode;
import io.sierra.cluster.NodeOptions;
import io.sierra.cluster.ScrubOptions;
import io.sierra.server.SierraServer;
import io.sierra.server.testing.TestServer;
import io.sierra.storage.StoreOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;

/** What a client sees of a bit that flips in a sealed segment while the server runs. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
final class RotTest {
    private static final StoreOptions STORE =
            StoreOptions.defaults()
                    .withPartitioning(2, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);

    @TempDir private Path directory;

    private LocalNode node;
    private SierraServer server;
    private Jedis client;

    @BeforeEach
    void start() throws IOException {
        node = LocalNode.open(NodeOptions.in(directory).withStore(STORE));
        server = SierraServer.start(node, new TestServer.Settings().toOptions());
        client = new Jedis("127.0.0.1", server.localAddress().getPort());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        node.close();
    }

    @Test
    void flippedBit_isFoundAndTold() throws IOException {
        while (node.status().buckets().getFirst().segments() < 3) {
            append(client, "healthy");
            append(client, "rotten");
        }
        flip(directory.resolve("buckets/00000/segments/0000000000/data.evts"), 5_000);
        node.startScrub(new ScrubOptions(1L << 30, Duration.ofHours(1)));
        while (node.scrubStatus().passes() == 0) {
            Thread.onSpinWait();
        }

        assertThat(client.info("persistence"))
                .contains("scrub_state:waiting", "scrub_findings:1", "data.evts at offset 176");
        int failed = node.failureOf(0) != null ? 0 : 1;
        assertThat(node.failureOf(failed)).isNotNull();
        assertThat(node.failureOf(1 - failed)).isNull();
        assertThatThrownBy(() -> scan(client, failed))
                .isInstanceOf(JedisDataException.class)
                .hasMessageContaining("data.evts at offset 176");
        assertThat(scan(client, 1 - failed)).isNotNull();
    }

    @Test
    void flippedBitInAnIndex_isFoundByAMergeAndTold() throws IOException {
        while (node.status().buckets().getFirst().segments() < 3) {
            append(client, "healthy");
        }
        while (node.status().indexes().pendingSeals() > 0) {
            Thread.onSpinWait();
        }
        assertThat(client.info("persistence"))
                .contains("index_pending_seals:0", "index_files:2", "index_rebuilds:0");
        flip(directory.resolve("buckets/00000/segments/0000000000/index.eidx"), 70);

        while (node.status().indexes().rebuilds() == 0) {
            append(client, "healthy"); // until there are enough segments for a merge
        }

        assertThat(client.info("persistence")).contains("index_rebuilds:1");
    }

    private static Object scan(Jedis client, int partitionId) {
        return send(client, "EPSCAN", String.valueOf(partitionId), "-", "+");
    }

    private static Object send(Jedis client, String command, String... arguments) {
        return client.sendCommand(() -> command.getBytes(US_ASCII), arguments);
    }

    private static void append(Jedis client, String stream) {
        try {
            send(client, "EAPPEND", stream, "name", "PAYLOAD", "x".repeat(9_000));
        } catch (JedisDataException e) {
            assertThat(e).hasMessageContaining("MAILBOXFULL"); // indexes are being written
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
}
