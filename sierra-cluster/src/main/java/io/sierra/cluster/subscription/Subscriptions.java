package io.sierra.cluster.subscription;

import io.sierra.protocol.command.Command.PartitionSet;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.command.Command.ReadPartitions;
import io.sierra.protocol.command.Command.ReadStreams;
import io.sierra.protocol.command.Command.Subscribe;
import io.sierra.protocol.command.Command.SubscribePartitions;
import io.sierra.protocol.command.Command.SubscribeStreams;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The subscriptions and long polls of a node, and the threads that read for them. */
public final class Subscriptions implements AutoCloseable {
    /**
     * Streams and partitions that all subscriptions and polls together may have; commands that come
     * at the same time may go a little beyond. A subscription to one stream takes about 1.5 KB, so
     * all of them stay well within the heap.
     */
    private static final int MAX_SOURCES = 100_000;

    private final Partitioning partitioning;
    private final EventReader reader;
    private final IntFunction<@Nullable Failure> outOfService;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final Tails tails;
    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sources = new AtomicInteger();
    private final AtomicInteger waitingPolls = new AtomicInteger();
    private final SubscriptionOwner owner = new Owner();

    /**
     * No subscriptions yet.
     *
     * @param outOfService why a partition gets no more events, by its id, of which there may be
     *     none; null if it may get some; {@link Failure.PartitionLoading} if it is not to be read
     *     yet, until {@link #onLoaded}
     * @param threadCount threads that read the log for subscriptions, at least 1
     */
    public Subscriptions(
            Partitioning partitioning,
            EventReader reader,
            IntFunction<@Nullable Failure> outOfService,
            int threadCount) {
        this.partitioning = partitioning;
        this.reader = reader;
        this.outOfService = outOfService;
        this.threads =
                new ThreadPoolExecutor(
                        threadCount,
                        threadCount,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        daemons("sierra-subscription-"));
        this.timer = new ScheduledThreadPoolExecutor(1, daemons("sierra-heartbeat-"));
        this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timer.setRemoveOnCancelPolicy(true);
        this.tails = new Tails(partitioning, reader, owner::outOfService, threads);
    }

    private static ThreadFactory daemons(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }

    /** A batch of this bucket is visible, or the bucket has failed. Cheap; the bucket's thread. */
    public void onBatch(int bucketId) {
        tails.onBatch(bucketId);
    }

    /**
     * This bucket is not loading any more: its partitions may be read, or are out of service.
     * Cheap; any thread.
     */
    public void onLoaded(int bucketId) {
        tails.onBatch(bucketId);
        open.forEach(Subscription::resume);
    }

    /**
     * Why a subscription cannot be made; null if it can. One that has partitions that are loading
     * begins when they are not any more.
     */
    public @Nullable Failure problemWith(Subscribe command) {
        int count = 0;
        for (int partitionId : partitionsOf(command)) {
            Failure failure = owner.outOfService(partitionId);
            if (failure != null) {
                return failure;
            }
            count++;
        }
        return problemWithCount(count);
    }

    /**
     * Why a poll cannot be made; null if it can. What is out of service may still be read; the poll
     * fails when it would have to wait for it.
     */
    public @Nullable Failure problemWith(Poll command) {
        int[] partitionIds = command.partitionsIn(partitioning).toArray();
        for (int partitionId : partitionIds) {
            if (!partitioning.hasPartition(partitionId)) {
                return new Failure.NoSuchPartition(partitionId, partitioning.partitionCount());
            }
        }
        return problemWithCount(partitionIds.length);
    }

    private @Nullable Failure problemWithCount(int count) {
        return sources.get() + count > MAX_SOURCES
                ? new Failure.TooManySubscriptions(MAX_SOURCES)
                : null;
    }

    /**
     * Makes a subscription, which {@link #problemWith} has nothing against. Where LATEST is, is
     * fixed now; nothing is delivered before {@link Subscription#start}.
     */
    public Subscription open(Subscribe command, EventFilter filter, Subscriber subscriber) {
        Subscription subscription =
                new Subscription(
                        UUID.randomUUID(),
                        sourcesOf(command),
                        SubscriptionSettings.of(command, filter),
                        subscriber,
                        owner,
                        threads);
        sources.addAndGet(subscription.sourceCount());
        open.add(subscription);
        return subscription;
    }

