package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One subscription, step by step: its threads run when the test says so. */
final class SubscriptionTest {
    private static final StreamId A = StreamId.of("a");
    private static final Start LATEST = new Start.Latest();

    private final FakeLog log = new FakeLog(3);
    private final Partitioning partitioning = new Partitioning(3, 1);
    private final SteppingExecutor executor = new SteppingExecutor();
    private final Tails tails = new Tails(partitioning, log, _ -> null, executor);
    private final Recorder recorder = new Recorder();
    private final FakeOwner owner = new FakeOwner();
    private final int partitionOfA = partitioning.partitionOf(A.defaultPartitionKey());

    private final class FakeOwner implements SubscriptionOwner {
        final List<FutureTask<?>> timers = new ArrayList<>();
        Runnable whileStarting = () -> {};
        boolean loading;
        @Nullable Failure outOfService;
        int ended;

        @Override
        public EventReader reader() {
            return log;
        }

        @Override
        public Tails tails() {
            return tails;
        }

        @Override
        public @Nullable Failure outOfService(int partitionId) {
            Runnable first = whileStarting;
            whileStarting = () -> {};
            first.run();
            return outOfService;
        }

        @Override
        public boolean isLoading(int partitionId) {
            return loading;
        }

        @Override
        public void onEnded(Subscription subscription) {
            ended++;
        }

        @Override
        public void onEnded(LongPoll poll) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onWaiting(LongPoll poll, boolean waits) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<?> signalAfter(long nanos, Runnable task) {
            FutureTask<?> timer = new FutureTask<>(task, null);
            timers.add(timer);
            return timer;
        }
    }

    /** Notes what it is sent, as text. */
    private static final class Recorder implements Subscriber {
        final List<String> taken = new ArrayList<>();
        final List<String> sent = new ArrayList<>();
        boolean ready = true;
        @Nullable Error problem;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean onEvent(long cursor, EventView event) {
            if (problem != null) {
                throw problem;
            }
            taken.add(cursor + ":" + event.partitionId() + "/" + event.partitionSequence());
            return true;
        }

        @Override
        public void onCaughtUp(Positions positions) {
            taken.add("caughtup" + text(positions));
        }

        @Override
        public void onHeartbeat(Positions positions) {
            taken.add("heartbeat" + text(positions));
        }

        @Override
        public void onFailure(Failure failure) {
            taken.add(failure.toString());
        }

        @Override
        public void flush() {
            sent.addAll(taken);
            taken.clear();
        }

        static String text(Positions positions) {
            StringBuilder text = new StringBuilder();
            positions.forEachPartition((id, next) -> text.append(' ').append(id + "=" + next));
            positions.forEachStream(
                    (id, next) -> text.append(' ').append(StreamId.ofUtf8(id) + "=" + next));
            return text.toString();
        }

        List<String> take() {
            List<String> all = List.copyOf(sent);
            sent.clear();
            return all;
        }
    }

    private Subscription open(long window, Source... sources) {
        return open(new SubscriptionSettings(EventFilter.ALL, window, true, 0), sources);
    }

    private Subscription open(SubscriptionSettings settings, Source... sources) {
        return new Subscription(
                UUID.randomUUID(), List.of(sources), settings, recorder, owner, executor);
    }

    private PartitionSource partition(int partitionId, long from) {
        return Source.ofPartition(partitionId, new Start.At(from), log);
    }

    private StreamSource stream(Start start) {
        return StreamSource.of(
                new StreamStart(A, A.defaultPartitionKey(), start), partitioning, log);
    }

    private void append(int partitionId, StreamId streamId) {
        log.append(partitionId, streamId);
        tails.onBatch(0);
    }

    /** What the tests provoke is not to be told to who reads the output. */
    @BeforeAll
    static void silence() {
        ((Logger) LoggerFactory.getLogger(Subscription.class)).setLevel(Level.OFF);
    }

    @Test
    void start_historyThenLive_isDeliveredOnceAndInOrder() {
        append(0, A);
        append(0, A);
        Subscription subscription = open(100, partition(0, 1));
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/1", "caughtup 0=2");
        append(0, A);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("1:0/2", "caughtup 0=3");
        executor.runAll();
        assertThat(recorder.take()).isEmpty();
    }

