package io.sierra.cluster.agent;

import io.sierra.cluster.AppendRequest;
import io.sierra.cluster.AppendSink;
import io.sierra.cluster.partition.PartitionProtocol;
import io.sierra.protocol.command.Command;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.SyncPolicy;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.concurrent.OwnedBy;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns one or more buckets: takes appends from its mailbox, decides and writes them
 * as one batch, syncs once for the batch, and only then confirms and answers (group commit: while
 * one batch is syncing the next one gathers, so no timer is needed to make batches, and a lone
 * client never waits for one).
 */
@OwnedBy(OwnedBy.Role.BUCKET)
public final class BucketAgent implements Runnable {
    /** Appends that may wait: some tens of milliseconds of work. */
    static final int MAILBOX_CAPACITY = 16_384;

    /** Appends in one batch: bounds the time that the first one waits for the last. */
    static final int DRAIN_LIMIT = 4_096;

    /** Appends that are looked at together before they are decided one by one. */
    private static final int GROUP = 32;

    /** Without work for so long, a bucket notes how far it is durable. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** This node among a partition's replicas; alone it is the only one. */
    private static final int SELF = 0;

    private final Partitioning partitioning;
    private final List<BucketBatch> batches;

    /** The same by bucket id, with null where a bucket belongs to another agent. */
    private final @Nullable BucketBatch[] batchesById;

    private final List<PartitionProtocol> protocols;
    private final SyncPolicy syncPolicy;
    private final long syncIntervalNanos;
    private final InstantSource clock;
    private final IntConsumer onBatch;
    private final Mailbox mailbox = new Mailbox(MAILBOX_CAPACITY);
    private final List<AppendRequest> group = new ArrayList<>(GROUP);
    private final List<AppendSink> sinks = new ArrayList<>();
    private long nowMillis;
    private long lastSyncNanos = System.nanoTime();
    private long lastWorkNanos = lastSyncNanos;
    private boolean durableEndNoted = true;

    /** What of a batch belongs to one bucket: requests, each with its result at the same place. */
    private static final class BucketBatch {
        final Bucket bucket;
        final List<AppendRequest> requests = new ArrayList<>();
        final List<AppendResult> results = new ArrayList<>();

        BucketBatch(Bucket bucket) {
            this.bucket = bucket;
        }

        /** What is written to: nobody offers a request for a bucket that is not open. */
        BucketStore store() {
            return bucket.store();
        }
    }

    /**
     * An agent of these buckets, of which some may still be loading.
     *
     * @param protocols by partition id
     * @param syncIntervalNanos looked at if the policy is {@link SyncPolicy#INTERVAL}
     * @param onBatch told the id of a bucket when a batch of it is visible and answered, and when
     *     it has failed
     */
    public BucketAgent(
            Partitioning partitioning,
            List<Bucket> buckets,
            List<PartitionProtocol> protocols,
            SyncPolicy syncPolicy,
            long syncIntervalNanos,
            InstantSource clock,
            IntConsumer onBatch) {
        this.partitioning = partitioning;
        this.batches = buckets.stream().map(BucketBatch::new).toList();
        this.batchesById = new @Nullable BucketBatch[partitioning.bucketCount()];
        batches.forEach(batch -> batchesById[batch.bucket.bucketId()] = batch);
        this.protocols = protocols;
        this.syncPolicy = syncPolicy;
        this.syncIntervalNanos = syncIntervalNanos;
        this.clock = clock;
        this.onBatch = onBatch;
    }

    /**
     * Hands an append to the agent, for a bucket that is open; null if it was accepted. Any thread.
     */
    public @Nullable Failure offer(AppendRequest request) {
        if (mailbox.isClosed()) {
            return new Failure.ShuttingDown();
        }
        return mailbox.offer(request) ? null : new Failure.MailboxFull(bucketIdOf(request));
    }

    /** Appends that wait. Any thread. */
    public int queued() {
        return mailbox.size();
    }

    /** Ends {@link #run} once everything that was accepted is answered. Any thread. */
    public void close() {
        mailbox.close();
    }

    /** The duty cycle, until {@link #close}. */
    @Override
    public void run() {
        while (true) {
            boolean last = mailbox.isClosed();
            int work = doWork();
            if (work == 0) {
                if (last) {
                    return;
                }
                mailbox.await(idleTimeoutNanos());
            }
        }
    }