    /**
     * Makes a poll, which {@link #problemWith(Poll)} has nothing against. Where LATEST is, is fixed
     * now; nothing is read before {@link LongPoll#start}. When it has waited long enough is for the
     * caller to say.
     */
    public LongPoll open(Poll command, PollListener listener) {
        LongPoll poll =
                new LongPoll(
                        sourcesOf(command),
                        command.count(),
                        command.blockMillis() != Poll.NO_WAIT,
                        listener,
                        owner,
                        threads);
        sources.addAndGet(poll.sourceCount());
        return poll;
    }

    /** How many subscriptions there are. */
    public int count() {
        return open.size();
    }

    /** How many polls wait for events. */
    public int waitingPolls() {
        return waitingPolls.get();
    }

    /** Whether anybody waits for events of this partition or of a stream in it. */
    boolean isWatched(int partitionId) {
        return tails.isWatched(partitionId);
    }

    /** Streams and partitions that all subscriptions and polls have. */
    int sourceCount() {
        return sources.get();
    }

    /** Ends them all, without a word, and the threads. */
    @Override
    public void close() {
        open.forEach(Subscription::end);
        timer.shutdownNow();
        threads.shutdown();
        try {
            // The files are closed next, and a read must not be under way then.
            threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<? extends Source> sourcesOf(Subscribe command) {
        return switch (command) {
            case SubscribeStreams streams ->
                    streams.streams().stream()
                            .map(stream -> StreamSource.of(stream, partitioning, reader))
                            .toList();
            case SubscribePartitions partitions ->
                    IntStream.of(partitionsOf(partitions))
                            .mapToObj(id ->
                                    Source.ofPartition(
                                            id,
                                            partitions
                                                    .starts()
                                                    .getOrDefault(id, partitions.otherwise()),
                                            reader))
                            .toList();
        };
    }

    private List<? extends Source> sourcesOf(Poll command) {
        return switch (command) {
            case ReadStreams read ->
                    read.streams().stream()
                            .map(stream -> StreamSource.of(stream, partitioning, reader))
                            .toList();
            case ReadPartitions read ->
                    read.partitions().stream()
                            .map(start ->
                                    Source.ofPartition(
                                            start.partition().idIn(partitioning),
                                            start.start(),
                                            reader))
                            .toList();
        };
    }

    /** Partitions that a subscription looks into, without repetition; some may not exist. */
    private int[] partitionsOf(Subscribe command) {
        return switch (command) {
            case SubscribeStreams streams ->
                    streams.streams().stream()
                            .mapToInt(stream -> partitioning.partitionOf(stream.partitionKey()))
                            .toArray();
            case SubscribePartitions partitions ->
                    switch (partitions.partitions()) {
                        case PartitionSet.All _ ->
                                IntStream.range(0, partitioning.partitionCount()).toArray();
                        case PartitionSet.Span(int first, int last) ->
                                IntStream.rangeClosed(first, last).toArray();
                        case PartitionSet.Some(var selectors) ->
                                selectors.stream()
                                        .mapToInt(selector -> selector.idIn(partitioning))
                                        .distinct()
                                        .toArray();
                    };
        };
    }

    private final class Owner implements SubscriptionOwner {
        @Override
        public EventReader reader() {
            return reader;
        }

        @Override
        public Tails tails() {
            return tails;
        }

        @Override
        public @Nullable Failure outOfService(int partitionId) {
            Failure failure = outOfService.apply(partitionId);
            return failure instanceof Failure.PartitionLoading ? null : failure;
        }

        @Override
        public boolean isLoading(int partitionId) {
            return outOfService.apply(partitionId) instanceof Failure.PartitionLoading;
        }

        @Override
        public void onEnded(Subscription subscription) {
            open.remove(subscription);
            sources.addAndGet(-subscription.sourceCount());
        }

        @Override
        public void onEnded(LongPoll poll) {
            sources.addAndGet(-poll.sourceCount());
        }

        @Override
        public void onWaiting(LongPoll poll, boolean waits) {
            waitingPolls.addAndGet(waits ? 1 : -1);
        }

        @Override
        public @Nullable Future<?> signalAfter(long nanos, Runnable task) {
            try {
                return timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException _) {
                return null;
            }
        }
    }
}
