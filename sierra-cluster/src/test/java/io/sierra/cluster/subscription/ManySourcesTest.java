package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A subscription to many streams leaves the thread to others now and then. */
@Timeout(60)
final class ManySourcesTest {
    private static final int MANY = 10_000;
    private static final String LONE = "lone";

    /** An empty log that notes which streams it is asked for. */
    private static final class EmptyLog implements EventReader {
        final Queue<String> lookUps = new ConcurrentLinkedQueue<>();
        final Queue<String> scans = new ConcurrentLinkedQueue<>();
        final CountDownLatch mayLookUp = new CountDownLatch(1);
        final CountDownLatch allScanned = new CountDownLatch(MANY + 1);

        @Override
        public long watermark(int partitionId) {
            return 0;
        }

        @Override
        public boolean get(EventId id, EventVisitor visitor) {
            return false;
        }

        @Override
        public boolean scanStream(
                StreamId streamId,
                PartitionKey partitionKey,
                long firstVersion,
                long lastVersion,
                long count,
                long watermark,
                EventVisitor visitor) {
            scans.add(streamId.toString());
            allScanned.countDown();
            return false;
        }

        @Override
        public long streamVersion(StreamId streamId, PartitionKey key, long watermark) {
            try {
                mayLookUp.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            lookUps.add(streamId.toString());
            return -1;
        }

        @Override
        public boolean scanPartition(
                int partitionId,
                long firstSequence,
                long lastSequence,
                long count,
                long watermark,
                EventVisitor visitor) {
            return false;
        }
    }

    /** Takes whatever comes. */
    private static final class Nobody implements Subscriber {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean onEvent(long cursor, EventView event) {
            return true;
        }

        @Override
        public void onCaughtUp(Positions positions) {}

        @Override
        public void onHeartbeat(Positions positions) {}

        @Override
        public void onFailure(Failure failure) {}

        @Override
        public void flush() {}
    }

    @Test
    void othersHaveTheirTurn_whileManyStreamsAreLookedUpAndRead() throws Exception {
        EmptyLog log = new EmptyLog();
        try (Subscriptions subscriptions =
                new Subscriptions(new Partitioning(4, 1), log, _ -> null, 1)) {
            start(subscriptions, IntStream.range(0, MANY).mapToObj(i -> "s" + i).toList());
            start(subscriptions, List.of(LONE));
            log.mayLookUp.countDown();
            log.allScanned.await();
        }
        assertThat(log.lookUps).hasSize(MANY + 1);
        assertThat(List.copyOf(log.lookUps).indexOf(LONE)).isLessThan(MANY / 2);
        assertThat(List.copyOf(log.scans).indexOf(LONE)).isLessThan(MANY / 2);
    }

    private static void start(Subscriptions subscriptions, List<String> names) {
        List<StreamStart> streams =
                names.stream()
                        .map(StreamId::of)
                        .map(id ->
                                new StreamStart(id, id.defaultPartitionKey(), new Start.Latest()))
                        .toList();
        subscriptions
                .open(
                        new SubscribeStreams(streams, 100, SubscriptionOptions.NONE),
                        EventFilter.ALL,
                        new Nobody())
                .start();
    }
}
