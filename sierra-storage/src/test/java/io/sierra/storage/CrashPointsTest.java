package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.event;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.storage.bucket.SegmentLengths;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.read.EventView;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The process or the power ends at every single operation on the disk while something delicate is
 * under way. The store opens afterwards with everything acknowledged, and goes on.
 */
@DisplayName(
        "A12: kill -9, SIGTERM or power loss during roll-over, index or meta.json writing, start")
final class CrashPointsTest {
    private static final String LARGE = "x".repeat(20_000);
    private static final int FAN_OUT = 2;
    private static final int SETTLE_LIMIT = 500;
    private static final long NO_SPARE = Long.MAX_VALUE;
    private static final long SEAL_AT_CLOSE_BYTES = 50_000;

    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(2, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);

    /** How a life ends. */
    private enum End {
        KILL,
        POWER_LOSS,
        POWER_LOSS_KEEPING_SOME;

        MemoryDevice of(MemoryDevice disk, int operations) {
            return switch (this) {
                case KILL -> disk;
                case POWER_LOSS -> disk.crashLosingAllUnsynced();
                case POWER_LOSS_KEEPING_SOME -> disk.crash(new Random(operations));
            };
        }
    }

    /** A store that is open, with what it has acknowledged. */
    private static final class Life {
        final SteppedBackground background = new SteppedBackground(FAN_OUT);
        final EventStore store;
        final List<String> told;

        Life(Device device, long spareAfterBytes, List<String> told) throws IOException {
            this.told = told;
            this.store =
                    EventStore.open(
                            device,
                            OPTIONS,
                            new SegmentLengths(spareAfterBytes, SEAL_AT_CLOSE_BYTES),
                            background,
                            InstantSource.system(),
                            told.size());
        }

        void append(String payload) {
            List<NewEvent> events =
                    List.of(event(0, payload), event(0, "second of " + told.size()));
            if (store.append(key(0), events) instanceof AppendResult.Appended) {
                told.add(StoredEvent.digest(NewEvents.utf8(payload)));
                told.add("second of " + (told.size() - 1));
            }
        }

        void settle() {
            background.settle(SETTLE_LIMIT);
        }

        List<String> payloads() throws IOException {
            List<String> payloads = new ArrayList<>();
            store.scanPartition(
                    0, 0, Long.MAX_VALUE, Long.MAX_VALUE, e -> payloads.add(payload(e)));
            return payloads;
        }

        private static String payload(EventView event) {
            return StoredEvent.of(event).payload();
        }
    }

    /** Something delicate. */
    private interface Scene {
        void play(Life life) throws IOException;
    }

    @Test
    void firstStart_withMetaJson() throws IOException {
        int points = atEveryOperation(new MemoryDevice(), NO_SPARE, List.of(), _ -> {});
        assertThat(points).isGreaterThan(15);
    }

    @Test
    void rollOver() throws IOException {
        atEveryOperation(0, NO_SPARE, CrashPointsTest::fillASegment);
    }

    @Test
    void rollOverIntoASegmentMadeBeforehand() throws IOException {
        atEveryOperation(
                0,
                10_000,
                life -> {
                    life.append("a little");
                    life.settle();
                    fillASegment(life);
                });
    }

    @Test
    void indexesAreWrittenAndMerged() throws IOException {
        atEveryOperation(
                1,
                NO_SPARE,
                life -> {
                    fillASegment(life);
                    life.settle();
                });
    }

    @Test
    void idleBucketNotesItsEnd_andIsClosed() throws IOException {
        atEveryOperation(
                0,
                NO_SPARE,
                life -> {
                    life.append("a");
                    life.store.bucket(0).noteDurableEnd();
                    life.append("b");
                    life.store.close();
                });
    }

    @Test
    void longSegmentIsSealed_andTheStoreClosed() throws IOException {
        atEveryOperation(
                0,
                NO_SPARE,
                life -> {
                    for (int i = 0; i < 3; i++) {
                        life.append(LARGE);
                    }
                    life.store.close();
                });
    }

    /** As SIGTERM does while a batch is under way: written, not yet synced, and closed. */
    @Test
    void closedInTheMiddleOfABatch() throws IOException {
        atEveryOperation(
                0,
                NO_SPARE,
                life -> {
                    life.append("a");
                    life.store
                            .bucket(0)
                            .stage(key(0), List.of(event(0, "b")), EventStore.ALONE_TERM, 0);
                    life.store.bucket(0).write();
                    life.store.close();
                });
    }

