package io.sierra.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Subscribers that do not read cost their positions, and nobody else anything. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class SubscriptionBoundsTest {
    private static final int EVENTS = 300_000;
    private static final int TRANSACTION = 100;
    private static final int PIPELINE = 20;

    /** One event of this many is of a rare kind. */
    private static final int RARITY = 100;

    private static final int DEAF = 10;
    private static final long MEBIBYTE = 1 << 20;

    /** Each deaf connection may have 256 KiB and a piece of each thread on its way. */
    private static final long DIRECT_LIMIT_BYTES = 16 * MEBIBYTE;

    private static final long HEAP_LIMIT_BYTES = 24 * MEBIBYTE;
    private static final String KEY = "550e8400-e29b-41d4-a716-446655440000";

    @Test
    void thoseWhoNeverReadOfALargeBacklog_costNothingThatGrows() throws IOException {
        List<RespClient> deaf = new ArrayList<>();
        try (RealServer server = new RealServer();
                RespClient appender = server.connect();
                RespClient reader = server.connect()) {
            fill(appender);
            reader.call("HELLO", "3");
            long directBefore = usedDirect();
            long heapBefore = usedHeap();
            for (int i = 0; i < DEAF; i++) {
                RespClient client = new RespClient(server.address(), 4096);
                deaf.add(client);
                client.call("HELLO", "3");
                client.send("EPSUB", "*", "FROM", "0", "WINDOW", "1000000000");
            }

            assertThat(readRare(reader)).isEqualTo(EVENTS / RARITY);
            followLive(appender, reader);
            assertThat(usedDirect() - directBefore).isLessThan(DIRECT_LIMIT_BYTES);
            assertThat(usedHeap() - heapBefore).isLessThan(HEAP_LIMIT_BYTES);

            assertThat(readRare(reader)).as("again").isEqualTo(EVENTS / RARITY);
            assertThat(usedDirect() - directBefore).isLessThan(DIRECT_LIMIT_BYTES);
            assertThat(usedHeap() - heapBefore).isLessThan(HEAP_LIMIT_BYTES);
            // Nobody was thrown out for it.
            assertThat(server.node().subscriptions().count()).isEqualTo(DEAF);
            assertThat(deaf.getFirst().readFrame()).startsWith("+");
            assertThat(deaf.getFirst().readFrame()).startsWith(">3\r\n+subscribe");
            for (int i = 0; i < 10_000; i++) {
                assertThat(deaf.getFirst().readFrame()).contains("\r\n:" + i + "\r\n%11");
            }
        } finally {
            for (RespClient client : deaf) {
                client.close();
            }
        }
    }

    private static void fill(RespClient client) throws IOException {
        List<String> words = new ArrayList<>(List.of("EMAPPEND", KEY));
        for (int i = 0; i < TRANSACTION; i++) {
            String name = i % RARITY == 0 ? "Rare" : "Common";
            words.addAll(List.of("s-" + i % 7, name, "PAYLOAD", "x".repeat(80)));
        }
        String requests = RespClient.request(words.toArray(String[]::new)).repeat(PIPELINE);
        for (int sent = 0; sent < EVENTS; sent += TRANSACTION * PIPELINE) {
            client.sendRaw(requests);
            for (int i = 0; i < PIPELINE; i++) {
                assertThat(client.readFrame()).startsWith("*10");
            }
        }
    }

    /** Follows from the beginning to the end; how many rare events came. */
    private static int readRare(RespClient client) throws IOException {
        String[] words = {
            "EPSUB", "*", "FROM", "0", "WINDOW", "1000000", "WITH", "CAUGHTUP", "NAMES", "1", "Rare"
        };
        String id = client.call(words).substring(1, 37);
        assertThat(client.readFrame()).startsWith(">3\r\n+subscribe");
        int count = 0;
        String frame = client.readFrame();
        while (!frame.startsWith(">3\r\n+caughtup")) {
            count++;
            frame = client.readFrame();
        }
        assertThat(client.call("EUNSUB", id)).isEqualTo("+OK\r\n");
        return count;
    }

    private static void followLive(RespClient appender, RespClient reader) throws IOException {
        String id = reader.call("ESUB", "live").substring(1, 37);
        assertThat(reader.readFrame()).startsWith(">3\r\n+subscribe");
        for (int i = 0; i < 500; i++) {
            assertThat(appender.call("EAPPEND", "live", "E")).startsWith("*12");
            assertThat(reader.readFrame()).contains("\r\n:" + i + "\r\n%11");
        }
        assertThat(reader.call("EUNSUB", id)).isEqualTo("+OK\r\n");
    }

    private static long usedDirect() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
