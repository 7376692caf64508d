package io.sierra.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.server.e2e.Ledger.Sent;
import io.sierra.server.testing.Reply;
import io.sierra.server.testing.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process is killed in the middle of pipelined appends, again and again. */
class CrashTest {
    private static final int ROUNDS = 3;
    private static final int CLIENTS = 5;
    private static final int PIPELINE = 100;

    @TempDir Path directory;

    static LongStream seeds() {
        String seed = System.getProperty("sierra.seed");
        return LongStream.of(seed == null ? System.nanoTime() : Long.parseLong(seed));
    }

    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void whatWasAcknowledgedIsThereOnceAndTheRestCanBeRetried(long seed) throws Exception {
        Random random = new Random(seed);
        List<Ledger> ledgers = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            ledgers.add(new Ledger(client, random.nextLong()));
        }
        for (int round = 0; round < ROUNDS; round++) {
            appendUntilKilled(ledgers, 200 + random.nextInt(600));
            try (ServerProcess server = ServerProcess.start(directory)) {
                for (Ledger ledger : ledgers) {
                    checkAndRetry(server, ledger);
                }
                server.kill();
            }
        }
        assertThat(ledgers).allSatisfy(l -> assertThat(l.answered()).hasSizeGreaterThan(PIPELINE));
    }

    private void appendUntilKilled(List<Ledger> ledgers, int afterAnswers) throws Exception {
        try (ServerProcess server = ServerProcess.start(directory)) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> problems = new ArrayList<>();
            Gauge gauge = new Gauge();
            for (Ledger ledger : ledgers) {
                threads.add(
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((_, e) -> problems.add(e))
                                .start(() -> append(server, ledger, gauge)));
            }
            gauge.await(afterAnswers);
            server.kill();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(problems).isEmpty();
        }
    }

    /** Ends when the server does. */
    private static void append(ServerProcess server, Ledger ledger, Gauge gauge) {
        try (RespClient client = server.connect()) {
            while (true) {
                StringBuilder requests = new StringBuilder();
                for (int i = 0; i < PIPELINE; i++) {
                    requests.append(RespClient.request(ledger.next().words()));
                }
                client.sendRaw(requests.toString());
                for (int i = 0; i < PIPELINE; i++) {
                    ledger.onReply(Reply.read(client));
                    gauge.increment();
                }
            }
        } catch (IOException _) {
            // What was sent and not answered is in the ledger.
        }
    }

    private static void checkAndRetry(ServerProcess server, Ledger ledger) throws IOException {
        try (RespClient client = server.connect()) {
            Map<String, String> before = streamsById(client, ledger);
            for (Sent sent : ledger.answered()) {
                assertThat(before).containsAllEntriesOf(sent.events());
            }
            for (Sent sent : ledger.unanswered()) {
                Set<String> stored = new HashSet<>(sent.events().keySet());
                stored.retainAll(before.keySet());
                assertThat(stored.size()).as("all or none").isIn(0, sent.events().size());
            }
            StringBuilder retries = new StringBuilder();
            ledger.unanswered().forEach(s -> retries.append(RespClient.request(s.words())));
            client.sendRaw(retries.toString());
            for (Sent _ : ledger.unanswered()) {
                ledger.onReply(Reply.read(client));
            }
            Map<String, String> expected = new HashMap<>();
            ledger.answered().forEach(s -> expected.putAll(s.events()));
            assertThat(streamsById(client, ledger)).isEqualTo(expected);
            String anyId = expected.keySet().iterator().next();
            client.send("EGET", anyId);
            assertThat(Reply.read(client).get("event_id").string()).isEqualTo(anyId);
        }
    }

    /** All events that the ledger's streams have, of which none may be missing or double. */
    private static Map<String, String> streamsById(RespClient client, Ledger ledger)
            throws IOException {
        Map<String, String> found = new HashMap<>();
        for (String stream : ledger.streams()) {
            long next = 0;
            boolean more = true;
            while (more) {
                client.send(
                        "ESCAN",
                        stream,
                        Long.toString(next),
                        "+",
                        "COUNT",
                        "5000",
                        "PARTITION_KEY",
                        ledger.key());
                Reply page = Reply.read(client);
                for (Reply event : page.events()) {
                    assertThat(event.get("stream_version").number()).isEqualTo(next);
                    next++;
                    assertThat(found.put(event.get("event_id").string(), stream)).isNull();
                }
                more = page.get("has_more").bool();
            }
        }
        return found;
    }

    /** Counts answers. */
    private static final class Gauge {
        private int count;

        synchronized void increment() {
            count++;
            notifyAll();
        }

        synchronized void await(int least) throws InterruptedException {
            while (count < least) {
                wait();
            }
        }
    }
}
