package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.cluster.AppendRequest;
import io.sierra.cluster.AppendSink;
import io.sierra.cluster.LocalNode;
import io.sierra.cluster.NodeOptions;
import io.sierra.protocol.command.Command;
import io.sierra.protocol.command.Command.PartitionSelector;
import io.sierra.protocol.command.Command.PartitionStart;
import io.sierra.protocol.command.Command.Poll;
import io.sierra.protocol.command.Command.ReadPartitions;
import io.sierra.protocol.command.Command.ReadStreams;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.StoreOptions;
import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Polls over a real log; when they are told of it is up to the test. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
final class LongPollTest {
    /** Where user-123 is. */
    private static final int PARTITION = 21;

    private static final int BUCKET = 1;
    private static final long COUNT = 100;

    @TempDir Path directory;

    private LocalNode node;
    private Subscriptions subscriptions;
    private final AtomicReference<@Nullable Failure> outOfService = new AtomicReference<>();
    private volatile Runnable whenServiceIsAskedFor = () -> {};
    private final Found found = new Found();

    @BeforeEach
    void open() throws Exception {
        node =
                LocalNode.open(
                        NodeOptions.in(directory)
                                .withStore(StoreOptions.defaults().withSegmentSizeBytes(1 << 20)));
        subscriptions =
                new Subscriptions(node.partitioning(), node.reader(), _ -> serviceProblem(), 2);
    }

    private @Nullable Failure serviceProblem() {
        whenServiceIsAskedFor.run();
        return outOfService.get();
    }

    @AfterEach
    void close() {
        subscriptions.close();
        node.close();
    }

    @Test
    void whatIsThereIsGivenAtOnceInTheOrderAsked() throws Exception {
        append("user-123");
        append("user-123");
        append("other");

        start(streams(COUNT, 0, at("other", 0), at("nothing", 0), at("user-123", 1)));

        assertThat(found.next()).isEqualTo("0:other@0 2:user-123@1 end");
        assertEnded();
    }

    @Test
    void nothing_withoutWaiting_endsWithNothing() throws Exception {
        start(streams(COUNT, Poll.NO_WAIT, at("user-123", 0), latest("other")));

        assertThat(found.next()).isEqualTo("end");
        assertEnded();
    }

    @Test
    void count_holdsForEachStream() throws Exception {
        for (int i = 0; i < 3; i++) {
            append("user-123");
            append("other");
        }

        start(streams(2, 0, at("user-123", 0), at("other", 2)));

        assertThat(found.next()).isEqualTo("0:user-123@0 0:user-123@1 1:other@2 end");
    }

    @Test
    void listenerThatHasEnough_endsThePoll() throws Exception {
        append("user-123");
        append("user-123");
        append("other");
        found.room = 1;

        start(streams(COUNT, 0, at("user-123", 0), at("other", 0)));

        assertThat(found.next()).isEqualTo("0:user-123@0 end");
    }

    @Test
    void waiting_isWokenByTheFirstEvent_andWatchesNoMore() throws Exception {
        start(streams(COUNT, 0, at("user-123", 0), latest("other")));
        await(() -> subscriptions.waitingPolls() == 1);
        await(() -> subscriptions.isWatched(PARTITION)); // a moment later

        append("user-123");
        subscriptions.onBatch(BUCKET);

        assertThat(found.next()).isEqualTo("0:user-123@0 end");
        assertEnded();
    }

    @Test
    void waitingForALaterVersion_isNotEndedByEarlierOnes() throws Exception {
        start(streams(COUNT, 0, at("user-123", 2)));
        await(() -> subscriptions.waitingPolls() == 1);

        for (int i = 0; i < 2; i++) {
            append("user-123");
            subscriptions.onBatch(BUCKET);
            assertThat(found.nothingWithin(50)).isTrue();
        }
        append("user-123");
        subscriptions.onBatch(BUCKET);

        assertThat(found.next()).isEqualTo("0:user-123@2 end");
    }

    @Test
    void partitionNamedTwice_isGivenTwice() throws Exception {
        ReadPartitions read =
                new ReadPartitions(
                        List.of(
                                partition(new Start.At(1)),
                                partition(new Start.Latest()),
                                partition(new Start.At(0))),
                        COUNT,
                        0);
        append("user-123");
        start(read);

        assertThat(found.next()).isEqualTo("2:user-123@0 end");

        start(new ReadPartitions(read.partitions().subList(0, 2), COUNT, 0));
        await(() -> subscriptions.waitingPolls() == 1);
        append("user-123");
        subscriptions.onBatch(BUCKET);

        // The two are told one after the other, in any order, and the poll may look in between.
        assertThat(found.next())
                .isIn("0:user-123@1 end", "1:user-123@1 end", "0:user-123@1 1:user-123@1 end");
    }

