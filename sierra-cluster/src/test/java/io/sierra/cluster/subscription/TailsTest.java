package io.sierra.cluster.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who waits for a partition or a stream, and is told. */
final class TailsTest {
    private static final int PARTITION = 0;
    private static final StreamId A = StreamId.of("a");
    private static final StreamId B = StreamId.of("b");

    private final FakeLog log = new FakeLog(2);
    private final SteppingExecutor executor = new SteppingExecutor();
    private final AtomicReference<@Nullable Failure> outOfService = new AtomicReference<>();
    private final Tails tails =
            new Tails(new Partitioning(2, 1), log, _ -> outOfService.get(), executor);

    /** Counts what it is told. */
    private static final class Counting implements Watcher {
        final AtomicInteger arrivals = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        @Override
        public void onArrival() {
            arrivals.incrementAndGet();
        }

        @Override
        public void onFailure(Failure failure) {
            failures.incrementAndGet();
        }
    }

    private static StreamName name(StreamId streamId) {
        return StreamName.of(streamId.utf8());
    }

    private void append(int partitionId, StreamId streamId) {
        log.append(partitionId, streamId);
        tails.onBatch(0);
    }

    /** What the tests provoke is not to be told to who reads the output. */
    @BeforeAll
    static void silence() {
        ((Logger) LoggerFactory.getLogger(PartitionTail.class)).setLevel(Level.OFF);
    }

    @Test
    void onBatch_nobodyWaits_isNoWork() {
        append(PARTITION, A);
        assertThat(executor.waiting()).isZero();
    }

    @Test
    void onBatch_lastWatcherHasGone_isNoWork() {
        Counting partition = new Counting();
        Counting stream = new Counting();
        tails.add(PARTITION, partition);
        tails.add(PARTITION, name(A), stream);
        tails.remove(PARTITION, partition);
        tails.remove(PARTITION, name(A), stream);
        append(PARTITION, A);
        assertThat(executor.waiting()).isZero();
    }

    @Test
    void onBatch_partitionHasEvents_tellsThoseWhoWaitForIt() {
        Counting waiting = new Counting();
        Counting other = new Counting();
        tails.add(PARTITION, waiting);
        tails.add(1, other);
        executor.runAll();
        append(PARTITION, A);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(1);
        assertThat(other.arrivals).hasValue(0);
    }

    @Test
    void onBatch_manyStreamsAreWaitedFor_tellsOneAndOnce() {
        List<Counting> others = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Counting other = new Counting();
            others.add(other);
            tails.add(PARTITION, name(StreamId.of("other-" + i)), other);
        }
        Counting waiting = new Counting();
        tails.add(PARTITION, name(A), waiting);
        append(PARTITION, A);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(1);
        assertThat(others).allSatisfy(other -> assertThat(other.arrivals).hasValue(0));
        assertThat(executor.executed()).isEqualTo(1);
    }

    @Test
    void onBatch_moreThanASlice_isExaminedToTheEnd() {
        Counting first = new Counting();
        Counting last = new Counting();
        tails.add(PARTITION, name(A), first);
        tails.add(PARTITION, name(B), last);
        for (int i = 0; i < 10_000; i++) {
            log.append(PARTITION, A);
        }
        append(PARTITION, B);
        executor.runAll();
        assertThat(first.arrivals).hasValue(10_000);
        assertThat(last.arrivals).hasValue(1);
        assertThat(executor.executed()).as("in slices").isBetween(20, 22);
    }

    @Test
    void add_streamAfterAPause_examinesNothingOlder() {
        Counting before = new Counting();
        tails.add(PARTITION, name(A), before);
        tails.remove(PARTITION, name(A), before);
        append(PARTITION, B);
        Counting waiting = new Counting();
        tails.add(PARTITION, name(B), waiting);
        tails.onBatch(0);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(0);
        append(PARTITION, B);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(1);
    }

    @Test
    void work_outOfService_tellsEveryone() {
        Counting partition = new Counting();
        Counting stream = new Counting();
        tails.add(PARTITION, partition);
        tails.add(PARTITION, name(A), stream);
        outOfService.set(new Failure.PartitionFailed(PARTITION, "of the test"));
        tails.onBatch(0);
        executor.runAll();
        assertThat(partition.failures).hasValue(1);
        assertThat(stream.failures).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void examine_damage_wakesEveryoneAndGoesOnBehindIt(boolean error) {
        Counting waiting = new Counting();
        Counting other = new Counting();
        tails.add(PARTITION, name(A), waiting);
        tails.add(PARTITION, name(B), other);
        log.damage(0, error ? new AssertionError("of the test") : new IOException("of the test"));
        append(PARTITION, A);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(1);
        assertThat(other.arrivals).hasValue(1);

        log.damage(Long.MAX_VALUE, new IOException("never"));
        append(PARTITION, B);
        executor.runAll();
        assertThat(waiting.arrivals).hasValue(1);
        assertThat(other.arrivals).hasValue(2);
    }

    static LongStream seeds() {
        return TestSeeds.of(8);
    }

    /**
     * While one thread appends and tells, another begins and ends to wait at any moment: whoever
     * has looked at the log after it began, and is not told, must have seen everything.
     */
    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void add_atAnyMoment_missesNothing(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom ofAppender = random.split();
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Tails live = new Tails(new Partitioning(2, 1), log, _ -> null, threads);
            Thread appender =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 3_000; i++) {
                                    log.append(PARTITION, ofAppender.nextInt(3) > 0 ? A : B);
                                    live.onBatch(0);
                                    pause(ofAppender);
                                }
                            });
            int rounds = 0;
            while (appender.isAlive()) {
                followForAWhile(live, random);
                rounds++;
            }
            appender.join();
            assertThat(rounds).isPositive();
        }
    }

    private void followForAWhile(Tails live, SplittableRandom random) {
        StreamId stream = random.nextBoolean() ? A : B;
        boolean wholePartition = random.nextInt(4) == 0;
        Counting told = new Counting();
        if (wholePartition) {
            live.add(PARTITION, told);
        } else {
            live.add(PARTITION, name(stream), told);
        }
        long seen = end(stream, wholePartition);
        for (int i = random.nextInt(4); i > 0; i--) {
            pause(random);
            int before = told.arrivals.get();
            long now = end(stream, wholePartition);
            // What is there now and was not at the last look has been told of, or will be.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (now > seen && before == 0 && told.arrivals.get() == 0) {
                assertThat(System.nanoTime())
                        .as("told of %s beyond %d, up to %d", stream, seen, now)
                        .isLessThan(deadline);
                Thread.onSpinWait();
            }
        }
        if (wholePartition) {
            live.remove(PARTITION, told);
        } else {
            live.remove(PARTITION, name(stream), told);
        }
    }

    /** Number of events that the watcher can see. */
    private long end(StreamId stream, boolean wholePartition) {
        long watermark = log.watermark(PARTITION);
        return wholePartition
                ? watermark
                : log.streamVersion(stream, stream.defaultPartitionKey(), watermark) + 1;
    }

    private static void pause(SplittableRandom random) {
        for (int s = random.nextInt(2_000); s > 0; s--) {
            Thread.onSpinWait();
        }
    }
}
