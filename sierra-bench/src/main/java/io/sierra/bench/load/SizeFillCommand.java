package io.sierra.bench.load;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.EventStore;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.index.IndexStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fills a store without a server, each event in a transaction of its own, until it is large. */
@Command(
        name = "size-fill",
        description = "Fills a directory with a population of events; prints how many.")
final class SizeFillCommand implements Callable<Integer> {
    private static final int BATCH_EVENTS = 10_000;
    private static final byte[] NAME = "OrderPlaced".getBytes(StandardCharsets.UTF_8);
    private static final long POLL_NANOS = 1_000_000;

    @Option(names = "--dir", required = true)
    Path directory = Path.of("");

    @Option(names = "--events", defaultValue = "9223372036854775807")
    long events;

    @Option(
            names = "--segments",
            defaultValue = "2147483647",
            description = "Ends when the first bucket has so many sealed ones.")
    int segments;

    @Option(names = "--segment-bytes", defaultValue = "268435456")
    long segmentBytes;

    @Option(names = "--buckets", defaultValue = "1")
    int buckets;

    @Option(names = "--payload-bytes", defaultValue = "100")
    int payloadBytes;

    @Override
    public Integer call() throws IOException {
        Partitioning partitioning = new Partitioning(32, buckets);
        StoreOptions options =
                StoreOptions.defaults()
                        .withPartitioning(partitioning.partitionCount(), buckets)
                        .withSegmentSizeBytes(segmentBytes);
        byte[] payload = new byte[payloadBytes];
        long event = 0;
        try (EventStore store = EventStore.open(directory, options)) {
            while (event < events && store.bucket(0).status().segments() <= segments) {
                long end = Math.min(events, event + BATCH_EVENTS);
                for (; event < end; event++) {
                    append(store, event, payload);
                }
                endBatch(store);
            }
            awaitIndexes(store);
        }
        System.out.println(event);
        return 0;
    }

    private void append(EventStore store, long event, byte[] payload) {
        StreamId stream = StreamId.of(Population.streamName(Population.streamOf(event)));
        NewEvent appended =
                new NewEvent(
                        stream,
                        NAME,
                        Population.eventId(event),
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        payload,
                        new byte[0]);
        var key = stream.defaultPartitionKey();
        Partitioning partitioning = store.partitioning();
        BucketStore bucket = store.bucket(partitioning.bucketOf(partitioning.partitionOf(key)));
        while (bucket.stage(key, List.of(appended), EventStore.ALONE_TERM, 0)
                instanceof AppendResult.Refused(Failure failure)) {
            if (!(failure instanceof Failure.MailboxFull)) {
                throw new IllegalStateException(failure.toString());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void endBatch(EventStore store) throws IOException {
        for (int id = 0; id < buckets; id++) {
            BucketStore bucket = store.bucket(id);
            bucket.write();
            bucket.drainStaged(bucket::confirm);
            bucket.endBatch();
        }
    }

    private void awaitIndexes(EventStore store) {
        for (int id = 0; id < buckets; id++) {
            while (isIndexing(store.bucket(id).status().index())) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static boolean isIndexing(IndexStatus status) {
        return status.pendingSeals() > 0 || status.segmentTables() >= IndexOptions.DEFAULT_FAN_OUT;
    }
}