    @Test
    void latest_isFixedWhenThePollIsMade() throws Exception {
        append("user-123");
        LongPoll poll = subscriptions.open(streams(COUNT, 0, latest("user-123")), found);
        append("user-123");
        poll.start();

        assertThat(found.next()).isEqualTo("0:user-123@1 end");
    }

    @Test
    void moreStreamsThanOneSlice_areAllLookedAtAndWaitedFor() throws Exception {
        StreamStart[] starts =
                IntStream.range(0, 1000)
                        .mapToObj(i -> at(i == 999 ? "user-123" : "none-" + i, 0))
                        .toArray(StreamStart[]::new);
        start(streams(COUNT, 0, starts));
        await(() -> subscriptions.isWatched(PARTITION) && subscriptions.waitingPolls() == 1);

        append("user-123");
        subscriptions.onBatch(BUCKET);

        assertThat(found.next()).isEqualTo("999:user-123@0 end");
        assertEnded();
    }

    @Test
    void endWait_endsWithNothing() throws Exception {
        LongPoll poll = start(streams(COUNT, 0, at("user-123", 0)));
        await(() -> subscriptions.waitingPolls() == 1);

        poll.endWait();

        assertThat(found.next()).isEqualTo("end");
        assertEnded();
    }

    @Test
    void cancel_endsWithoutAnAnswer() throws Exception {
        LongPoll poll = start(streams(COUNT, 0, at("user-123", 0)));
        await(() -> subscriptions.waitingPolls() == 1);

        assertThat(poll.cancel()).isTrue();

        assertThat(found.next()).isEqualTo("cancelled");
        assertEnded();
        append("user-123");
        subscriptions.onBatch(BUCKET);
        assertThat(found.nothingWithin(50)).isTrue();
        assertThat(poll.cancel()).isFalse();
    }

    @Test
    void outOfServiceWhileWaiting_fails() throws Exception {
        start(streams(COUNT, 0, at("user-123", 0)));
        await(() -> subscriptions.waitingPolls() == 1);

        outOfService.set(new Failure.PartitionFailed(PARTITION, "worn out"));
        subscriptions.onBatch(BUCKET);

        assertThat(found.next()).contains("worn out");
        assertEnded();
    }

    /** The files of a bucket that takes no more writes can still be read. */
    @Test
    void outOfServiceBefore_givesWhatIsThere_andFailsInsteadOfWaiting() throws Exception {
        append("user-123");
        outOfService.set(new Failure.PartitionFailed(PARTITION, "worn out"));

        start(streams(COUNT, 0, at("user-123", 0)));
        assertThat(found.next()).isEqualTo("0:user-123@0 end");

        start(streams(COUNT, 0, at("user-123", 1)));
        assertThat(found.next()).contains("worn out");
        assertEnded();
    }

    @Test
    void impossiblePartition_isAProblem() {
        ReadPartitions read =
                new ReadPartitions(
                        List.of(
                                new PartitionStart(
                                        new PartitionSelector.ById(32), new Start.Latest())),
                        COUNT,
                        0);
        assertThat(subscriptions.problemWith(read)).isEqualTo(new Failure.NoSuchPartition(32, 32));
    }

    @Test
    void eventBetweenTheFirstLookAndTheWatch_isFound() throws Exception {
        appendWhenServiceIsAskedForThe(/* time= */ 1);

        start(streams(COUNT, 0, at("user-123", 0)));

        assertThat(found.next()).isEqualTo("0:user-123@0 end");
    }

    @Test
    void eventBetweenTheLastLookAndTheRest_isFound() throws Exception {
        appendWhenServiceIsAskedForThe(/* time= */ 2);

        start(streams(COUNT, 0, at("user-123", 0)));

        assertThat(found.next()).isEqualTo("0:user-123@0 end");
    }

    /** A poll asks for that between its looks. */
    private void appendWhenServiceIsAskedForThe(int time) {
        AtomicInteger asked = new AtomicInteger();
        whenServiceIsAskedFor =
                () -> {
                    if (asked.incrementAndGet() == time) {
                        append("user-123");
                        subscriptions.onBatch(BUCKET);
                    }
                };
    }

