package io.sierra.cluster;

import io.sierra.cluster.agent.BucketAgent;
import io.sierra.cluster.membership.Placement;
import io.sierra.cluster.partition.PartitionProtocol;
import io.sierra.cluster.subscription.Subscriptions;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.EventStore;
import io.sierra.storage.bucket.BucketStatus;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.read.EventReader;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that is alone: it leads every partition, and its own disk is the quorum. */
public final class LocalNode implements Node {
    private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

    /** Exit code after a bug on a thread that owns state: nobody knows what that state is now. */
    private static final int EXIT_BUG = 70;

    private final NodeOptions options;
    private final EventStore store;
    private final long recoveryMillis;
    private final Subscriptions subscriptions;
    private final List<BucketAgent> agentsByBucket = new ArrayList<>();
    private final List<BucketAgent> agents = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Scrubber scrubber;

    private LocalNode(NodeOptions options, EventStore store, long recoveryMillis) {
        this.options = options;
        this.store = store;
        this.recoveryMillis = recoveryMillis;
        this.subscriptions =
                new Subscriptions(
                        store.partitioning(),
                        store.reader(),
                        this::outOfService,
                        options.subscriptionThreads());
        startAgents();
    }

    /**
     * Opens the store and starts its writers.
     *
     * @throws IOException if the store cannot be opened; the message says why
     */
    public static LocalNode open(NodeOptions options) throws IOException {
        long start = System.nanoTime();
        EventStore store = EventStore.open(options.directory(), options.store());
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new LocalNode(options, store, millis);
    }

    /** Begins to look for rot in the background, if the options say so. To be called once. */
    public void startScrub(ScrubOptions scrub) {
        if (scrub.bytesPerSecond() > 0) {
            scrubber =
                    new Scrubber(
                            options.directory(),
                            store,
                            scrub,
                            id -> subscriptions.onBatch(partitioning().bucketOf(id)));
        }
    }

    @Override
    public ScrubStatus scrubStatus() {
        Scrubber running = scrubber;
        return running == null ? ScrubStatus.OFF : running.status();
    }

    private void startAgents() {
        Placement placement = Placement.alone();
        List<PartitionProtocol> protocols = new ArrayList<>();
        for (int id = 0; id < partitioning().partitionCount(); id++) {
            int replicas = placement.replicasOf(id).size();
            protocols.add(
                    new PartitionProtocol(EventStore.ALONE_TERM, replicas, placement.quorum()));
        }
        for (int i = 0; i < options.writerThreads(); i++) {
            agents.add(newAgent(i, protocols));
        }
        for (int bucketId = 0; bucketId < partitioning().bucketCount(); bucketId++) {
            agentsByBucket.add(agents.get(bucketId % agents.size()));
        }
        for (int i = 0; i < agents.size(); i++) {
            threads.add(
                    Thread.ofPlatform()
                            .name("sierra-bucket-" + i)
                            .uncaughtExceptionHandler(LocalNode::onBug)
                            .start(agents.get(i)));
        }
    }

    private BucketAgent newAgent(int number, List<PartitionProtocol> protocols) {
        List<BucketStore> buckets = new ArrayList<>();
        for (int id = number; id < partitioning().bucketCount(); id += options.writerThreads()) {
            buckets.add(store.bucket(id));
        }
        return new BucketAgent(
                partitioning(),
                buckets,
                protocols,
                options.syncPolicy(),
                options.syncInterval().toNanos(),
                InstantSource.system(),
                subscriptions::onBatch);
    }

    private static void onBug(Thread thread, Throwable bug) {
        LOG.error("{} met an error that must not happen; the process ends", thread.getName(), bug);
        Runtime.getRuntime().halt(EXIT_BUG);
    }

    @Override
    public Partitioning partitioning() {
        return store.partitioning();
    }

    @Override
    public @Nullable Failure offer(AppendRequest request) {
        int partitionId = partitioning().partitionOf(request.command().partitionKey());
        return agentsByBucket.get(partitioning().bucketOf(partitionId)).offer(request);
    }

    @Override
    public @Nullable Failure failureOf(int partitionId) {
        if (!partitioning().hasPartition(partitionId)) {
            return new Failure.NoSuchPartition(partitionId, partitioning().partitionCount());
        }
        String damage = store.bucket(partitioning().bucketOf(partitionId)).damageOf(partitionId);
        return damage == null ? null : new Failure.PartitionFailed(partitionId, damage);
    }

    @Override
    public EventReader reader() {
        return store.reader();
    }

    @Override
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /** A bucket that takes no more writes can still be read, but there is nothing to wait for. */
    private @Nullable Failure outOfService(int partitionId) {
        Failure failure = failureOf(partitionId);
        if (failure != null) {
            return failure;
        }
        String reason = store.bucket(partitioning().bucketOf(partitionId)).failure();
        return reason == null ? null : new Failure.PartitionFailed(partitionId, reason);
    }

    @Override
    public NodeStatus status() {
        List<NodeStatus.BucketStatus> buckets = new ArrayList<>();
        for (int id = 0; id < partitioning().bucketCount(); id++) {
            buckets.add(statusOf(id));
        }
        List<Long> watermarks = new ArrayList<>();
        for (int id = 0; id < partitioning().partitionCount(); id++) {
            watermarks.add(reader().watermark(id));
        }
        return new NodeStatus(
                store.directory(),
                options.syncPolicy().name().toLowerCase(Locale.ROOT),
                recoveryMillis,
                buckets,
                watermarks,
                mappings());
    }

    private NodeStatus.Mappings mappings() {
        MappingCache.Counters counters = store.mappings();
        return new NodeStatus.Mappings(
                counters.mappings(),
                options.store().maxMappings(),
                counters.mappedBytes(),
                counters.evictions());
    }

    private NodeStatus.BucketStatus statusOf(int bucketId) {
        BucketStatus status = store.bucket(bucketId).status();
        List<String> findings = store.recoveryFindings(bucketId);
        String failure = status.failure();
        String readOnly = status.readOnly();
        String state = failure != null ? "failed" : readOnly != null ? "read-only" : "writable";
        return new NodeStatus.BucketStatus(
                bucketId,
                state,
                failure != null ? failure : readOnly != null ? readOnly : "",
                findings.isEmpty() ? "clean" : String.join("; ", findings),
                status.segments(),
                status.openSegmentBytes(),
                status.syncs(),
                status.writtenBytes(),
                agentsByBucket.get(bucketId).queued());
    }

    @Override
    public void close() {
        agents.forEach(BucketAgent::close);
        try {
            Scrubber running = scrubber;
            if (running != null) {
                running.stop();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            subscriptions.close();
            store.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("closing the store failed; the next start recovers it", e);
        }
    }
}
