package io.sierra.server.testing;

import io.sierra.cluster.AppendRequest;
import io.sierra.cluster.AppendSink;
import io.sierra.cluster.Node;
import io.sierra.cluster.NodeStatus;
import io.sierra.cluster.subscription.Subscriptions;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A node in memory: a thread per bucket, batches as they come, visible before acknowledged. Tests
 * hold its appends and reads up and make it refuse or fail.
 */
public final class FakeNode implements Node {
    /** Holds appends up that were accepted. */
    public final Gate appendGate = new Gate();

    /** Holds reads up that have begun. */
    public final Gate readGate = new Gate();

    private final Partitioning partitioning;
    private final List<FakePartition> partitions;
    private final List<BlockingQueue<AppendRequest>> mailboxes;
    private final List<Thread> bucketThreads;
    private final FakeReader reader;
    private final Subscriptions subscriptions;
    private final Map<Integer, Failure> failedPartitions = new ConcurrentHashMap<>();
    private volatile @Nullable Failure refusal;
    private volatile boolean closed;

    /** A node with 32 partitions in 4 buckets. */
    public FakeNode() {
        this(new Partitioning(32, 4));
    }

    /** A node with this many partitions and buckets. */
    public FakeNode(Partitioning partitioning) {
        this.partitioning = partitioning;
        this.partitions =
                IntStream.range(0, partitioning.partitionCount())
                        .mapToObj(FakePartition::new)
                        .toList();
        this.reader = new FakeReader(partitioning, partitions, readGate);
        this.subscriptions = new Subscriptions(partitioning, reader, this::failureOf, 2);
        this.mailboxes = new ArrayList<>();
        for (int bucket = 0; bucket < partitioning.bucketCount(); bucket++) {
            mailboxes.add(new LinkedBlockingQueue<>());
        }
        this.bucketThreads =
                mailboxes.stream()
                        .map(m -> Thread.ofPlatform().daemon().name("bucket").start(() -> serve(m)))
                        .toList();
    }

    /** From now on appends are refused with this; null: accepted. */
    public void refuseAppendsWith(@Nullable Failure failure) {
        refusal = failure;
    }

    /** From now on reads fail with this text; null: they work. */
    public void failReadsWith(@Nullable String problem) {
        reader.failWith(problem);
    }

    /** From now on reads of and subscriptions to this partition fail. */
    public void failPartition(int partitionId) {
        failedPartitions.put(partitionId, new Failure.PartitionFailed(partitionId, "a test"));
        subscriptions.onBatch(partitioning.bucketOf(partitionId));
    }

    @Override
    public Partitioning partitioning() {
        return partitioning;
    }

    @Override
    public @Nullable Failure offer(AppendRequest request) {
        Failure failure = closed ? new Failure.ShuttingDown() : refusal;
        if (failure != null) {
            return failure;
        }
        mailboxes.get(partitioning.bucketOf(partitionOf(request))).add(request);
        return null;
    }

    @Override
    public @Nullable Failure failureOf(int partitionId) {
        return partitioning.hasPartition(partitionId)
                ? failedPartitions.get(partitionId)
                : new Failure.NoSuchPartition(partitionId, partitioning.partitionCount());
    }

    @Override
    public EventReader reader() {
        return reader;
    }

    @Override
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public NodeStatus status() {
        List<NodeStatus.BucketStatus> buckets =
                IntStream.range(0, partitioning.bucketCount())
                        .mapToObj(b ->
                                new NodeStatus.BucketStatus(
                                        b,
                                        "writable",
                                        "",
                                        "clean",
                                        1,
                                        4096,
                                        7,
                                        4096,
                                        mailboxes.get(b).size()))
                        .toList();
        return new NodeStatus(
                "memory",
                "always",
                12,
                buckets,
                partitions.stream().map(FakePartition::watermark).toList(),
                new NodeStatus.Mappings(3, 100, 4096, 0),
                new NodeStatus.IndexRebuild("off", 0, 0, 0),
                new NodeStatus.Indexes(0, 0, 0, ""));
    }

    @Override
    public void close() {
        closed = true;
        appendGate.open();
        readGate.open();
        bucketThreads.forEach(Thread::interrupt);
        subscriptions.close();
    }

    private int partitionOf(AppendRequest request) {
        return partitioning.partitionOf(request.command().partitionKey());
    }

    private void serve(BlockingQueue<AppendRequest> mailbox) {
        List<AppendRequest> batch = new ArrayList<>();
        try {
            while (!closed) {
                batch.add(mailbox.take());
                appendGate.pass();
                mailbox.drainTo(batch);
                complete(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void complete(List<AppendRequest> batch) {
        Set<AppendSink> sinks = new HashSet<>();
        for (AppendRequest request : batch) {
            FakePartition partition = partitions.get(partitionOf(request));
            request.sink().completed(request, partition.append(request.command()));
            sinks.add(request.sink());
        }
        sinks.forEach(AppendSink::flush);
        for (AppendRequest request : batch) {
            subscriptions.onBatch(partitioning.bucketOf(partitionOf(request)));
        }
    }
}
