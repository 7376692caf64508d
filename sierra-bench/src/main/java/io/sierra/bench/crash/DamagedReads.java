package io.sierra.bench.crash;

import io.sierra.bench.crash.Attempt.Outcome;
import io.sierra.bench.crash.Attempt.Position;
import io.sierra.server.cli.transfer.RespValue;
import io.sierra.server.cli.transfer.RespValue.Dictionary;
import io.sierra.server.cli.transfer.RespValue.Failed;
import java.io.IOException;

/** Reads of a store that has lost frames and does not know yet which. */
final class DamagedReads {
    private static final int PIPELINE = 32;

    private final int buckets;
    private int answered;
    private int refused;
    private String refusal = "";

    private DamagedReads(int buckets) {
        this.buckets = buckets;
    }

    /**
     * Asks for every stored event: each is given as it was, or the error says that it cannot be
     * read. In the other buckets all are given. Returns what came of it, for people.
     */
    static String require(StoreUnderTest store, int partitions, int buckets) throws IOException {
        DamagedReads reads = new DamagedReads(buckets);
        try (Connection server = new Connection(store.server().port())) {
            reads.getAll(store, server);
            for (int partition = 0; partition < partitions; partition++) {
                reads.scan(server, partition);
            }
        }
        Violation.unless(reads.answered > 0, "nothing can be read");
        Violation.unless(reads.refused > 0, "nothing says that there is damage");
        return "%d events are given, %d reads are refused: %s"
                .formatted(reads.answered, reads.refused, reads.refusal);
    }

    private void getAll(StoreUnderTest store, Connection server) throws IOException {
        int unanswered = 0;
        for (Attempt attempt : store.ledger().with(Outcome.STORED)) {
            for (int i = 0; i < attempt.events().size(); i++) {
                Position position = attempt.positions().get(i);
                server.send(reply -> judge(reply, position), "EGET", attempt.events().get(i).id());
                if (++unanswered % PIPELINE == 0) {
                    server.awaitReplies();
                }
            }
        }
        server.awaitReplies();
    }

    private void judge(RespValue reply, Position position) throws IOException {
        if (reply instanceof Dictionary) {
            answered++;
            Violation.unless(
                    StoredEvent.of(reply).position().equals(position),
                    "%s is given for what was at %s",
                    reply,
                    position);
        } else {
            judgeRefusal(reply, position.partitionId());
        }
    }

    private void judgeRefusal(RespValue reply, int partitionId) {
        Violation.unless(
                reply instanceof Failed failed
                        && (failed.code().equals("READERR") || failed.code().equals("CLUSTERDOWN")),
                "an event of partition %d is lost in silence: %s",
                partitionId,
                reply);
        Violation.unless(
                partitionId % buckets == 0, "partition %d is not damaged: %s", partitionId, reply);
        refused++;
        refusal = ((Failed) reply).message();
    }

    private void scan(Connection server, int partition) throws IOException {
        RespValue reply = server.call("EPSCAN", partition, "-", "+", "COUNT", 1_000_000);
        if (!(reply instanceof Dictionary)) {
            judgeRefusal(reply, partition);
        }
    }
}
