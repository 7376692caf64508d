package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Faults.Operation;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairReport;
import io.sierra.storage.repair.RepairRun;
import io.sierra.storage.segment.FrameKind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames for what is given up go where there is room for them, and for all that is known. */
final class LossPlacingTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final int PARTITIONS = 8;

    /** Of partition {@link #FILLING}, which only fills segments. */
    private static final String LONG = "x".repeat(40_000);

    private static final int FILLING = 7;

    private StoreOnDisk disk;
    private final Map<String, Long> lastVersions = new HashMap<>();

    @BeforeEach
    void open() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    /** Appends a transaction with one event for each stream. */
    private void append(int partitionId, String payload, String... streams) {
        List<NewEvent> events = new ArrayList<>();
        for (String stream : streams) {
            events.add(NewEvents.event(stream, payload));
        }
        AppendResult.Appended appended = disk.append(StoreOnDisk.key(partitionId), events);
        for (AppendedEvent event : appended.events()) {
            lastVersions.put(event.streamId().toString(), event.streamVersion());
        }
        disk.awaitIndexes();
    }

    private void fillUpTo(int segments) {
        while (disk.bucket().status().segments() < segments) {
            append(FILLING, LONG, "filling");
        }
    }

    private void shutDown() throws IOException {
        disk.bucket().noteDurableEnd();
        disk.shutDown();
    }

    /** Damages the beginning of frames, so that nobody knows whose they were. */
    private void damageEntries(int segment, int... numbers) throws IOException {
        List<Frame> damaged = new ArrayList<>();
        for (int number : numbers) {
            damaged.add(disk.entry(segment, number));
        }
        for (Frame frame : damaged) {
            disk.flip(segment, frame.start() + 20);
        }
    }

    private RepairPlan plan() throws IOException {
        return RepairPlanner.plan(
                StoreFiles.open(disk.disk()), Optional.empty(), Optional.of(NOON), _ -> {});
    }

    /** Repairs, and returns the report. */
    private List<String> repair() throws IOException {
        RepairPlan plan = plan();
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.lost()).isEmpty();
        List<String> report = new RepairReport(StoreFiles.open(disk.disk()), plan).lines();
        RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});
        assertThat(RepairTest.verify(disk.disk())).isEmpty();
        assertThat(plan().isEmpty()).isTrue();
        return report;
    }

    private long versionGivenTo(int partitionId, String stream) {
        append(partitionId, "on", stream);
        return lastVersions.getOrDefault(stream, -1L);
    }

    private static String[] streams(int count) {
        return IntStream.range(0, count).mapToObj(n -> "stream-" + n).toArray(String[]::new);
    }

    /** The first hole had a short frame of another partition. */
    @Test
    void frame_goesWhereThereIsRoomForItsVersions() throws IOException {
        String[] streams = streams(5);
        append(0, "first", "first");
        append(1, "lost", "other");
        append(2, "between", "between");
        append(0, "lost", streams);
        append(0, "behind", "first");
        append(1, "behind", "other");
        fillUpTo(2);
        shutDown();
        damageEntries(0, 1, 3);
        repair();

        disk.start();
        for (String stream : streams) {
            assertThat(versionGivenTo(0, stream)).isEqualTo(1);
        }
    }

    /** One frame has to stand for what was in several holes. */
    @Test
    void onlyVersionsWithoutRoom_areForgotten_andTheReportNamesThem() throws IOException {
        String[] streams = streams(10);
        append(0, "first", streams);
        append(1, "lost", "other");
        for (String stream : streams) {
            append(0, "lost", stream);
            append(2, "between", "between");
        }
        append(0, "behind", "behind");
        append(1, "behind", "behind");
        fillUpTo(2);
        shutDown();
        damageEntries(0, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
        List<String> report = repair();

        disk.start();
        assertThat(versionGivenTo(1, "other")).isEqualTo(1);
        int forgotten = 0;
        for (String stream : streams) {
            String lost = "  lost: stream '%s' version 1".formatted(stream);
            boolean isForgotten =
                    report.contains(lost + ", which may be given again: no room to keep that");
            assertThat(isForgotten || report.contains(lost)).isTrue();
            assertThat(versionGivenTo(0, stream)).isEqualTo(isForgotten ? 1 : 2);
            forgotten += isForgotten ? 1 : 0;
        }
        assertThat(forgotten).isBetween(1, streams.length - 1);
    }

    /** A checkpoint has to name those whose frames are put into earlier holes. */
    @Test
    void checkpointThatIsLost_hasRoomForAllThatItNames() throws IOException {
        append(FILLING, "x".repeat(250), "filling"); // will have room for four frames
        fillUpTo(2);
        append(1, "lost", "one");
        append(FILLING, "between", "filling");
        append(1, "behind", "one");
        fillUpTo(3);
        shutDown();
        damageEntries(0, 0);
        damageEntries(1, 1);
        disk.flip(1, disk.frames(1).getFirst().start() + 20);
        repair();

        disk.start();
        assertThat(disk.payloads(1)).containsExactly("behind");
        assertThat(versionGivenTo(1, "one")).isEqualTo(2);
    }

    /** What is left behind it is too short for a frame of its own. */
    @Test
    void checkpointThatIsLost_fillsItsHole() throws IOException {
        append(FILLING, "x".repeat(250), "filling"); // will have room for four frames
        fillToTheLastBytes();
        append(1, "lost", "one"); // right behind the checkpoint of segment 1
        append(FILLING, "between", "filling");
        append(2, "lost", "two");
        append(FILLING, "between", "filling");
        append(2, "behind", "two");
        append(1, "behind", "one");
        fillUpTo(3);
        shutDown();
        damageEntries(0, 0);
        damageEntries(1, 0, 2);
        disk.flip(1, disk.frames(1).getFirst().start() + 20);
        disk.disk().delete("buckets/00000/segments/0000000001/stream.sidx");
        repair();

        assertThat(disk.frames(1).getFirst().end()).isEqualTo(disk.frames(1).get(1).start());
        assertThat(disk.frames(1).get(1).kind()).isEqualTo(FrameKind.EVENTS);
        disk.start();
        assertThat(disk.payloads(1)).containsExactly("behind");
        assertThat(disk.payloads(2)).containsExactly("behind");
    }

    /** Fills segment 0 so that the next frame will be the first of segment 1. */
    private void fillToTheLastBytes() throws IOException {
        append(FILLING, LONG, "filling");
        append(FILLING, LONG, "filling");
        long left = StoreOptions.MIN_SEGMENT_BYTES - disk.frames(0).getLast().end();
        append(FILLING, "x".repeat((int) left - 300), "filling");
        assertThat(disk.bucket().status().segments()).isEqualTo(1);
    }

    /** What stands for the end of a log may be lost in its turn. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endOfALog_isNotForgottenWithItsFrame(boolean isKilled) throws IOException {
        for (int i = 0; i < 20; i++) {
            append(1, "lost", "one");
        }
        fillUpTo(3);
        shutDown();
        damageEntries(0, IntStream.range(0, 20).toArray());
        // Without an end that is known of it, the checkpoints are all that tells.
        disk.flip(1, disk.frames(1).getFirst().start() + 20);
        disk.flip(2, disk.frames(2).getFirst().start() + 20);
        if (isKilled) {
            killAfterTheFirstSegment();
        }
        repair();
        for (Frame frame : disk.frames(2)) {
            if (frame.kind() == FrameKind.LOST && frame.partitionId() == 1) {
                disk.flip(2, frame.start() + 20);
            }
        }
        repair();

        disk.start();
        AppendResult.Appended appended = disk.append(1, "on");
        assertThat(appended.firstPartitionSequence()).isGreaterThanOrEqualTo(20);
    }

    private void killAfterTheFirstSegment() throws IOException {
        RepairPlan plan = plan();
        FaultyDevice faulty = new FaultyDevice(disk.disk());
        faulty.faults().failAt(Operation.CREATE, "0000000000/data.evts.repaired");
        assertThatThrownBy(() -> RepairRun.carryOut(StoreFiles.open(faulty), plan, NOON, _ -> {}))
                .isInstanceOf(IOException.class);
    }

    /** A later checkpoint that does not name a partition proves that it had no entry. */
    @Test
    void partitionsWithoutEntries_haveLostNothing() throws IOException {
        append(1, "lost", "one");
        append(FILLING, "between", "filling");
        append(2, "lost, the last one", "two");
        fillUpTo(3);
        shutDown();
        damageEntries(0, 0, 2);
        List<String> report = repair();

        assertThat(report)
                .filteredOn(line -> line.startsWith("accepted as lost:"))
                .hasSize(2)
                .noneMatch(line -> line.contains("at most"));
        disk.start();
        assertThat(disk.append(3, "the first one").firstPartitionSequence()).isZero();
        assertThat(versionGivenTo(1, "one")).isEqualTo(1);
        assertThat(versionGivenTo(2, "two")).isEqualTo(1);
    }

    /** An index from before the repair leads to the frame of another partition. */
    @Test
    void scan_takesNoFrameOfAnotherPartition() throws IOException {
        append(0, "first", "zero");
        append(1, "first", "one");
        append(1, "lost", "one"); // sequence 1, where the other partition's frame will be
        append(0, "lost", streams(5)); // sequences 1 to 5
        append(0, "behind", "zero");
        append(1, "behind", streams(5)); // sequences 2 to 6
        append(1, "behind", "one");
        fillUpTo(2);
        shutDown();
        Map<String, byte[]> indexes = new HashMap<>();
        for (String file : List.of("index.eidx", "partition.pidx", "stream.sidx")) {
            String path = "buckets/00000/segments/0000000000/" + file;
            indexes.put(path, AtomicFile.read(disk.disk(), path));
        }
        damageEntries(0, 2, 3);
        repair();
        for (Map.Entry<String, byte[]> index : indexes.entrySet()) {
            AtomicFile.write(disk.disk(), index.getKey(), index.getValue());
        }

        disk.start();
        assertThatThrownBy(() -> disk.payloads(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("for sequence 1 of partition 1, which is not there");
    }

    /** What is at the end of a log has room for versions too. */
    @Test
    void endOfALog_hasTheVersionsThatTheIndexKnows() throws IOException {
        append(1, "first", "one");
        append(1, "lost", "one");
        fillUpTo(2);
        shutDown();
        damageEntries(0, 1);
        disk.flip(1, disk.frames(1).getFirst().start() + 20); // else it tells of the loss
        List<String> report = repair();

        assertThat(report).contains("  lost: stream 'one' version 1");
        assertThat(report)
                .anyMatch(line -> line.contains("partition 1, ") && line.endsWith("at most"));
        disk.start();
        assertThat(versionGivenTo(1, "one")).isEqualTo(2);
    }
}
