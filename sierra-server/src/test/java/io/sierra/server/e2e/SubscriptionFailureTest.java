package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sierra.protocol.id.StreamId;
import io.sierra.server.testing.RealServer;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Subscriptions that must end, and say so. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class SubscriptionFailureTest {
    private static final int EVENTS = 400;
    private static final int PARTITIONS = 32;
    private static final int BUCKETS = 4;

    @TempDir Path directory;

    @Test
    void damagedSegment_isToldAfterTheEventsBeforeIt() throws Exception {
        int partitionId = StreamId.of("s").defaultPartitionKey().hash() % PARTITIONS;
        ((Logger) LoggerFactory.getLogger("io.sierra.cluster.subscription.Subscription"))
                .setLevel(Level.OFF);

        try (RealServer server = RealServer.withSmallSegmentsIn(directory);
                RespClient client = server.connect()) {
            client.call("HELLO", "3");
            fill(client);
            damage("buckets/0000%d/segments/0000000001/data.evts".formatted(partitionId % BUCKETS));
            client.send("EPSUB", Integer.toString(partitionId), "FROM", "0", "WINDOW", "10000");
            String id = Reply.read(client).string();
            assertThat(Reply.read(client).elements().getFirst().string()).isEqualTo("subscribe");

            long sequence = 0;
            Reply push = Reply.read(client);
            while (push.elements().getFirst().string().equals("message")) {
                assertThat(push.elements().get(3).get("partition_sequence").number())
                        .isEqualTo(sequence++);
                push = Reply.read(client);
            }
            assertThat(sequence).isBetween(20L, EVENTS - 20L);
            assertThat(push.elements().get(0).string()).isEqualTo("error");
            assertThat(push.elements().get(1).string()).isEqualTo(id);
            assertThat(push.elements().get(2).string())
                    .startsWith("READERR read error: ")
                    .contains("data.evts");

            client.send("EAPPEND", "s", "E", "after");
            assertThat(Reply.read(client).get("stream_version").number()).isEqualTo(EVENTS);
            assertThat(client.call("PING")).as("it is silent").isEqualTo("+PONG\r\n");
            assertThat(client.call("EUNSUB", id)).startsWith("-NOTFOUND");
            client.send("ESUB", "s", "FROM", Integer.toString(EVENTS));
            Reply.read(client);
            assertThat(Reply.read(client).elements().get(2).number()).isEqualTo(1);
            assertThat(Reply.read(client).elements().get(3).get("payload").string())
                    .as("what is whole can be followed")
                    .isEqualTo("after");
        }
    }

    /** Fills the partition of one stream over several segments. */
    private static void fill(RespClient client) throws IOException {
        for (int i = 0; i < EVENTS; i++) {
            client.send("EAPPEND", "s", "E", "PAYLOAD", "x".repeat(1500));
        }
        for (int i = 0; i < EVENTS; i++) {
            assertThat(client.readFrame()).startsWith("%6");
        }
    }

    private void damage(String file) throws IOException {
        try (RandomAccessFile bytes =
                new RandomAccessFile(directory.resolve(file).toFile(), "rw")) {
            long middle = 60_000;
            bytes.seek(middle);
            int before = bytes.read();
            bytes.seek(middle);
            bytes.write(before ^ 1);
        }
    }

    @Test
    void processIsTerminated_everySubscriptionIsTold() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory);
                RespClient client = server.connect()) {
            client.call("HELLO", "3");
            client.send("ESUB", "s");
            String first = Reply.read(client).string();
            Reply.read(client);
            client.send("EPSUB", "*", "WITH", "PUSH", "sierra");
            String second = Reply.read(client).string();
            client.send("EAPPEND", "s", "E");
            Reply.read(client);

            assertThat(server.terminate()).isZero();
            String rest = client.readToEnd();
            assertThat(rest)
                    .contains(">3\r\n+error\r\n+" + first + "\r\n$")
                    .contains(">4\r\n$6\r\nsierra\r\n$36\r\n" + second + "\r\n$5\r\nerror\r\n$");
        }
    }

    /** What is typed, and what a person sees. */
    @Test
    void redisCli_showsTheReplyOfEachExample() throws Exception {
        RedisCli.assumeInstalled();
        List<String> examples =
                List.of(
                        "ESUB user-123",
                        "ESUB user-123 WINDOW 100",
                        "ESUB user-123 FROM 50 WINDOW 100",
                        "ESUB user-123 FROM LATEST",
                        "ESUB user-1 user-2 user-3 FROM MAP user-1=10 user-2=20 user-3=30 WINDOW"
                                + " 50",
                        "EPSUB *",
                        "EPSUB * WINDOW 100",
                        "EPSUB * FROM 1000 WINDOW 100",
                        "EPSUB 5 FROM 100 WINDOW 50",
                        "EPSUB 1,2,3 FROM MAP 1=100 2=200 DEFAULT 0 WINDOW 500");
        try (RealServer server = RealServer.withSmallSegmentsIn(directory)) {
            for (String example : examples) {
                String shown = RedisCli.run(server.address(), List.of("-3"), List.of(example));
                assertThat(shown).as(example).containsPattern("[0-9a-f]{8}(-[0-9a-f]{4}){3}-");
                assertThat(shown).as(example).doesNotContain("(error)");
            }
            try (RespClient client = server.connect()) {
                client.call("HELLO", "3");
                client.send("EPSUB", "*");
                String id = Reply.read(client).string();
                assertThat(
                                RedisCli.run(
                                        server.address(),
                                        List.of("-3"),
                                        List.of("EACK " + id + " 1000")))
                        .isEqualTo("OK\n");
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (server.node().subscriptions().count() > 0) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
        }
    }
}