    @Test
    void recoveryCutsATornTail_rebuildsAnIndexAndMerges() throws IOException {
        MemoryDevice disk = new MemoryDevice();
        List<String> told = new ArrayList<>();
        Life life = new Life(disk, NO_SPARE, told);
        for (int i = 0; i < 3; i++) {
            fillASegment(life);
        }
        life.settle();
        long torn = new SegmentFrames(disk).of(lastSegment(disk)).getLast().end();
        life.store.bucket(0).stage(key(0), List.of(event(0, "torn")), EventStore.ALONE_TERM, 0);
        life.store.bucket(0).stage(key(1), List.of(event(1, "old")), EventStore.ALONE_TERM, 0);
        life.store.bucket(0).write();
        MemoryDevice killed = disk.copy();
        killed.flipBits(lastSegment(disk).dataFile(), torn + 20, 1);
        killed.delete("buckets/00000/segments/0000000002/stream.sidx");
        atEveryOperation(
                killed,
                NO_SPARE,
                told,
                started -> {
                    started.append("next");
                    started.settle();
                });
    }

    private static SegmentId lastSegment(MemoryDevice disk) throws IOException {
        return new SegmentFrames(disk).segments(0).getLast();
    }

    private static void fillASegment(Life life) {
        for (int i = 0; i < 7; i++) {
            life.append(LARGE);
        }
    }

    private static int atEveryOperation(int segments, long spareAfterBytes, Scene scene)
            throws IOException {
        MemoryDevice prepared = new MemoryDevice();
        List<String> told = new ArrayList<>();
        Life life = new Life(prepared, spareAfterBytes, told);
        life.append("first");
        for (int i = 0; i < segments; i++) {
            fillASegment(life);
        }
        life.settle();
        life.store.close();
        int points = atEveryOperation(prepared, spareAfterBytes, told, scene);
        assertThat(points).as("operations").isGreaterThan(5);
        return points;
    }

    /** Plays the scene again and again, each time ending it one operation later. */
    private static int atEveryOperation(
            MemoryDevice prepared, long spareAfterBytes, List<String> toldBefore, Scene scene)
            throws IOException {
        for (int operations = 0; ; operations++) {
            boolean finished = false;
            for (End end : End.values()) {
                MemoryDevice disk = prepared.copy();
                FaultyDevice device = new FaultyDevice(disk);
                device.faults().crashAfter(operations);
                List<String> told = new ArrayList<>(toldBefore);
                play(scene, device, spareAfterBytes, told);
                finished = device.faults().count() < operations;
                checkAfter(end.of(disk, operations), spareAfterBytes, told, operations, end);
            }
            if (finished) {
                return operations;
            }
        }
    }

    private static void play(
            Scene scene, FaultyDevice device, long spareAfterBytes, List<String> told) {
        Life life = null;
        try {
            life = new Life(device, spareAfterBytes, told);
            scene.play(life);
        } catch (IOException | UncheckedIOException _) {
            // the end has come
        }
        try {
            device.faults().crashAfter(0);
            if (life != null) {
                life.store.close();
            }
        } catch (IOException | UncheckedIOException _) {
            // as expected of a store without a disk
        }
    }

    private static void checkAfter(
            MemoryDevice disk, long spareAfterBytes, List<String> told, int operations, End end)
            throws IOException {
        Life next = new Life(disk, spareAfterBytes, new ArrayList<>(told));
        List<String> payloads = next.payloads();
        assertThat(payloads)
                .as("after %d operations, %s", operations, end)
                .startsWith(told.toArray(String[]::new));
        next.settle();
        next.append("next");
        assertThat(next.payloads()).contains("next").hasSize(payloads.size() + 2);
        assertThat(next.store.bucket(0).status().index().pendingSeals()).isZero();
        next.store.close();

        Life again = new Life(disk, spareAfterBytes, told);
        assertThat(again.payloads()).hasSize(payloads.size() + 2);
        StreamId stream = StreamId.of("stream-0");
        assertThat(again.store.reader().streamVersion(stream, key(0), Long.MAX_VALUE))
                .isEqualTo(payloads.size() + 1);
        assertThat(again.store.bucket(0).status().index().rebuilds()).isZero();
        again.store.close();
    }
}
