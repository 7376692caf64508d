package io.sierra.storage;

import static io.sierra.storage.StoreOnDisk.dataFile;
import static io.sierra.storage.StoreOnDisk.event;
import static io.sierra.storage.StoreOnDisk.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.ExpectedVersion;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.Pause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What went wrong in other stores, as scenarios that must be impossible here. The simulation meets
 * all of these too; here each has a name.
 *
 * <p>A12 is {@link CrashPointsTest}, A13 {@link DiskFullTest}, A14 and the first start {@link
 * MetaFileTest}; those about more than one node are not of this module.
 */
final class FieldLessonsTest {
    /** Six of these fill a segment. */
    private static final String LARGE = "x".repeat(20_000);

    private static final int LENGTH_OFFSET = 12;

    @Nested
    @DisplayName("A1: one event of a multi-event append turns out invalid half-way")
    final class A1 {
        /** What is wrong with the second of three events. */
        enum Flaw {
            NAME_TOO_LONG,
            TIMESTAMP_OUT_OF_RANGE,
            WRONG_VERSION,
            SEGMENT_FULL;

            NewEvent event() {
                return new NewEvent(
                        StreamId.of("stream-0"),
                        new byte[this == NAME_TOO_LONG ? 256 : 4],
                        null,
                        this == WRONG_VERSION
                                ? new ExpectedVersion.Exactly(77)
                                : new ExpectedVersion.Any(),
                        this == TIMESTAMP_OUT_OF_RANGE ? Long.MAX_VALUE / 1_000 : NewEvent.NOW,
                        new byte[this == SEGMENT_FULL ? 140_000 : 4],
                        new byte[0]);
            }
        }

