package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.RandomAppends.Append;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.bucket.SegmentLengths;
import io.sierra.storage.read.PartitionFailedException;
import io.sierra.storage.read.PartitionLoadingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * The lives of one store on a simulated disk, against a {@link StoreModel}; all from one seed and
 * in one thread. Every life begins with a start and a comparison of all there is with the model,
 * and ends in an orderly way, with the process or with the power, maybe in the middle of an
 * operation.
 *
 * <p>What may happen is what the store promises to survive: one life has one kind of trouble (an
 * operation that fails, a full disk, a read-only one), and bits rot only where {@link DiskRot}
 * says.
 */
final class StoreSimulation {
    private static final int MAX_STEPS = 25;

    /** More work than this in the background means that it goes round in circles. */
    private static final int SETTLE_LIMIT = 2_000;

    /** A disk that is in trouble for so long is healed. */
    private static final int MAX_LOADING_FAILURES = 3;

    private final RandomGenerator random;
    private final StoreOptions options;
    private final int fanOut;

    /** A part of a segment, or never. */
    private final SegmentLengths lengths;

    private final SimulationTrace trace;
    private final StoreModel model;
    private final RandomAppends appends;
    private final DiskRot rot;
    private final SimulatedDisk disk;
    private long nowMillis = 1_700_000_000_000L;
    private SteppedBackground background;

    StoreSimulation(long seed, SimulationTrace trace) {
        this.trace = trace;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int partitions = random.nextInt(1, 7);
        Partitioning partitioning = new Partitioning(partitions, random.nextInt(1, partitions + 1));
        this.options =
                new StoreOptions(
                        partitioning,
                        StoreOptions.MIN_SEGMENT_BYTES,
                        random.nextInt(3) * 2_000L,
                        random.nextInt(10) == 0 ? random.nextInt(1, 5) : 200,
                        isEven(seed) ? 0 : Long.MAX_VALUE);
        this.fanOut = random.nextInt(3) == 0 ? 8 : random.nextInt(2, 5);
        this.background = new SteppedBackground(fanOut);
        this.model = new StoreModel(partitioning, options.segmentSizeBytes());
        this.appends = new RandomAppends(random, partitioning, model);
        this.rot = new DiskRot(random, partitions, partitioning.bucketCount());
        this.disk = new SimulatedDisk(random, trace);
        this.lengths =
                new SegmentLengths(
                        random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(50_000),
                        random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(50_000));
        trace.note("%s, fan-out %d, %s", options, fanOut, lengths);
    }

    /** Every other store is open before the indexes that it lacks are rebuilt. */
    private static boolean isEven(long seed) {
        return (seed & 1) == 0;
    }

    void run() throws IOException {
        for (int life = random.nextInt(2, 6); life > 0; life--) {
            if (random.nextInt(4) == 0) {
                crashWhileStarting();
            }
            live(random.nextInt(3) == 0 ? Trouble.NONE : Trouble.any(random));
        }
        live(Trouble.NONE);
        live(Trouble.NONE);
    }

    /** Recovery that does not come to its end, several times over. */
    private void crashWhileStarting() throws IOException {
        for (int start = random.nextInt(1, 5); start > 0; start--) {
            disk.begin(Trouble.CRASH);
            EventStore store = open();
            disk.end();
            close(store);
        }
    }

    /** From one start to the next end. */
    private void live(Trouble trouble) throws IOException {
        damageFiles();
        disk.begin(trouble);
        EventStore store = open();
        if (store != null) {
            try {
                for (int step = random.nextInt(MAX_STEPS); step > 0 && !disk.isDown(); step--) {
                    nowMillis += random.nextInt(3);
                    step(store);
                }
                if (!disk.isDown() && random.nextBoolean()) {
                    recuperate(store);
                }
            } catch (IOException | UncheckedIOException e) {
                disk.requireExcuse(e);
            }
        }
        end(store);
    }

    /** Rot is often met only by those who make an index again, so the two come together, too. */
    private void damageFiles() throws IOException {
        boolean isRotten = random.nextInt(10) == 0 && plantRot();
        if (random.nextInt(isRotten ? 2 : 8) == 0) {
            List<String> done =
                    new IndexMischief(random)
                            .play(disk.memory(), options.partitioning().bucketCount());
            trace.note("indexes: %s", done);
        }
    }

    private boolean plantRot() throws IOException {
        DiskRot.Rot planted = rot.plant(disk.memory());
        if (planted == null) {
            return false;
        }
        trace.note("rot: %s", planted);
        model.rot(planted.concerned(), planted.rotten());
        return true;
    }

