package io.sierra.cluster;

import io.sierra.cluster.agent.BucketAgent;
import io.sierra.cluster.membership.Placement;
import io.sierra.cluster.partition.PartitionProtocol;
import io.sierra.cluster.subscription.Subscriptions;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.EventStore;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.bucket.BucketStatus;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.index.IndexStatus;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FileDevice;
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
    private final List<Bucket> buckets;
    private final long recoveryMillis;
    private final Subscriptions subscriptions;
    private final List<BucketAgent> agentsByBucket = new ArrayList<>();
    private final List<BucketAgent> agents = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Scrubber scrubber;

    private LocalNode(NodeOptions options, EventStore store, long recoveryMillis) {
        this.options = options;
        this.store = store;
        this.buckets = store.buckets();
        this.recoveryMillis = recoveryMillis;
        this.subscriptions =
                new Subscriptions(
                        store.partitioning(),
                        store.reader(),
                        this::outOfService,
                        options.subscriptionThreads());
        startAgents();
        for (Bucket bucket : buckets) {
            bucket.onChange(() -> subscriptions.onLoaded(bucket.bucketId()));
        }
    }

    /**
     * Opens the store and starts its writers.
     *
     * @throws IOException if the store cannot be opened; the message says why
     */
    public static LocalNode open(NodeOptions options) throws IOException {
        return open(options, FileDevice.open(options.directory()));
    }

    /** Opens the store on a device, which is closed with it, and starts its writers. */
    public static LocalNode open(NodeOptions options, Device device) throws IOException {
        long start = System.nanoTime();
        EventStore store = EventStore.open(device, options.store());
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
        List<Bucket> owned = new ArrayList<>();
        for (int id = number; id < partitioning().bucketCount(); id += options.writerThreads()) {
            owned.add(buckets.get(id));
        }
        return new BucketAgent(
                partitioning(),
                owned,
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
        int bucketId = partitioning().bucketOf(partitionId);
        return switch (buckets.get(bucketId).state()) {
            case Bucket.Open _ -> agentsByBucket.get(bucketId).offer(request);
            case Bucket.Loading loading -> loading.failureOf(partitionId);
            case Bucket.Failed failed -> failed.failureOf(partitionId);
        };
    }

    @Override
    public @Nullable Failure failureOf(int partitionId) {
        if (!partitioning().hasPartition(partitionId)) {
            return new Failure.NoSuchPartition(partitionId, partitioning().partitionCount());
        }
        return store.failureOf(partitionId);
    }

    @Override
    public EventReader reader() {
        return store.reader();
    }

    @Override
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    /**
     * Why a partition gets no more events, or none yet. A bucket that takes no more writes can
     * still be read, but there is nothing to wait for.
     */
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
        List<NodeStatus.BucketStatus> statuses = new ArrayList<>();
        for (int id = 0; id < partitioning().bucketCount(); id++) {
            statuses.add(statusOf(id));
        }
        List<Long> watermarks = new ArrayList<>();
        for (int id = 0; id < partitioning().partitionCount(); id++) {
            watermarks.add(reader().watermark(id));
        }
        return new NodeStatus(
                store.directory(),
                options.syncPolicy().name().toLowerCase(Locale.ROOT),
                recoveryMillis,
                statuses,
                watermarks,
                mappings(),
                rebuild(),
                indexes());
    }

    private NodeStatus.Indexes indexes() {
        int pendingSeals = 0;
        int files = 0;
        long rebuilds = 0;
        String lastError = "";
        for (Bucket bucket : buckets) {
            if (bucket.state() instanceof Bucket.Open(BucketStore open)) {
                IndexStatus index = open.status().index();
                pendingSeals += index.pendingSeals();
                files += index.segmentTables() + index.runs();
                rebuilds += index.rebuilds();
                if (lastError.isEmpty() && index.lastError() != null) {
                    lastError = "bucket " + bucket.bucketId() + ": " + index.lastError();
                }
            }
        }
        return new NodeStatus.Indexes(pendingSeals, files, rebuilds, lastError);
    }

    /** Of all buckets that were loading when the store was opened. */
    private NodeStatus.IndexRebuild rebuild() {
        int loading = 0;
        int failed = 0;
        long readBytes = 0;
        long plannedBytes = 0;
        for (Bucket bucket : buckets) {
            switch (bucket.state()) {
                case Bucket.Loading _ -> loading++;
                case Bucket.Failed _ -> failed++;
                case Bucket.Open _ -> {}
            }
            readBytes += bucket.progress().readBytes();
            plannedBytes += bucket.progress().plannedBytes();
        }
        String state = failed > 0 ? "failed" : loading > 0 ? "running" : "off";
        return new NodeStatus.IndexRebuild(state, loading + failed, readBytes, plannedBytes);
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
        return switch (buckets.get(bucketId).state()) {
            case Bucket.Open(BucketStore bucket) -> statusOf(bucket.status());
            case Bucket.Loading loading ->
                    notOpen(
                            bucketId,
                            "loading",
                            "missing indexes are being rebuilt, " + loading.percent() + " % done");
            case Bucket.Failed(String reason) -> notOpen(bucketId, "failed", reason);
        };
    }

    private NodeStatus.BucketStatus notOpen(int bucketId, String state, String reason) {
        int segments = buckets.get(bucketId).recoveredSegments();
        return new NodeStatus.BucketStatus(
                bucketId, state, reason, recoveryOf(bucketId), segments, 0, 0, 0, 0);
    }

    private String recoveryOf(int bucketId) {
        List<String> findings = store.recoveryFindings(bucketId);
        return findings.isEmpty() ? "clean" : String.join("; ", findings);
    }

    private NodeStatus.BucketStatus statusOf(BucketStatus status) {
        String failure = status.failure();
        String readOnly = status.readOnly();
        String state = failure != null ? "failed" : readOnly != null ? "read-only" : "writable";
        return new NodeStatus.BucketStatus(
                status.bucketId(),
                state,
                failure != null ? failure : readOnly != null ? readOnly : "",
                recoveryOf(status.bucketId()),
                status.segments(),
                status.openSegmentBytes(),
                status.syncs(),
                status.writtenBytes(),
                agentsByBucket.get(status.bucketId()).queued());
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
