package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/** The life of one store on a disk in memory, against a {@link StoreModel}; all from one seed. */
final class StoreSimulation {
    private static final int STARTS = 4;
    private static final int STEPS = 25;

    private final RandomGenerator random;
    private final long seed;
    private final StoreOptions options;

    /** A part of a segment, or never. */
    private final long spareAfterBytes;

    private final StoreModel model;
    private final RandomAppends appends;
    private MemoryDevice disk = new MemoryDevice();
    private FaultyDevice device = new FaultyDevice(disk);
    private long crashAt;
    private long nowMillis = 1_700_000_000_000L;

    StoreSimulation(long seed) {
        this.seed = seed;
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        int partitions = random.nextInt(1, 7);
        Partitioning partitioning = new Partitioning(partitions, random.nextInt(1, partitions + 1));
        this.options =
                new StoreOptions(
                        partitioning,
                        StoreOptions.MIN_SEGMENT_BYTES,
                        random.nextInt(3) * 2_000L,
                        random.nextInt(1, 5));
        this.model = new StoreModel(partitioning, options.segmentSizeBytes());
        this.appends = new RandomAppends(random, partitioning, model);
        this.spareAfterBytes = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(50_000);
    }

    void run() throws IOException {
        for (int start = 0; start < STARTS; start++) {
            live(random.nextInt(3) != 0);
        }
        live(false);
    }

    /** From one start to the next end. */
    private void live(boolean crashesInOperation) throws IOException {
        device = new FaultyDevice(disk);
        crashAt = crashesInOperation ? random.nextInt(1 << random.nextInt(1, 11)) : Long.MAX_VALUE;
        if (crashesInOperation) {
            device.faults().crashAfter(crashAt);
        }
        EventStore store = null;
        try {
            store = EventStore.open(device, options, spareAfterBytes, clock(), seed + nowMillis);
            new StoreCheck(store, model, random).adoptAndCheck();
            for (int step = 0; step < STEPS && !hasCrashed(); step++) {
                nowMillis += random.nextInt(3);
                step(store);
            }
        } catch (IOException | UncheckedIOException e) {
            if (!hasCrashed()) {
                throw e;
            }
        }
        end(store);
    }

    private InstantSource clock() {
        return () -> Instant.ofEpochMilli(nowMillis);
    }

    private boolean hasCrashed() {
        return device.faults().count() >= crashAt;
    }

    private void step(EventStore store) throws IOException {
        switch (random.nextInt(8)) {
            case 0 -> appendDirectly(store);
            case 1 -> new StoreCheck(store, model, random).checkAll();
            case 2 -> store.bucket(randomBucket()).noteDurableEnd();
            default -> appendBatch(store, randomBucket());
        }
    }

    private int randomBucket() {
        return random.nextInt(options.partitioning().bucketCount());
    }

    private void appendDirectly(EventStore store) {
        RandomAppends.Append append = appends.next(partitionOf(randomBucket()));
        int partitionId = options.partitioning().partitionOf(append.key());
        AppendResult result = store.append(append.key(), append.events());
        judge(append.key(), append.events(), result);
        if (!isUnknown(result)) {
            model.acknowledge(partitionId);
        }
    }

    /** As a server does: several appends, one sync, and only then answers. */
    private void appendBatch(EventStore store, int bucketId) throws IOException {
        BucketStore bucket = store.bucket(bucketId);
        for (int i = random.nextInt(1, 9); i > 0; i--) {
            RandomAppends.Append append = appends.next(partitionOf(bucketId));
            judge(
                    append.key(),
                    append.events(),
                    bucket.stage(append.key(), append.events(), EventStore.ALONE_TERM, nowMillis));
        }
        bucket.write();
        bucket.sync();
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

    private void judge(PartitionKey key, List<NewEvent> events, AppendResult actual) {
        if (actual instanceof AppendResult.Refused(Failure failure)) {
            if (failure instanceof Failure.MailboxFull) {
                return; // indexes are behind: nothing was done
            }
            if (hasCrashed()
                    && (failure instanceof Failure.DiskFull
                            || failure instanceof Failure.ReadFailed)) {
                return;
            }
            if (hasCrashed() && failure instanceof Failure.WriteFailed) {
                var _ = model.append(key, events, nowMillis, actual);
                return;
            }
        }
        assertThat(actual).isEqualTo(model.append(key, events, nowMillis, actual));
        appends.remember(key, events);
    }

    private static boolean isUnknown(AppendResult result) {
        return result instanceof AppendResult.Refused(Failure failure)
                && failure instanceof Failure.WriteFailed;
    }

    /** An orderly end, or that of the process, or that of the power. */
    private void end(@Nullable EventStore store) throws IOException {
        if (random.nextInt(4) == 0) {
            close(store, hasCrashed());
            if (random.nextBoolean()) {
                return;
            }
        }
        if (random.nextInt(4) == 0) {
            device.faults().crashAfter(0); // the process only
        } else {
            MemoryDevice ended = disk;
            disk = random.nextInt(4) == 0 ? ended.crashLosingAllUnsynced() : ended.crash(random);
        }
        close(store, true);
    }

    private void close(@Nullable EventStore store, boolean mayFail) throws IOException {
        try {
            if (store != null) {
                store.close();
            }
        } catch (IOException | UncheckedIOException e) {
            if (!mayFail && !hasCrashed()) {
                throw e;
            }
        }
    }
}