    /** Opens the store and compares it with the model; null if the disk was the reason not to. */
    private @Nullable EventStore open() throws IOException {
        background = new SteppedBackground(fanOut);
        EventStore store = null;
        try {
            store =
                    EventStore.open(
                            disk.device(),
                            options,
                            lengths,
                            background,
                            clock(),
                            random.nextLong());
            trace.note("open");
            finishLoading(store);
            new StoreCheck(store, model, random).adoptAndCheck();
            if (!disk.isDown()) {
                Partitioning partitioning = options.partitioning();
                new FrameAudit(disk.memory(), model)
                        .check(partitioning.bucketCount(), partitioning.partitionCount());
            }
            return store;
        } catch (IOException | UncheckedIOException e) {
            trace.note("did not open: %s", e);
            disk.requireExcuse(e);
            if (store != null && !disk.isDown()) {
                disk.heal(); // the trouble hit what is to be done before all else
                finishLoading(store);
                new StoreCheck(store, model, random).adoptAndCheck();
            }
            return store;
        }
    }

    /** Lets missing indexes be rebuilt; nothing of the buckets concerned is answered before. */
    private void finishLoading(EventStore store) throws IOException {
        int failures = 0;
        for (Bucket bucket : store.buckets()) {
            while (!(bucket.state() instanceof Bucket.Open)) {
                requireRefusals(store, bucket.bucketId());
                assertThat(background.stepRebuilding()).as("somebody rebuilds").isTrue();
                String state = bucket.state().getClass().getSimpleName();
                trace.note("bucket %d: %s", bucket.bucketId(), state);
                if (bucket.state() instanceof Bucket.Failed(String reason)
                        && (disk.isDown() || ++failures == MAX_LOADING_FAILURES)) {
                    throw new IOException(reason);
                }
            }
        }
    }

    private void requireRefusals(EventStore store, int bucketId) {
        int partitionId = partitionOf(bucketId);
        Failure failure = Objects.requireNonNull(store.failureOf(partitionId));
        assertThat(failure)
                .isInstanceOfAny(Failure.PartitionLoading.class, Failure.PartitionFailed.class);
        NewEvent event = NewEvents.event("refused", "refused");
        assertThat(store.append(StoreOnDisk.key(partitionId), List.of(event)))
                .isEqualTo(new AppendResult.Refused(failure));
        assertThatThrownBy(() -> store.scanPartition(partitionId, 0, 1, 1, _ -> true))
                .isInstanceOfAny(PartitionLoadingException.class, PartitionFailedException.class);
        assertThatThrownBy(() -> store.get(new EventId(0x1234, 0x5678), _ -> true))
                .isInstanceOf(IOException.class);
    }

    private InstantSource clock() {
        return () -> Instant.ofEpochMilli(nowMillis);
    }

    private void step(EventStore store) throws IOException {
        int bucketId = random.nextInt(options.partitioning().bucketCount());
        switch (random.nextInt(16)) {
            case 0, 1 -> appendDirectly(store, bucketId);
            case 2 -> check(store);
            case 3 -> noteDurableEnd(store.bucket(bucketId));
            case 4, 5, 6 -> stepBackground();
            case 7 -> disk.changeRoom();
            default -> appendBatch(store, bucketId);
        }
    }

    private void stepBackground() {
        int done = 0;
        while (random.nextInt(4) != 0 && background.step(random)) {
            done++;
        }
        trace.note("background: %d", done);
    }

    private void check(EventStore store) throws IOException {
        trace.note("check");
        long hits = disk.hits();
        try {
            new StoreCheck(store, model, random).checkAll();
        } catch (IOException e) {
            if (disk.hits() == hits) {
                throw e;
            }
        }
    }

    private void noteDurableEnd(BucketStore bucket) {
        trace.note("note durable end of %d", bucket.bucketId());
        try {
            bucket.noteDurableEnd();
        } catch (IOException e) {
            requireFailed(bucket);
        }
    }

    private void appendDirectly(EventStore store, int bucketId) {
        append(store, appends.next(partitionOf(bucketId)));
    }

    private AppendResult append(EventStore store, Append append) {
        int partitionId = options.partitioning().partitionOf(append.key());
        BucketStore bucket = store.bucket(options.partitioning().bucketOf(partitionId));
        long hits = disk.hits();
        AppendResult result = store.append(append.key(), append.events());
        judge(append, result, bucket, hits);
        if (bucket.failure() == null) {
            model.acknowledge(partitionId);
        }
        return result;
    }