        @ParameterizedTest
        @EnumSource(Flaw.class)
        void nothingOfItIsWritten_andTheNextAppendLandsWhereItShould(Flaw flaw) throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "before");
                byte[] bytes = disk.bytesOf(0);
                AppendResult result =
                        disk.store()
                                .append(
                                        key(0),
                                        List.of(event(0, "first"), flaw.event(), event(0, "last")));
                assertThat(result).isInstanceOf(AppendResult.Refused.class);
                assertThat(disk.bytesOf(0)).isEqualTo(bytes);
                assertNextAppendsAreWhole(disk);
            }
        }

        @Test
        void diskFull_nothingOfItIsWritten() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "before");
                for (int i = 0; i < 5; i++) {
                    disk.append(1, LARGE);
                }
                disk.disk().setUsableBytes(0);
                List<NewEvent> events =
                        List.of(event(0, "first"), event(0, LARGE), event(0, LARGE));
                assertThat(disk.store().append(key(0), events))
                        .isInstanceOfSatisfying(
                                AppendResult.Refused.class,
                                refused ->
                                        assertThat(refused.failure())
                                                .isInstanceOf(Failure.DiskFull.class));
                assertThat(disk.payloads(0)).containsExactly("before");
                disk.disk().setUsableBytes(1L << 40);
                assertNextAppendsAreWhole(disk);
            }
        }

        private static void assertNextAppendsAreWhole(StoreOnDisk disk) throws IOException {
            for (int i = 1; i < 20; i++) {
                assertThat(disk.append(0, "next").firstPartitionSequence()).isEqualTo(i);
                assertThat(disk.payloads(0)).hasSize(i + 1);
            }
            disk.losePower();
            disk.start();
            assertThat(disk.findings()).isEmpty();
            assertThat(disk.payloads(0)).hasSize(20);
            assertThat(disk.store().reader().streamVersion(StreamId.of("stream-0"), key(0), 20))
                    .isEqualTo(19);
        }
    }

    @Nested
    @DisplayName("A2: roll-over to a new segment while appends wait for their sync")
    final class A2 {
        @Test
        void nobodyIsAcknowledgedBeforeHisBytesAreSynced_andNobodyHangs() throws Exception {
            try (StoreOnDisk disk = new StoreOnDisk(1);
                    ExecutorService bucketThread = Executors.newSingleThreadExecutor()) {
                disk.append(0, "told");
                Pause sync = disk.faults().pauseNext(Operation.SYNC);
                Future<?> batch = bucketThread.submit(() -> appendOverARollOver(disk));
                sync.awaitReached();
                assertThat(disk.payloads(0)).containsExactly("told");
                assertThat(batch.isDone()).isFalse();
                sync.release();
                batch.get();
                assertThat(disk.bucket().status().segments()).isEqualTo(2);
                assertThat(disk.payloads(0)).hasSize(9);
                disk.losePower();
                disk.start();
                assertThat(disk.payloads(0)).hasSize(9);
            }
        }

        /** One batch, as a server makes it: the segment is full in the middle of it. */
        private static Void appendOverARollOver(StoreOnDisk disk) throws IOException {
            for (int i = 0; i < 8; i++) {
                disk.bucket().stage(key(0), List.of(event(0, LARGE)), EventStore.ALONE_TERM, 0);
            }
            disk.confirm();
            return null;
        }

        @Test
        void syncThatFailsInTheRollOver_acknowledgesNobody() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(1)) {
                disk.append(0, "told");
                disk.faults().failOnce(Operation.SYNC, 1);
                assertThatThrownBy(() -> appendOverARollOver(disk)).isInstanceOf(IOException.class);
                assertThat(disk.payloads(0)).containsExactly("told");
                disk.losePower();
                disk.start();
                assertThat(disk.payloads(0)).containsExactly("told");
            }
        }
    }

    @Nested
    @DisplayName("A3: one bit flips in a length field of acknowledged data")
    final class A3 {
        private static final int EVENTS = 200;

        @ParameterizedTest(name = "bit {0}")
        @ValueSource(ints = {0, 3, 7, 8, 13, 20, 31})
        void isFoundAtTheNextStart_andNothingBehindItIsDropped(int bit) throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "rotten");
                for (int i = 0; i < EVENTS; i++) {
                    disk.append(1, "event " + i);
                }
                Frame rotten = disk.entry(0, 0);
                byte[] before = disk.bytesOf(0);
                disk.kill();
                long place = rotten.start() + LENGTH_OFFSET + bit / 8;
                disk.disk().flipBits(dataFile(0), place, 1 << bit % 8);
                disk.start();
                assertThat(disk.findings())
                        .anyMatch(text ->
                                text.contains("data.evts") && text.contains("" + rotten.start()));
                disk.assertOutOfService(0);
                assertThat(disk.payloads(1)).hasSize(EVENTS);
                before[(int) place] ^= (byte) (1 << bit % 8);
                assertThat(disk.bytesOf(0)).isEqualTo(before);
            }
        }

        @Test
        void inASealedSegment_isFoundByTheReadThatMeetsIt() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "rotten");
                while (disk.bucket().status().segments() < 2) {
                    disk.append(1, LARGE);
                }
                disk.append(0, "behind");
                disk.awaitIndexes();
                Frame rotten = disk.entry(0, 0);
                int others = disk.payloads(1).size();
                disk.shutDown();
                disk.flip(0, rotten.start() + LENGTH_OFFSET);
                disk.start();
                assertThatThrownBy(() -> disk.payloads(0))
                        .hasMessageContainingAll("data.evts", "offset " + rotten.start());
                List<String> behind = new ArrayList<>();
                disk.store()
                        .scanPartition(
                                0, 1, 9, 9, view -> behind.add(StoredEvent.of(view).payload()));
                assertThat(behind).containsExactly("behind");
                assertThat(disk.payloads(1)).hasSize(others);
            }
        }
    }

    @Nested
    @DisplayName(
            "A4: after a tail was cut, a later write of the same length is followed by old bytes")
    final class A4 {
        @Test
        void cutFrames_doNotComeBackBehindAFrameOfTheSameLength() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(1)) {
                disk.append(0, "told");
                disk.writeUnsynced(0, "lost", "old1", "old2");
                long lost = disk.entry(0, 1).start();
                disk.kill();
                disk.flip(0, lost + LENGTH_OFFSET);
                disk.start();
                disk.append(0, "news");
                disk.restart();
                assertThat(disk.payloads(0)).containsExactly("told", "news");
                disk.append(0, "more");
                disk.losePower();
                disk.start();
                assertThat(disk.payloads(0)).containsExactly("told", "news", "more");
                assertThat(disk.findings()).isEmpty();
            }
        }

        /** Seeded checksums: the same bytes are no frame anywhere else. */
        @Test
        void frameThatTurnsUpAtAnotherPlace_isNoFrame() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "a");
                disk.append(1, "b");
                Frame frame = disk.entry(0, 0);
                Frame last = disk.entry(0, 1);
                disk.kill();
                try (DeviceFile file = disk.disk().open(dataFile(0))) {
                    int length = (int) (frame.end() - frame.start());
                    byte[] bytes = disk.bytesOf(0);
                    file.write(ByteBuffer.wrap(bytes, (int) frame.start(), length), last.end());
                    file.sync();
                }
                disk.start();
                assertThat(disk.payloads(0)).containsExactly("a");
                assertThat(disk.findings()).singleElement().asString().contains("cut");
            }
        }
    }

    @Nested
    @DisplayName("A5: crash in the middle of a multi-event transaction")
    final class A5 {
        @Test
        void transactionIsAbsent_andBurnsNoVersionOrSequence() throws IOException {
            List<NewEvent> events =
                    IntStream.range(0, 3).mapToObj(i -> event(0, "part " + i)).toList();
            boolean whole = false;
            for (int written = 0; !whole; written += 16) {
                try (StoreOnDisk disk = new StoreOnDisk(2)) {
                    disk.append(0, "told");
                    disk.faults().shortenWrite(1, written);
                    disk.store().append(key(0), events);
                    disk.kill();
                    disk.start();
                    int survived = disk.payloads(0).size();
                    assertThat(survived).as("after %d bytes", written).isIn(1, 4);
                    whole = survived == 4;
                    AppendResult.Appended next = disk.append(0, "next");
                    assertThat(next.firstPartitionSequence()).isEqualTo(survived);
                    assertThat(next.events().getFirst().streamVersion()).isEqualTo(survived);
                }
            }
        }
    }

    @Nested
    @DisplayName("A6: acknowledged records are patched in place")
    final class A6 {
        @Test
        void noByteOfAFrameEverChanges() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                List<byte[]> written = new ArrayList<>();
                for (int round = 0; round < 12; round++) {
                    disk.append(0, LARGE);
                    disk.append(key(1), List.of(event(1, "a"), event(1, "b")));
                    if (round % 4 == 3) {
                        disk.bucket().noteDurableEnd();
                        disk.awaitIndexes();
                        disk.restart();
                    }
                    for (int segment = 0; segment < disk.bucket().status().segments(); segment++) {
                        requireUnchanged(disk, segment, written);
                    }
                }
                assertThat(written).hasSizeGreaterThan(1);
            }
        }

        private static void requireUnchanged(StoreOnDisk disk, int segment, List<byte[]> written)
                throws IOException {
            int end = (int) disk.frames(segment).getLast().end();
            byte[] now = Arrays.copyOf(disk.bytesOf(segment), end);
            if (segment == written.size()) {
                written.add(now);
                return;
            }
            byte[] before = written.set(segment, now);
            assertThat(Arrays.copyOf(now, before.length)).isEqualTo(before);
        }
    }

    @Nested
    @DisplayName("A15: lazy fsync called durable")
    final class A15 {
        @Test
        void whatIsAcknowledged_isOnTheDisk() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                for (int i = 0; i < 10; i++) {
                    disk.append(i % 2, "event " + i);
                    disk.losePower();
                    disk.start();
                    assertThat(disk.payloads(i % 2)).hasSize(i / 2 + 1).endsWith("event " + i);
                }
            }
        }
    }

    @Nested
    @DisplayName("A17: holes in a stream after copying files")
    final class A17 {
        private final int events = 14;

        private StoreOnDisk filled() throws IOException {
            StoreOnDisk disk = new StoreOnDisk(1);
            for (int i = 0; i < events; i++) {
                disk.append(0, LARGE);
            }
            disk.append(0, "last");
            disk.awaitIndexes();
            disk.bucket().noteDurableEnd();
            disk.shutDown();
            return disk;
        }

        @ParameterizedTest(name = "segment {0}")
        @ValueSource(ints = {0, 1, 2})
        void zerosWhereFramesWere_areNeverPassedOverInSilence(int segment) throws IOException {
            try (StoreOnDisk disk = filled()) {
                Frame hole = disk.entry(segment, 0);
                disk.overwrite(segment, hole.start(), 4_096, 0);
                disk.start();
                assertThatThrownBy(() -> disk.payloads(0))
                        .hasMessageContainingAll("data.evts", "offset ");
            }
        }

        @Test
        void missingSegment_isNamedAtTheStart() throws IOException {
            try (StoreOnDisk disk = filled()) {
                for (String name : disk.disk().list("buckets/00000/segments/0000000001")) {
                    disk.disk().delete("buckets/00000/segments/0000000001/" + name);
                }
                disk.disk().delete("buckets/00000/segments/0000000001");
                disk.start();
                assertThatThrownBy(() -> disk.payloads(0))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("buckets/00000/segments/0000000001");
            }
        }

        /** A copy that was taken before the segment was full, beside later ones. */
        @Test
        void shorterCopyOfASegment_isFound() throws IOException {
            try (StoreOnDisk disk = filled()) {
                Frame lost = disk.entry(0, 4);
                disk.overwrite(0, lost.start(), (int) (lost.end() - lost.start()), 0);
                for (String name : List.of("index.eidx", "partition.pidx", "stream.sidx")) {
                    disk.disk().delete("buckets/00000/segments/0000000000/" + name);
                }
                disk.start();
                disk.assertOutOfService(0);
                assertThat(disk.findings()).anyMatch(text -> text.contains("0000000000/data.evts"));
            }
        }
    }

    @Nested
    @DisplayName("A7: fdatasync fails once")
    final class A7 {
        @Test
        void bucketTakesNoMoreWritesUntilRestart_andReadsGoOn() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(2)) {
                disk.append(0, "told");
                disk.faults().failOnce(Operation.SYNC, 1);
                for (int i = 0; i < 3; i++) {
                    assertThat(disk.tryAppend(i % 2, "refused"))
                            .isEqualTo(disk.bucket().writeFailed());
                    assertThat(disk.payloads(0)).containsExactly("told");
                    assertThat(disk.payloads(1)).isEmpty();
                }
                assertThat(disk.bucket().status().failure()).contains("SYNC");
                disk.restart();
                disk.append(1, "accepted");
            }
        }

        /** The page cache shows it, the disk never gets it by itself, and a client may read it. */
        @Test
        void whatTheFailedSyncHasLeft_isOnTheDiskBeforeItIsServed() throws IOException {
            try (StoreOnDisk disk = new StoreOnDisk(1)) {
                disk.append(0, "told");
                disk.faults().failOnce(Operation.SYNC, 1);
                disk.tryAppend(0, "unknown");
                disk.restart();
                List<String> served = disk.payloads(0);
                disk.losePower();
                disk.start();
                assertThat(disk.payloads(0)).startsWith(served.toArray(String[]::new));
            }
        }
    }

    @Nested
    @DisplayName("A16: index file missing, short, from another segment, or rotten")
    final class A16 {
        @ParameterizedTest
        @ValueSource(strings = {"missing", "short", "foreign", "rotten"})
        void isDetectedAndRebuiltFromTheFrames(String flaw) throws IOException {
            for (String name : List.of("index.eidx", "partition.pidx", "stream.sidx")) {
                try (StoreOnDisk disk = new StoreOnDisk(1)) {
                    while (disk.bucket().status().segments() < 4) {
                        disk.append(0, LARGE);
                    }
                    disk.awaitIndexes();
                    int events = disk.payloads(0).size();
                    disk.shutDown();
                    damage(disk, name, flaw);
                    disk.start();
                    assertThat(disk.payloads(0)).hasSize(events);
                    StreamId stream = StreamId.of("stream-0");
                    assertThat(disk.store().reader().streamVersion(stream, key(0), events))
                            .isEqualTo(events - 1);
                    var first = new ArrayList<StoredEvent>();
                    disk.store().scanPartition(0, 0, 0, 1, e -> first.add(StoredEvent.of(e)));
                    assertThat(disk.store().get(first.getFirst().id(), _ -> true)).isTrue();
                    assertThat(disk.bucket().status().index().rebuilds()).isPositive();
                }
            }
        }

        private static void damage(StoreOnDisk disk, String name, String flaw) throws IOException {
            String file = "buckets/00000/segments/0000000000/" + name;
            switch (flaw) {
                case "missing" -> disk.disk().delete(file);
                case "short" -> {
                    try (DeviceFile open = disk.disk().open(file)) {
                        open.setSize(open.size() / 2);
                    }
                }
                case "foreign" ->
                        disk.disk().rename("buckets/00000/segments/0000000001/" + name, file);
                default -> disk.disk().flipBits(file, 100, 4);
            }
        }
    }
}