    /** One batch, and what is due by time; returns the number of appends. */
    int doWork() {
        nowMillis = clock.millis();
        int work = drainMailbox();
        if (work > 0) {
            for (BucketBatch batch : batches) {
                if (!batch.requests.isEmpty()) {
                    makeDurable(batch.store());
                    confirm(batch.store());
                    answer(batch); // they need not wait for the next bucket's sync
                    onBatch.accept(batch.bucket.bucketId());
                }
            }
        }
        onTime(work > 0);
        return work;
    }

    /** Some requests at a time, whose memory is fetched together. */
    private int drainMailbox() {
        int drained = 0;
        while (mailbox.drain(group::add, Math.min(GROUP, DRAIN_LIMIT - drained)) > 0) {
            if (group.size() > 1) {
                prefetch();
            }
            group.forEach(this::onRequest);
            drained += group.size();
            group.clear();
        }
        return drained;
    }

    private void prefetch() {
        for (int i = 0; i < group.size(); i++) {
            Command.Write command = group.get(i).command();
            int partitionId = partitioning.partitionOf(command.partitionKey());
            batchOf(partitionId).store().expect(command.partitionKey(), command.events());
        }
        for (BucketBatch batch : batches) {
            if (batch.bucket.state() instanceof Bucket.Open(BucketStore store)) {
                store.prefetch();
            }
        }
    }

    private void onRequest(AppendRequest request) {
        Command.Write command = request.command();
        int partitionId = partitioning.partitionOf(command.partitionKey());
        BucketBatch batch = batchOf(partitionId);
        batch.requests.add(request);
        batch.results.add(
                batch.store()
                        .stage(
                                command.partitionKey(),
                                command.events(),
                                protocols.get(partitionId).term(),
                                nowMillis));
    }

    private void makeDurable(BucketStore bucket) {
        try {
            bucket.write();
            if (syncPolicy == SyncPolicy.ALWAYS) {
                bucket.sync();
            }
        } catch (IOException e) {
            // The bucket has noted and logged it: failure() answers for the batch.
            assert bucket.failure() != null : e;
        }
    }

    private void confirm(BucketStore bucket) {
        if (bucket.failure() == null) {
            bucket.drainStaged((partitionId, logIndex) ->
                    bucket.confirm(
                            partitionId, protocols.get(partitionId).onDurable(SELF, logIndex)));
            bucket.endBatch();
        }
    }

    private void answer(BucketBatch batch) {
        BucketStore bucket = batch.store();
        boolean failed = bucket.failure() != null;
        AppendSink last = null;
        for (int i = 0; i < batch.requests.size(); i++) {
            AppendRequest request = batch.requests.get(i);
            AppendSink sink = request.sink();
            sink.completed(request, failed ? bucket.writeFailed() : batch.results.get(i));
            if (sink != last && !sinks.contains(sink)) {
                sinks.add(sink);
            }
            last = sink;
        }
        sinks.forEach(AppendSink::flush);
        sinks.clear();
        batch.requests.clear();
        batch.results.clear();
    }

    private void onTime(boolean worked) {
        long now = System.nanoTime();
        if (worked) {
            lastWorkNanos = now;
            durableEndNoted = false;
        }
        if (syncPolicy == SyncPolicy.INTERVAL && now - lastSyncNanos >= syncIntervalNanos) {
            lastSyncNanos = now;
            forEachBucket(BucketStore::sync);
        }
        if (!durableEndNoted && now - lastWorkNanos >= IDLE_NANOS) {
            durableEndNoted = true;
            forEachBucket(BucketStore::noteDurableEnd);
        }
    }

    private interface BucketTask {
        void run(BucketStore bucket) throws IOException;
    }

    private void forEachBucket(BucketTask task) {
        for (BucketBatch batch : batches) {
            if (batch.bucket.state() instanceof Bucket.Open(BucketStore bucket)
                    && bucket.failure() == null) {
                try {
                    task.run(bucket);
                } catch (IOException e) {
                    assert bucket.failure() != null : e;
                    onBatch.accept(bucket.bucketId());
                }
            }
        }
    }

    private long idleTimeoutNanos() {
        return syncPolicy == SyncPolicy.INTERVAL && !durableEndNoted
                ? Math.min(syncIntervalNanos, IDLE_NANOS)
                : IDLE_NANOS;
    }

    private BucketBatch batchOf(int partitionId) {
        BucketBatch batch = batchesById[partitioning.bucketOf(partitionId)];
        return Objects.requireNonNull(batch, "a request for another agent's bucket");
    }

    private int bucketIdOf(AppendRequest request) {
        return partitioning.bucketOf(partitioning.partitionOf(request.command().partitionKey()));
    }
}