    /** As a server does: several appends, one sync, and only then answers. */
    private void appendBatch(EventStore store, int bucketId) {
        BucketStore bucket = store.bucket(bucketId);
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            Append append = appends.next(partitionOf(bucketId));
            long hits = disk.hits();
            AppendResult result =
                    bucket.stage(append.key(), append.events(), EventStore.ALONE_TERM, nowMillis);
            judge(append, result, bucket, hits);
        }
        try {
            bucket.write();
            bucket.sync();
        } catch (IOException e) {
            trace.note("batch failed: %s", e);
            requireFailed(bucket);
            return;
        }
        bucket.drainStaged(bucket::confirm);
        bucket.endBatch();
        assertThat(bucket.failure()).isNull();
        for (int id = bucketId;
                id < options.partitioning().partitionCount();
                id += options.partitioning().bucketCount()) {
            model.acknowledge(id);
            bucket.watermark(id).handOver();
        }
    }

    private int partitionOf(int bucketId) {
        Partitioning partitioning = options.partitioning();
        int count = (partitioning.partitionCount() - bucketId - 1) / partitioning.bucketCount() + 1;
        return bucketId + random.nextInt(count) * partitioning.bucketCount();
    }

    private void requireFailed(BucketStore bucket) {
        assertThat(bucket.failure()).as("failure of bucket %d", bucket.bucketId()).isNotNull();
        assertThat(disk.isDown() || disk.hits() > 0)
                .as("the disk is to blame for: %s", bucket.failure())
                .isTrue();
    }

    /** Compares an answer with the model's, unless there is an excuse for another one. */
    private void judge(Append append, AppendResult actual, BucketStore bucket, long hitsBefore) {
        int partitionId = options.partitioning().partitionOf(append.key());
        trace.note("append to %d: %s -> %s", partitionId, append, actual);
        if (actual instanceof AppendResult.Refused(Failure failure)
                && isExcused(failure, append, partitionId, bucket, disk.hits() > hitsBefore)) {
            if (failure instanceof Failure.WriteFailed) {
                var _ = model.append(append.key(), append.events(), nowMillis, actual);
            }
            return;
        }
        AppendResult expected = model.append(append.key(), append.events(), nowMillis, actual);
        if (!actual.equals(expected)) {
            fail("%s was answered with %s, not %s", append, actual, expected);
        }
        appends.remember(append.key(), append.events());
    }

    private boolean isExcused(
            Failure failure, Append append, int partitionId, BucketStore bucket, boolean isHit) {
        return switch (failure) {
            case Failure.MailboxFull _ -> bucket.status().index().pendingSeals() >= 4;
            case Failure.DiskFull _ -> disk.isShortOfRoom();
            case Failure.AllocationFailed _ -> isHit || disk.isDown();
            case Failure.IndexingFailed _ -> disk.isDown() || disk.hits() > 0 || disk.wasShort();
            case Failure.ReadFailed _ -> isHit || disk.isDown() || isConcerned(append, partitionId);
            case Failure.WriteFailed _ -> {
                requireFailed(bucket);
                yield true;
            }
            case Failure.PartitionFailed _ -> {
                assertThat(bucket.damageOf(partitionId)).isNotNull();
                model.lose(partitionId);
                yield true;
            }
            default -> false;
        };
    }

    private boolean isConcerned(Append append, int partitionId) {
        return model.isConcerned(partitionId)
                || append.events().stream()
                        .map(NewEvent::id)
                        .filter(Objects::nonNull)
                        .anyMatch(model::isInConcerned);
    }

    /** Once the trouble is over, everything that has not failed for good works by itself. */
    private void recuperate(EventStore store) throws IOException {
        trace.note("recuperate");
        disk.heal();
        settle();
        for (int id = 0; id < options.partitioning().partitionCount(); id++) {
            BucketStore bucket = store.bucket(options.partitioning().bucketOf(id));
            if (bucket.failure() == null && bucket.damageOf(id) == null) {
                requireWritable(store, id);
            }
            settle();
            if (!disk.isDown()) {
                assertThat(bucket.status().index().lastError()).isNull();
            }
        }
        new StoreCheck(store, model, random).checkAll();
    }

    private void settle() {
        boolean isSettled = background.settle(SETTLE_LIMIT);
        assertThat(isSettled || disk.isDown()).as("background work ends").isTrue();
    }

    private void requireWritable(EventStore store, int partitionId) {
        NewEvent event =
                NewEvents.event(
                        "again-" + nowMillis,
                        (EventId) null,
                        new ExpectedVersion.Empty(),
                        NewEvents.utf8("again"));
        Append append = new Append(RandomAppends.keyIn(partitionId, 0), List.of(event));
        nowMillis++;
        AppendResult result = append(store, append);
        if (!disk.isDown() && !model.isConcerned(partitionId)) {
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
        }
    }

    /** An orderly end, or that of the process, or that of the power. */
    private void end(@Nullable EventStore store) throws IOException {
        if (random.nextInt(4) == 0) {
            close(store);
            if (random.nextBoolean()) {
                trace.note("closed");
                return;
            }
        }
        disk.end();
        close(store);
    }

    private void close(@Nullable EventStore store) throws IOException {
        try {
            if (store != null) {
                store.close();
            }
        } catch (IOException | UncheckedIOException e) {
            disk.requireExcuse(e);
        }
    }
}