    /** One event for each poll, at a moment of its own; no later one would make up for it. */
    @Test
    void noWakeUpIsLost() throws Exception {
        int events = 1500;
        Semaphore wanted = new Semaphore(0);
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; i < events; i++) {
                                wanted.acquireUninterruptibly();
                                append("user-123");
                            }
                        });
        for (int version = 0; version < events; version++) {
            boolean byStream = version % 2 == 0;
            Start from = new Start.At(version);
            Poll poll =
                    byStream
                            ? streams(1, 0, new StreamStart(id("user-123"), key("user-123"), from))
                            : new ReadPartitions(List.of(partition(from)), 1, 0);
            wanted.release();
            LockSupport.parkNanos(version % 100 * 10_000L);
            node.subscriptions().open(poll, found).start();
            assertThat(found.next()).isEqualTo("0:user-123@" + version + " end");
        }
        writer.join();
        await(() -> node.subscriptions().sourceCount() == 0);
        assertThat(node.subscriptions().waitingPolls()).isZero();
        assertThat(node.subscriptions().isWatched(PARTITION)).isFalse();
    }

    private LongPoll start(Poll command) {
        assertThat(subscriptions.problemWith(command)).isNull();
        LongPoll poll = subscriptions.open(command, found);
        poll.start();
        return poll;
    }

    private void assertEnded() throws InterruptedException {
        await(() -> subscriptions.sourceCount() == 0);
        assertThat(subscriptions.waitingPolls()).isZero();
        for (int id = 0; id < node.partitioning().partitionCount(); id++) {
            assertThat(subscriptions.isWatched(id)).isFalse();
        }
    }

    private void append(String stream) {
        Appended sink = new Appended();
        NewEvent event =
                new NewEvent(
                        id(stream),
                        "E".getBytes(StandardCharsets.UTF_8),
                        null,
                        new ExpectedVersion.Any(),
                        NewEvent.NOW,
                        new byte[1],
                        new byte[0]);
        Command.Append command = new Command.Append(key(stream), event);
        assertThat(node.offer(new AppendRequest(command, sink) {})).isNull();
        sink.await();
    }

    private static StreamId id(String stream) {
        return StreamId.of(stream);
    }

    private static PartitionKey key(String stream) {
        return id(stream).defaultPartitionKey();
    }

    private static ReadStreams streams(long count, long blockMillis, StreamStart... streams) {
        return new ReadStreams(List.of(streams), count, blockMillis);
    }

    private static StreamStart at(String stream, long version) {
        return new StreamStart(id(stream), key(stream), new Start.At(version));
    }

    private static StreamStart latest(String stream) {
        return new StreamStart(id(stream), key(stream), new Start.Latest());
    }

    private static PartitionStart partition(Start start) {
        return new PartitionStart(new PartitionSelector.ById(PARTITION), start);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(1);
        }
    }

    /** Collects what a poll finds as one line. */
    private static final class Found implements PollListener {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<String> events = new ArrayList<>();
        volatile int room = Integer.MAX_VALUE;

        @Override
        public boolean onEvent(int index, EventView event) {
            if (events.size() == room) {
                return false;
            }
            ByteBuffer stream = ByteBuffer.allocate(event.streamIdLengthBytes());
            event.copyStreamId(stream);
            String name = new String(stream.array(), StandardCharsets.UTF_8);
            events.add(index + ":" + name + "@" + event.streamVersion() + " ");
            return true;
        }

        @Override
        public void onEnd() {
            tell("end");
        }

        @Override
        public void onFailure(Failure failure) {
            tell(failure.toString());
        }

        @Override
        public void onCancelled() {
            tell("cancelled");
        }

        private void tell(String end) {
            String line = String.join("", events) + end;
            events.clear();
            lines.add(line);
        }

        String next() throws InterruptedException {
            return String.valueOf(lines.poll(20, TimeUnit.SECONDS));
        }

        boolean nothingWithin(long millis) throws InterruptedException {
            return lines.poll(millis, TimeUnit.MILLISECONDS) == null;
        }
    }

    /** Waits for one append. */
    private static final class Appended implements AppendSink {
        private final BlockingQueue<AppendResult> results = new LinkedBlockingQueue<>();

        @Override
        public void completed(AppendRequest request, AppendResult result) {
            results.add(result);
        }

        @Override
        public void flush() {}

        void await() {
            try {
                assertThat(results.poll(20, TimeUnit.SECONDS))
                        .isInstanceOf(AppendResult.Appended.class);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