    @Test
    void start_whileThreadsRunAtOnce_caughtUpIsToldAfterAllSources() {
        for (int id = 0; id < 3; id++) {
            append(id, StreamId.of("s" + id));
        }
        Subscription subscription =
                new Subscription(
                        UUID.randomUUID(),
                        List.of(partition(0, 0), partition(1, 0), partition(2, 0)),
                        new SubscriptionSettings(EventFilter.ALL, 100, true, 0),
                        recorder,
                        owner,
                        Runnable::run);
        owner.whileStarting = subscription::resume;
        subscription.start();
        assertThat(recorder.take())
                .containsExactly("0:0/0", "1:1/0", "2:2/0", "caughtup 0=1 1=1 2=1");
    }

    @Test
    void start_whileAPartitionIsLoading_readsNothingUntilItIsNot() {
        append(0, A);
        owner.loading = true;
        Subscription subscription = open(100, partition(0, 0), stream(LATEST));
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).isEmpty();
        assertThat(executor.waiting()).as("nobody goes round in circles").isZero();

        owner.loading = false;
        subscription.resume();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/0", "caughtup 0=1 a=1");
    }

    @Test
    void partitionIsFoundDamagedWhileItIsLoading_isToldAndNothingElse() {
        append(0, A);
        owner.loading = true;
        Subscription subscription = open(100, partition(0, 0));
        subscription.start();
        executor.runAll();
        owner.outOfService = new Failure.PartitionFailed(0, "of the test");
        owner.loading = false;
        subscription.resume();
        executor.runAll();
        assertThat(recorder.take()).containsExactly(owner.outOfService.toString());
    }

    @Test
    void start_endedMeanwhile_watchesNothingAndSaysNothing() {
        append(0, A);
        Subscription subscription = open(100, partition(0, 0));
        subscription.end();
        subscription.start();
        executor.runAll();
        append(0, A);
        assertThat(executor.waiting()).as("nobody watches").isZero();
        assertThat(recorder.take()).isEmpty();
        assertThat(owner.ended).isEqualTo(1);
    }

    @Test
    void window_closed_waitsForTheAcknowledgementAndCaughtUpIsStillTold() {
        append(0, A);
        append(0, A);
        Subscription subscription = open(1, partition(0, 0));
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/0");
        subscription.acknowledge(0);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("1:0/1", "caughtup 0=2");
    }

    @Test
    void subscriber_notReady_getsNothingUntilItResumes() {
        recorder.ready = false;
        append(0, A);
        Subscription subscription = open(100, partition(0, 0));
        subscription.start();
        executor.runAll();
        append(0, A);
        executor.runAll();
        assertThat(recorder.take()).isEmpty();
        recorder.ready = true;
        subscription.resume();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/0", "1:0/1", "caughtup 0=2");
    }

    @Test
    void streamLatest_appendsBeforeTheFirstRead_startsAtAcceptance() {
        append(partitionOfA, A);
        append(partitionOfA, A);
        Subscription subscription = open(100, stream(LATEST));
        append(partitionOfA, A);
        append(partitionOfA, A);
        subscription.start();
        executor.runAll();
        assertThat(recorder.take())
                .containsExactly(
                        "0:" + partitionOfA + "/2", "1:" + partitionOfA + "/3", "caughtup a=4");
    }

    @Test
    void streamLatest_emptyStream_startsAtTheFirstEvent() {
        Subscription subscription = open(100, stream(LATEST));
        append(partitionOfA, A);
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:" + partitionOfA + "/0", "caughtup a=1");
    }

    @Test
    void partitionLatest_appendsBeforeTheFirstRead_startsAtAcceptance() {
        append(0, A);
        Subscription subscription = open(100, Source.ofPartition(0, LATEST, log));
        append(0, A);
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/1", "caughtup 0=2");
    }

    @Test
    void arrival_duringTheReadThatDoesNotSeeIt_isReadNext() {
        append(0, A);
        EventFilter appending =
                event -> {
                    if (event.partitionSequence() == 0) {
                        append(0, A);
                        executor.runAll();
                    }
                    return true;
                };
        open(new SubscriptionSettings(appending, 100, false, 0), partition(0, 0)).start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/0", "1:0/1");
    }

    @Test
    void arrival_atTheEndOfTheStream_isDeliveredByWhoeverReadIt() {
        open(100, stream(LATEST)).start();
        executor.runAll();
        recorder.take();
        append(partitionOfA, A);
        executor.runNext();
        assertThat(recorder.take()).containsExactly("0:" + partitionOfA + "/0", "caughtup a=1");
        assertThat(executor.waiting()).as("nobody was woken").isZero();
    }

    @Test
    void arrival_behindUnreadEvents_comesAfterThemAndOnce() {
        append(partitionOfA, A);
        open(100, stream(new Start.At(0))).start();
        append(partitionOfA, A);
        executor.runAll();
        append(partitionOfA, A);
        append(partitionOfA, A);
        executor.runAll();
        assertThat(recorder.take().stream().filter(text -> !text.startsWith("caughtup")))
                .containsExactly(
                        "0:" + partitionOfA + "/0",
                        "1:" + partitionOfA + "/1",
                        "2:" + partitionOfA + "/2",
                        "3:" + partitionOfA + "/3");
    }

    @Test
    void arrival_windowClosed_comesAfterTheAcknowledgement() {
        Subscription subscription = open(1, stream(LATEST));
        subscription.start();
        executor.runAll();
        recorder.take();
        append(partitionOfA, A);
        append(partitionOfA, A);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:" + partitionOfA + "/0", "caughtup a=1");
        subscription.acknowledge(0);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("1:" + partitionOfA + "/1", "caughtup a=2");
    }

    @Test
    void arrival_subscriberNotReady_comesWhenItIs() {
        Subscription subscription = open(100, stream(LATEST));
        subscription.start();
        executor.runAll();
        recorder.take();
        recorder.ready = false;
        append(partitionOfA, A);
        executor.runAll();
        assertThat(recorder.take()).isEmpty();
        recorder.ready = true;
        subscription.resume();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:" + partitionOfA + "/0", "caughtup a=1");
    }

    @Test
    void arrival_subscriberFails_isTold() {
        open(100, stream(LATEST)).start();
        executor.runAll();
        recorder.take();
        recorder.problem = new AssertionError("broken");
        append(partitionOfA, A);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("ReadFailed[reason=broken]");
    }

    @Test
    void arrival_underAnotherPartitionKey_isNotDelivered() {
        StreamId other = StreamId.of("other");
        StreamSource foreign =
                StreamSource.of(
                        new StreamStart(A, other.defaultPartitionKey(), LATEST),
                        new Partitioning(1, 1),
                        log);
        open(100, foreign).start();
        executor.runAll();
        recorder.take();
        append(0, A);
        executor.runNext();
        assertThat(recorder.take()).isEmpty();
    }

    @Test
    void filter_nothingMatches_positionsAreToldAllTheSame() {
        for (int i = 0; i < 5_000; i++) {
            log.append(0, A);
        }
        Subscription subscription =
                open(new SubscriptionSettings(_ -> false, 1, true, 0), partition(0, 0));
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("caughtup 0=5000");
        assertThat(executor.executed()).as("in slices").isGreaterThan(2);
    }

    @Test
    void window_closed_doesNotHoldUpWhatTheFilterLeavesOut() {
        EventFilter everyFourth = event -> event.partitionSequence() % 4 == 0;
        Subscription subscription =
                open(new SubscriptionSettings(everyFourth, 1, true, 0), partition(0, 0));
        for (int i = 0; i < 4; i++) {
            append(0, A);
        }
        subscription.start();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:0/0", "caughtup 0=4");
        append(0, A);
        append(0, A);
        executor.runAll();
        assertThat(recorder.take()).as("4 is wanted, and the window is closed").isEmpty();
        subscription.acknowledge(0);
        executor.runAll();
        assertThat(recorder.take()).containsExactly("1:0/4", "caughtup 0=6");
    }

    @Test
    void read_damaged_isToldAfterWhatStandsBefore() {
        append(0, A);
        append(0, A);
        log.damage(1, new IOException("of the test"));
        open(100, partition(0, 0)).start();
        executor.runAll();
        assertThat(recorder.take())
                .containsExactly("0:0/0", new Failure.ReadFailed("of the test").toString());
        append(0, A);
        assertThat(executor.waiting()).as("it has ended").isZero();
        assertThat(owner.ended).isEqualTo(1);
    }

    @Test
    void bugOnTheThread_isToldTheSubscriber() {
        append(0, A);
        recorder.problem = new AssertionError("of the test");
        open(100, partition(0, 0)).start();
        executor.runAll();
        assertThat(recorder.take())
                .containsExactly(new Failure.ReadFailed("of the test").toString());
        assertThat(owner.ended).isEqualTo(1);
    }

    @Test
    void end_whileSomethingIsTaken_leavesNothingUnsent() {
        append(0, A);
        append(0, A);
        log.damage(1, new IOException("of the test"));
        List<Subscription> self = new ArrayList<>();
        // Ends between the event and the damage, when something has been taken already.
        EventFilter ending =
                _ -> {
                    self.getFirst().end();
                    return true;
                };
        Subscription subscription =
                open(new SubscriptionSettings(ending, 100, true, 0), partition(0, 0));
        self.add(subscription);
        subscription.start();
        executor.runAll();
        assertThat(recorder.taken).as("all was handed over").isEmpty();
    }

    @Test
    void heartbeat_ended_isNotKeptByItsTimer() {
        SubscriptionSettings settings =
                new SubscriptionSettings(EventFilter.ALL, 100, false, 3_600_000);
        Subscription subscription = open(settings, partition(0, 0));
        subscription.start();
        executor.runAll();
        assertThat(owner.timers).hasSize(1);
        subscription.end();
        assertThat(owner.timers.getFirst().isCancelled()).isTrue();
    }

    @Test
    void heartbeat_timerIsOver_tellsPositionsAndIsSetAnew() throws Exception {
        SubscriptionSettings settings = new SubscriptionSettings(EventFilter.ALL, 100, false, 1);
        open(settings, partition(0, 7)).start();
        executor.runAll();
        recorder.take();
        Thread.sleep(2);
        owner.timers.getFirst().run();
        executor.runAll();
        assertThat(recorder.take()).containsExactly("heartbeat 0=7");
        assertThat(owner.timers).hasSize(2);
    }

    @Test
    void positions_sameStreamUnderTwoKeys_areThoseOfTheOneBehind() throws Exception {
        PartitionKey other = PartitionKey.of(UUID.randomUUID());
        StreamSource ahead = stream(new Start.At(9));
        StreamSource behind =
                StreamSource.of(new StreamStart(A, other, new Start.At(4)), partitioning, log);
        SourcePositions positions = new SourcePositions(List.of(ahead, behind));
        assertThat(positions.size()).isEqualTo(1);
        assertThat(Recorder.text(positions)).isEqualTo(" a=4");
    }

    @Test
    void positions_partitions_areInTheOrderOfTheSubscription() {
        SourcePositions positions = new SourcePositions(List.of(partition(2, 5), partition(0, 3)));
        assertThat(positions.size()).isEqualTo(2);
        assertThat(Recorder.text(positions)).isEqualTo(" 2=5 0=3");
    }

    @Test
    void tenThousandStreams_anEventWakesOne() {
        List<Subscription> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            StreamId id = StreamId.of("s" + i);
            StreamStart latest = new StreamStart(id, A.defaultPartitionKey(), LATEST);
            Subscription one = open(100, StreamSource.of(latest, partitioning, log));
            all.add(one);
            one.start();
        }
        executor.runAll();
        assertThat(recorder.take()).hasSize(all.size());
        int before = executor.executed();
        append(partitionOfA, StreamId.of("s77"));
        executor.runAll();
        assertThat(recorder.take()).containsExactly("0:" + partitionOfA + "/0", "caughtup s77=1");
        assertThat(executor.executed() - before).as("the tail and one subscription").isEqualTo(2);
    }
}
