package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.bucket.Bucket;
import io.sierra.storage.bucket.SegmentLengths;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.io.Pause;
import io.sierra.storage.read.PartitionFailedException;
import io.sierra.storage.read.PartitionLoadingException;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Indexes of bucket 1 are missing; bucket 0 has all. Partitions 0 and 2 are in bucket 0. */
@Timeout(60)
final class LoadingTest {
    private static final int SEALED_SEGMENTS = 3;
    private static final int LENGTH_OFFSET = 12;
    private static final StoreOptions WAITING =
            StoreOptions.defaults()
                    .withPartitioning(4, 2)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);
    private static final StoreOptions AT_ONCE = WAITING.withMaxRebuildBytesAtOpen(0);

    private final MemoryDevice disk = new MemoryDevice();
    private final List<List<String>> written = new ArrayList<>();
    private final List<EventId> ids = new ArrayList<>();
    private FaultyDevice device = new FaultyDevice(disk);
    private SteppedBackground background = new SteppedBackground(8);
    private @Nullable EventStore running;

    @BeforeEach
    void fill() throws IOException {
        try (EventStore first = EventStore.open(new FaultyDevice(disk), WAITING)) {
            IntStream.range(0, 4).forEach(_ -> written.add(new ArrayList<>()));
            for (int n = 0; !isFull(first); n++) {
                String payload = n + "x".repeat(9_000);
                AppendResult.Appended result = appended(append(first, n % 4, payload));
                written.get(n % 4).add(StoredEvent.digest(NewEvents.utf8(payload)));
                ids.add(result.events().getFirst().id());
            }
            for (Bucket bucket : first.buckets()) {
                while (bucket.store().status().index().pendingSeals() > 0) {
                    Thread.onSpinWait();
                }
            }
        }
        deleteIndexes();
    }

    @AfterEach
    void close() throws IOException {
        if (running != null) {
            running.close();
        }
    }

    private EventStore store() {
        return Objects.requireNonNull(running);
    }

    private static boolean isFull(EventStore store) {
        return store.buckets().stream()
                .allMatch(bucket -> bucket.store().status().segments() > SEALED_SEGMENTS);
    }

    private static PartitionKey key(int partitionId) {
        return StoreOnDisk.key(partitionId);
    }

    private static AppendResult append(EventStore store, int partitionId, String payload) {
        AppendResult result =
                store.append(key(partitionId), List.of(StoreOnDisk.event(partitionId, payload)));
        while (result instanceof AppendResult.Refused(Failure.MailboxFull _)) {
            Thread.onSpinWait(); // indexes are being written
            result =
                    store.append(
                            key(partitionId), List.of(StoreOnDisk.event(partitionId, payload)));
        }
        return result;
    }

    private static AppendResult.Appended appended(AppendResult result) {
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return (AppendResult.Appended) result;
    }

    private void deleteIndexes() throws IOException {
        for (String segment : disk.list(SegmentId.segmentsDirectory(1))) {
            String directory = SegmentId.segmentsDirectory(1) + "/" + segment;
            for (String name : disk.list(directory)) {
                if (!name.equals("data.evts")) {
                    disk.delete(directory + "/" + name);
                }
            }
        }
    }

    /** Opens the store; what it does in the background is done by {@link #finishLoading}. */
    private void start() throws IOException {
        background = new SteppedBackground(8);
        running =
                EventStore.open(
                        device,
                        AT_ONCE,
                        SegmentLengths.DEFAULT,
                        background,
                        InstantSource.system(),
                        1);
    }

    private void startOnThreads() throws IOException {
        running = EventStore.open(device, AT_ONCE);
    }

    private void finishLoading() {
        assertThat(background.stepRebuilding()).isTrue();
    }

    private Bucket.State state() {
        return store().buckets().get(1).state();
    }

    private List<String> payloads(int partitionId) throws IOException {
        return StoreOnDisk.payloads(store(), partitionId);
    }

    private void assertServed(int partitionId) throws IOException {
        assertThat(payloads(partitionId)).isEqualTo(written.get(partitionId));
        appended(append(store(), partitionId, "more"));
        written.get(partitionId).add("more");
        assertThat(payloads(partitionId)).isEqualTo(written.get(partitionId));
    }

    /** Nothing that depends on what its sealed segments hold is answered. */
    private void assertLoading(int partitionId) {
        assertThat(store().failureOf(partitionId)).isInstanceOf(Failure.PartitionLoading.class);
        assertThat(append(store(), partitionId, "refused"))
                .isEqualTo(new AppendResult.Refused(new Failure.PartitionLoading(1, 0)));
        assertThatThrownBy(() -> payloads(partitionId))
                .isInstanceOf(PartitionLoadingException.class)
                .hasMessageContaining("bucket 1 are loading")
                .hasMessageContaining("0 % done");
        var stream = StoreOnDisk.event(partitionId, "").streamId();
        var reader = store().reader();
        assertThatThrownBy(() -> reader.streamVersion(stream, key(partitionId), 100))
                .isInstanceOf(PartitionLoadingException.class);
        assertThatThrownBy(
                        () -> reader.scanStream(stream, key(partitionId), 0, 9, 9, 100, _ -> true))
                .isInstanceOf(PartitionLoadingException.class);
        assertThatThrownBy(() -> store().bucket(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void otherBucketsServe_thisOneDoesOnceItHasLoaded() throws IOException {
        start();

        assertThat(state()).isInstanceOf(Bucket.Loading.class);
        assertServed(0);
        assertLoading(1);
        assertServed(2);
        assertLoading(3);

        finishLoading();

        assertThat(state()).isInstanceOf(Bucket.Open.class);
        assertThat(store().bucket(1).status().index().rebuilds()).isEqualTo(SEALED_SEGMENTS);
        for (int id = 0; id < 4; id++) {
            assertServed(id);
        }
        assertIdsAreFound();
    }

    private void assertIdsAreFound() throws IOException {
        for (EventId id : ids) {
            assertThat(store().get(id, _ -> true)).as("event %s", id).isTrue();
        }
        assertThat(store().get(new EventId(1, 2), _ -> true)).isFalse();
    }

    /** Not even an id that names a partition of the other bucket is said to be unknown. */
    @Test
    void lookUpOfAnId_findsWhatIsServedAndIsNeverSureOfTheRest() throws IOException {
        start();

        for (int n = 0; n < ids.size(); n++) {
            EventId id = ids.get(n);
            if (n % 2 == 0) {
                assertThat(store().get(id, _ -> true)).isTrue();
            } else {
                assertThatThrownBy(() -> store().get(id, _ -> true))
                        .isInstanceOf(PartitionLoadingException.class);
            }
        }
        EventId unknown = new EventId(1, 0);
        assertThat(store().partitioning().partitionNamedBy(unknown)).isZero();
        assertThatThrownBy(() -> store().get(unknown, _ -> true))
                .isInstanceOf(PartitionLoadingException.class);
    }

    @Test
    void watermarks_areKnownAtOnce() throws IOException {
        start();

        for (int id = 0; id < 4; id++) {
            assertThat(store().reader().watermark(id)).isEqualTo(written.get(id).size());
        }
    }

    /** An answer before would have been without it. */
    @Test
    void damageOfASealedSegment_isKnownBeforeAnythingIsAnswered() throws IOException {
        Frame lost =
                new SegmentFrames(disk).of(new SegmentFrames(disk).segments(1).getFirst()).get(1);
        disk.flipBits(new SegmentId(1, 0, 0).dataFile(), lost.start() + LENGTH_OFFSET, 0x10);
        start();

        assertLoading(1);
        assertLoading(3);
        finishLoading();

        assertThat(store().failureOf(1)).isInstanceOf(Failure.PartitionFailed.class);
        assertThat(append(store(), 1, "refused"))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused ->
                                assertThat(refused.failure())
                                        .isInstanceOf(Failure.PartitionFailed.class));
        assertThatThrownBy(() -> payloads(1)).isInstanceOf(PartitionFailedException.class);
        assertThatThrownBy(() -> store().get(new EventId(1, 0), _ -> true))
                .as("it may be what is lost")
                .isInstanceOf(PartitionFailedException.class);
        assertThat(store().recoveryFindings(1))
                .singleElement()
                .asString()
                .contains("partitions [1]");
        assertServed(3);
        assertServed(0);
    }

    @Test
    void plannedBytes_areThoseOfTheSegmentsWithoutIndex() throws IOException {
        start();

        Bucket.Loading progress = store().buckets().get(1).progress();
        assertThat(progress.plannedBytes())
                .isBetween(
                        (SEALED_SEGMENTS - 1) * StoreOptions.MIN_SEGMENT_BYTES,
                        (SEALED_SEGMENTS + 1) * StoreOptions.MIN_SEGMENT_BYTES);
        assertThat(store().buckets().get(0).progress().plannedBytes()).isZero();
        finishLoading();
        assertThat(progress.readBytes()).isEqualTo(progress.plannedBytes());
    }

    @Test
    void open_waitsForWhatItMayReadAndNoMore() throws IOException {
        start();
        long planned = store().buckets().get(1).progress().plannedBytes();
        store().close();
        device = new FaultyDevice(disk.copy());
        running = EventStore.open(device, AT_ONCE.withMaxRebuildBytesAtOpen(planned));
        assertThat(state()).isInstanceOf(Bucket.Open.class);
        assertIdsAreFound();
        store().close();

        device = new FaultyDevice(disk.copy());
        Pause pause = device.faults().pauseNext(Operation.CREATE);
        running = EventStore.open(device, AT_ONCE.withMaxRebuildBytesAtOpen(planned - 1));
        assertThat(state()).isInstanceOf(Bucket.Loading.class);
        pause.release();
    }

    @Test
    void close_whileIndexesAreRebuilt_isQuickAndTheNextStartBeginsAgain() throws Exception {
        Pause pause = device.faults().pauseNext(Operation.CREATE);
        startOnThreads();
        pause.awaitReached();
        Thread closing = Thread.ofPlatform().start(this::closeStore);
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait(); // for the piece of work that is under way
        }
        pause.release();
        closing.join();
        assertThat(disk.list(SegmentId.segmentsDirectory(1) + "/0000000001"))
                .as("the other segments were left alone")
                .containsExactly("data.evts");

        device = new FaultyDevice(disk);
        running = EventStore.open(device, WAITING);
        assertIdsAreFound();
    }

    /** Closes a store whose disk is gone. */
    private void closeDown() {
        try {
            store().close();
        } catch (IOException _) {
            return; // as expected
        } finally {
            running = null;
        }
    }

    private void closeStore() {
        try {
            store().close();
            running = null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void kill_whileIndexesAreRebuilt_theNextStartBeginsAgain() throws IOException {
        start();
        device.faults().crashAfter(20);
        finishLoading();
        assertThat(state()).isInstanceOf(Bucket.Failed.class);
        closeDown();

        device = new FaultyDevice(disk);
        start();
        assertLoading(1);
        finishLoading();
        assertIdsAreFound();
    }

    @Test
    void indexesThatCannotBeWritten_waitInMemory() throws IOException {
        start();
        device.faults().failAt(Operation.CREATE, "index");
        finishLoading();

        assertThat(state()).isInstanceOf(Bucket.Open.class);
        assertThat(store().bucket(1).status().index().pendingSeals()).isEqualTo(SEALED_SEGMENTS);
        assertServed(1);
    }

    @Test
    void segmentThatCannotBeRead_takesTheBucketOutOfServiceUntilItCan() throws IOException {
        start();
        device.faults().failAt(Operation.OPEN, "00001/segments/0000000001/data.evts");
        finishLoading();

        assertThat(state()).isInstanceOf(Bucket.Failed.class);
        assertThat(store().failureOf(3))
                .isInstanceOfSatisfying(
                        Failure.PartitionFailed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .contains("cannot be rebuilt", "fails as told"));
        assertThatThrownBy(() -> payloads(1)).isInstanceOf(PartitionFailedException.class);
        assertThatThrownBy(() -> store().get(new EventId(1, 0), _ -> true))
                .isInstanceOf(PartitionFailedException.class);
        assertServed(0);

        device.faults().heal();
        finishLoading();
        assertServed(1);
        assertServed(3);
        assertIdsAreFound();
    }

    @Test
    void onChange_isCalledWhenTheBucketIsOpen() throws IOException {
        start();
        List<Bucket.State> seen = new ArrayList<>();
        store().buckets().get(1).onChange(() -> seen.add(state()));
        device.faults().failAt(Operation.OPEN, "00001/segments/0000000001/data.evts");
        finishLoading();
        device.faults().heal();
        finishLoading();

        assertThat(seen).hasSize(2);
        assertThat(seen.getFirst()).isInstanceOf(Bucket.Failed.class);
        assertThat(seen.getLast()).isInstanceOf(Bucket.Open.class);
    }

    /** Such as too little memory, which others may have taken for the moment. */
    @Test
    void error_isTriedAgainToo() throws IOException {
        AtomicBoolean isFailing = new AtomicBoolean();
        Device full =
                (Device)
                        Proxy.newProxyInstance(
                                Device.class.getClassLoader(),
                                new Class<?>[] {Device.class},
                                (_, method, arguments) -> {
                                    if (isFailing.get() && method.getName().equals("create")) {
                                        throw new InternalError("as told");
                                    }
                                    try {
                                        return method.invoke(device, arguments);
                                    } catch (InvocationTargetException e) {
                                        throw e.getCause();
                                    }
                                });
        running =
                EventStore.open(
                        full,
                        AT_ONCE,
                        SegmentLengths.DEFAULT,
                        background,
                        InstantSource.system(),
                        1);
        isFailing.set(true);
        finishLoading();
        assertThat(state())
                .isInstanceOfSatisfying(
                        Bucket.Failed.class,
                        failed -> assertThat(failed.reason()).contains("told"));

        isFailing.set(false);
        finishLoading();
        assertThat(state()).isInstanceOf(Bucket.Open.class);
        assertIdsAreFound();
    }

    @Test
    void progress_hasNoSegmentTwice() throws IOException {
        start();
        Bucket.Loading progress = store().buckets().get(1).progress();
        device.faults().failAt(Operation.CREATE, "00001/segments/0000000000/index");
        device.faults().failAt(Operation.CREATE_DIRECTORIES, "00001/segments/0000000000");
        device.faults().failAt(Operation.OPEN, "00001/segments/0000000002/data.evts");
        for (int i = 0; i < 5; i++) {
            finishLoading();
            assertThat(state()).isInstanceOf(Bucket.Failed.class);
            assertThat(progress.readBytes()).isLessThan(progress.plannedBytes() / 2);
        }
        device.faults().heal();
        finishLoading();
        assertThat(progress.readBytes()).isEqualTo(progress.plannedBytes());
    }
}
