package io.sierra.storage;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.check.CheckCounts;
import io.sierra.storage.check.Finding;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.Finding.LostVersions;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreCheck;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store of ten segments, whole and damaged in every way, as {@code verify} sees it. */
final class VerifyTest {
    private static final int SEGMENTS = 10;

    private StoreOnDisk disk;
    private int appended;

    @BeforeEach
    void fillSegments() throws IOException {
        disk = new StoreOnDisk(3);
        while (disk.bucket().status().segments() < SEGMENTS) {
            append(appended % 3, "x".repeat(9_000));
        }
        append(0, "a");
        append(1, "b");
        append(2, "c");
        disk.awaitIndexes();
        while (disk.bucket().status().index().runs() < 2) {
            Thread.onSpinWait();
        }
        disk.shutDown();
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void append(int partitionId, String payload) {
        disk.append(partitionId, payload);
        disk.awaitIndexes();
        appended++;
    }

    private Heard verify() throws IOException {
        return Heard.ofVerify(disk.disk());
    }

    private Heard scrub() throws IOException {
        return Heard.ofScrub(disk.disk());
    }

    private static Finding theLoss(Heard heard) {
        Finding finding = theOnly(heard, Kind.DATA);
        assertThat(finding.losses()).isNotEmpty();
        return finding;
    }

    private static Finding theOnly(Heard heard, Kind kind) {
        assertThat(heard.findings).hasSize(1);
        Finding finding = heard.findings.element();
        assertThat(finding.kind()).isEqualTo(kind);
        return finding;
    }

    @Test
    void wholeStore_isClean() throws IOException {
        Heard heard = new Heard();
        CheckCounts counts = new StoreCheck(StoreFiles.open(disk.disk()), heard).verify(2);

        assertThat(heard.findings).isEmpty();
        assertThat(heard.notes).isEmpty();
        assertThat(counts.segments()).isEqualTo(SEGMENTS);
        assertThat(counts.events()).isEqualTo(appended);
        assertThat(counts.streams()).isEqualTo(3);
        assertThat(counts.frames()).isGreaterThan(counts.events());
        assertThat(scrub().findings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void damagedFrame_isNamedWithWhatIsLost(boolean header) throws IOException {
        Frame lost = disk.entry(4, 2);
        long sequence = sequenceOf(4, lost.start());
        disk.flip(4, header ? lost.start() + 12 : lost.end() - 20);

        for (Heard heard : List.of(verify(), scrub())) {
            Finding finding = theLoss(heard);
            assertThat(finding.kind()).isEqualTo(Kind.DATA);
            assertThat(finding.file()).endsWith("0000000004/data.evts");
            assertThat(finding.fileOffset()).isEqualTo(lost.start());
            assertThat(finding.problem()).contains("offset " + lost.start(), "should be");
            assertThat(finding.losses())
                    .containsExactly(new Loss(lost.partitionId(), sequence, sequence + 1));
        }
    }

    /** Nothing behind it in its segment, so the next checkpoint has to tell. */
    @Test
    void lastEntryOfASealedSegment_isMissedByTheNext() throws IOException {
        Frame lost = disk.entry(4, disk.entries(4) - 1);
        long sequence = sequenceOf(4, lost.start());
        disk.flip(4, lost.start() + 12);

        for (Heard heard : List.of(verify(), scrub())) {
            assertThat(theLoss(heard).losses())
                    .containsExactly(new Loss(lost.partitionId(), sequence, sequence + 1));
        }
    }

    @Test
    void damageInTheOpenSegment_isFoundIfItWasAcknowledged() throws IOException {
        Frame lost = disk.entry(SEGMENTS - 1, 0);
        disk.flip(SEGMENTS - 1, lost.end() - 12);

        assertThat(theLoss(verify()).losses())
                .extracting(Loss::partitionId)
                .containsExactly(lost.partitionId());
    }

    @Test
    void unfinishedWrite_isNoDamage() throws IOException {
        disk.start();
        disk.writeUnsynced(1, "nobody", "knows");
        disk.kill();
        List<Frame> frames = disk.frames(SEGMENTS - 1);
        Frame last = frames.get(frames.size() - 2); // the one behind it reached the disk
        disk.flip(SEGMENTS - 1, last.end() - 12);
        Heard heard = verify();

        assertThat(heard.findings).isEmpty();
        assertThat(heard.notes)
                .singleElement()
                .asString()
                .contains("offset " + last.start(), "nobody was told");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "segments/0000000003/index.eidx",
                "segments/0000000003/partition.pidx",
                "segments/0000000003/stream.sidx",
                "segments/0000000008/stream.sidx",
                "runs/0000000000-0000000003/index.eidx",
                "runs/0000000000-0000000003/stream.sidx"
            })
    void flippedBitInAnIndex_isFound(String name) throws IOException {
        String path = "buckets/00000/" + name;
        long offset = 64 + 5;
        disk.disk().flipBits(path, offset, 0x10);

        Finding finding = theOnly(verify(), Kind.INDEX);
        assertThat(finding.file()).endsWith(name);
        assertThat(finding.fileOffset()).isEqualTo(offset & -8);
        Finding scrubbed = theOnly(scrub(), Kind.INDEX);
        assertThat(scrubbed.file()).endsWith(name);
    }

    /** Every byte that is covered counts: header, filter, entries, postings. */
    @Test
    void everyByteOfAnIndex_isCompared() throws IOException {
        String path = "buckets/00000/segments/0000000002/stream.sidx";
        long length = StoreFiles.open(disk.disk()).lengthOf(path);
        for (long offset = 0; offset < length; offset += 31) {
            disk.disk().flipBits(path, offset, 1);
            assertThat(verify().findings)
                    .as("byte %d of %d", offset, length)
                    .anyMatch(finding -> finding.file().endsWith("0000000002/stream.sidx"));
            disk.disk().flipBits(path, offset, 1);
        }
        assertThat(verify().findings).isEmpty();
    }

    @Test
    void missingIndex_isFound() throws IOException {
        disk.disk().delete("buckets/00000/segments/0000000003/index.eidx");

        Finding finding = theOnly(verify(), Kind.INDEX);
        assertThat(finding.problem()).endsWith("0000000003/index.eidx is missing");
    }

    /** A killed server leaves this; nothing is wrong with it. */
    @Test
    void missingIndexOfTheNewestSegments_isYetToBeWritten() throws IOException {
        for (String name : List.of("index.eidx", "partition.pidx", "stream.sidx")) {
            disk.disk().delete("buckets/00000/segments/0000000008/" + name);
        }
        Heard heard = verify();

        assertThat(heard.findings).isEmpty();
        assertThat(heard.notes)
                .singleElement()
                .asString()
                .contains("0000000008 is not written yet");
    }

    /** A server that is stopped while it merges leaves this. */
    @Test
    void missingFileOfARun_isYetToBeWritten() throws IOException {
        String run = "buckets/00000/runs/0000000000-0000000003/";
        disk.disk().delete(run + "partition.pidx");
        disk.disk().delete(run + "stream.sidx");
        Heard heard = verify();

        assertThat(heard.findings).isEmpty();
        assertThat(heard.notes)
                .hasSize(2)
                .allMatch(note -> note.contains("0000000000-0000000003/"))
                .allMatch(note -> note.contains("is not written yet"));
        disk.start();
        assertThat(disk.payloads(0)).isNotEmpty();
        while (!disk.disk().exists(run + "partition.pidx")
                || !disk.disk().exists(run + "stream.sidx")) {
            Thread.onSpinWait();
        }
        disk.shutDown();
        assertThat(verify().notes).isEmpty();
    }

    @Test
    void indexOfAnotherSegment_isFound() throws IOException {
        copy(
                "buckets/00000/segments/0000000002/index.eidx",
                "buckets/00000/segments/0000000003/index.eidx");

        assertThat(theOnly(verify(), Kind.INDEX).problem())
                .contains("0000000003/index.eidx", "segment is 2, expected 3");
    }

    @Test
    void missingSegment_isFoundWithWhatWasInIt() throws IOException {
        disk.disk().delete(StoreOnDisk.dataFile(5));
        Finding finding = theLoss(verify());

        assertThat(finding.problem()).endsWith("0000000005/data.evts is missing");
        assertThat(finding.losses()).extracting(Loss::partitionId).contains(0, 1, 2);
        assertThat(versionsOf(finding)).isEqualTo(sequencesOf(finding));
    }

    /** Each partition has one stream here, so its versions are the sequences. */
    private static Map<Integer, Range> versionsOf(Finding finding) {
        return finding.versions().stream()
                .collect(
                        toMap(
                                LostVersions::partitionId,
                                lost -> new Range(lost.firstVersion(), lost.endVersion())));
    }

    private static Map<Integer, Range> sequencesOf(Finding finding) {
        return finding.losses().stream()
                .collect(
                        toMap(
                                Loss::partitionId,
                                loss -> new Range(loss.firstSequence(), loss.endSequence())));
    }

    private record Range(long first, long end) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 64, 20_000})
    void truncatedSegment_isOneFinding(int length) throws IOException {
        write(StoreOnDisk.dataFile(5), Arrays.copyOf(disk.bytesOf(5), length));
        Finding finding = theLoss(verify());

        assertThat(finding.file()).endsWith("0000000005/data.evts");
        assertThat(finding.losses()).hasSize(3);
        assertThat(versionsOf(finding)).isEqualTo(sequencesOf(finding));
    }

    @Test
    void flippedByteOfASegment_isOneFinding() throws IOException {
        long end = disk.frames(4).getLast().end();
        for (long offset = 0; offset < end; offset += 197) {
            disk.flip(4, offset);
            assertThat(verify().findings).as("byte %d of %d", offset, end).hasSizeLessThan(2);
            disk.flip(4, offset);
        }
        assertThat(verify().findings).isEmpty();
    }

    @Test
    void streamsThatLostVersions_areNamedUpToABound() throws IOException {
        try (StoreOnDisk many = new StoreOnDisk(1)) {
            while (many.bucket().status().segments() < 4) {
                for (int stream = 0; stream < 30; stream++) {
                    many.append(
                            StoreOnDisk.key(0),
                            List.of(NewEvents.event("user-" + stream, "x".repeat(500))));
                }
            }
            many.shutDown();
            many.disk().delete(StoreOnDisk.dataFile(1));
            Finding finding = theLoss(Heard.ofVerify(many.disk()));

            assertThat(finding.versions()).hasSize(20);
            assertThat(finding.moreStreams()).isEqualTo(10);
            assertThat(finding.lostLines())
                    .hasSize(22)
                    .anyMatch(line -> line.matches("stream 'user-\\d+' versions? \\d+.*"))
                    .endsWith("versions of 10 more streams");
        }
    }

    /** Damage before the gap, or in another partition, is no reason for it. */
    @Test
    void gapThatNoDamageExplains_isAFindingOfItsOwn() throws IOException {
        appendFrame(1, NewEvents.id(1), "stream-7", 0);
        appendFrame(2, NewEvents.id(2), "stream-8", 0);
        Frame lost = disk.entry(SEGMENTS - 1, disk.entries(SEGMENTS - 1) - 1);
        appendFrame(2, NewEvents.id(3), "stream-8", 1);
        appendFrame(1, NewEvents.id(4), "stream-7", 2);
        disk.flip(SEGMENTS - 1, lost.end() - 12);
        disk.flip(4, disk.entry(4, 1).start() + 12);

        assertThat(verify().findings)
                .hasSize(3)
                .filteredOn(f -> f.losses().isEmpty())
                .singleElement()
                .satisfies(gap ->
                        assertThat(gap.problem())
                                .contains("stream 'stream-7' in partition 1 should be 1 but is 2")
                                .endsWith("version 1 is missing"));
    }

    /** A damage explains no more missing versions than it has taken events. */
    @Test
    void gapThatIsLargerThanTheLoss_isAFindingOfItsOwn() throws IOException {
        appendFrame(1, NewEvents.id(1), "stream-7", 0);
        appendFrame(1, NewEvents.id(2), "stream-7", 1);
        Frame lost = disk.entry(SEGMENTS - 1, disk.entries(SEGMENTS - 1) - 1);
        appendFrame(1, NewEvents.id(3), "stream-7", 4);
        disk.flip(SEGMENTS - 1, lost.end() - 12);

        assertThat(verify().findings)
                .hasSize(2)
                .anyMatch(f -> f.losses().size() == 1)
                .anyMatch(f -> f.problem().endsWith("versions 1 to 3 are missing"));
    }

    /** What a server writes down of it in later segments is no further finding. */
    @Test
    void damageThatAServerHasNoted_isOneFinding() throws IOException {
        Frame lost = disk.entry(SEGMENTS - 1, 0);
        disk.flip(SEGMENTS - 1, lost.end() - 12);
        disk.start();
        int healthy = (lost.partitionId() + 1) % 3;
        while (disk.bucket().status().segments() < SEGMENTS + 2) {
            append(healthy, "x".repeat(9_000));
        }
        disk.shutDown();

        assertThat(theLoss(verify()).fileOffset()).isEqualTo(lost.start());
    }

    @Test
    void noteOfDamageThatIsFound_isNoFurtherFinding() throws IOException {
        Frame lost = disk.entry(4, 2);
        disk.flip(4, lost.start() + 12);
        write(
                "buckets/00000/damage.json",
                NewEvents.utf8(
                        "{\"format_version\": 1, \"partitions\": {\"%d\": \"it rotted\"}}"
                                .formatted(lost.partitionId())));
        Heard heard = verify();

        assertThat(theLoss(heard).fileOffset()).isEqualTo(lost.start());
        assertThat(heard.notes).singleElement().asString().endsWith("it rotted");
    }

    /** As after files were copied by hand. */
    @Test
    void segmentOfAnotherStore_isFound() throws IOException {
        StoreOnDisk own = disk;
        fillSegments();
        try (StoreOnDisk other = disk) {
            disk = own;
            byte[] foreign = other.bytesOf(4);
            write(StoreOnDisk.dataFile(4), foreign);
        }
        Finding finding = theLoss(verify());

        assertThat(finding.problem()).contains("store id should be");
        assertThat(finding.losses()).hasSize(3);
    }

    @Test
    void segmentInTheWrongPlace_isFound() throws IOException {
        copy(StoreOnDisk.dataFile(3), StoreOnDisk.dataFile(4));

        Finding finding = theLoss(verify());

        assertThat(finding.file()).contains("0000000004");
        assertThat(finding.losses()).hasSize(3);
    }

    /** A copy that was taken before the segment was full. */
    @Test
    void olderStateOfASegment_isFound() throws IOException {
        List<Frame> frames = disk.frames(4);
        Frame from = frames.get(frames.size() / 2);
        byte[] older = disk.bytesOf(4);
        Arrays.fill(older, (int) from.start(), older.length, (byte) 0);
        write(StoreOnDisk.dataFile(4), older);

        Finding finding = theLoss(verify());

        assertThat(finding.fileOffset()).isEqualTo(from.start());
        assertThat(finding.losses()).hasSize(3);
    }

    @Test
    void noteOfDamage_isTold() throws IOException {
        write(
                "buckets/00000/damage.json",
                NewEvents.utf8("{\"format_version\": 1, \"partitions\": {\"2\": \"it rotted\"}}"));

        assertThat(theOnly(verify(), Kind.NOTE).problem())
                .contains("partition 2 is out of service: it rotted");
    }

    @Test
    void idThatComesTwiceInAPartition_isFound() throws IOException {
        EventId id = NewEvents.id(77);
        appendFrame(1, id, "stream-7", 0);
        appendFrame(1, id, "stream-8", 0);

        assertThat(theOnly(verify(), Kind.DATA).problem())
                .contains("event id 0000000000007000800000000000004d is there twice");
    }

    @Test
    void gapInAStreamWithinASegment_isFound() throws IOException {
        appendFrame(1, NewEvents.id(1), "stream-7", 0);
        appendFrame(1, NewEvents.id(2), "stream-7", 3);

        assertThat(theOnly(verify(), Kind.DATA).problem())
                .contains("stream 'stream-7' in partition 1 should be 1 but is 3")
                .endsWith("versions 1 to 2 are missing");
    }

    @Test
    void gapInAStreamAcrossSegments_isFound() throws IOException {
        long next = disk.frames(SEGMENTS - 1).size();
        appendFrame(1, NewEvents.id(2), "stream-0", 1_000 + next);
        appendFrame(1, NewEvents.id(3), "stream-9", 5);

        assertThat(verify().findings)
                .hasSize(2)
                .anyMatch(f -> f.problem().contains("stream 'stream-9' in partition 1 should be 0"))
                .anyMatch(
                        f -> f.problem().contains("stream 'stream-0' in partition 1 should be 0"));
    }

    @Test
    void storeThatIsWrittenMeanwhile_isClean() throws Exception {
        disk.start();
        Heard heard = new Heard();
        Thread writer =
                new Thread(() -> {
                    for (int i = 0; i < 300; i++) {
                        disk.append(i % 3, "y".repeat(4_000));
                    }
                });
        writer.start();
        do {
            new StoreCheck(StoreFiles.open(disk.disk()), heard).verify(1);
        } while (writer.isAlive() && heard.findings.isEmpty());
        writer.join();

        assertThat(heard.findings).isEmpty();
    }

    private long sequenceOf(int segmentNumber, long frameOffset) throws IOException {
        StoreFiles files = StoreFiles.open(disk.disk());
        SegmentFile segment = files.segments(0).get(segmentNumber);
        try (FrameScan scan = files.scan(segment)) {
            while (scan.next() == Step.FRAME) {
                if (scan.frame().fileOffset() == frameOffset) {
                    return scan.frame().firstSequence();
                }
            }
        }
        throw new AssertionError("no frame at " + frameOffset);
    }

    /** Appends an event that the store itself would refuse. */
    private void appendFrame(int partitionId, EventId id, String stream, long version)
            throws IOException {
        StoreFiles files = StoreFiles.open(disk.disk());
        SegmentFile open = files.segments(0).getLast();
        LogEntry entry = null;
        long end;
        try (FrameScan scan = files.scan(open)) {
            while (scan.next() == Step.FRAME) {
                var frame = scan.frame();
                if (frame.kind() == FrameKind.EVENTS && frame.partitionId() == partitionId) {
                    entry =
                            new LogEntry(
                                    FrameKind.EVENTS,
                                    partitionId,
                                    1,
                                    frame.logIndex() + 1,
                                    1,
                                    frame.firstSequence() + frame.eventCount(),
                                    frame.digest(),
                                    1,
                                    2,
                                    StoreOnDisk.key(partitionId));
                }
            }
            end = scan.fileOffset();
        }
        NewEvent event = NewEvents.event(stream, "p");
        ByteBuffer buffer = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN);
        new FrameEncoder()
                .encodeEvents(
                        buffer,
                        new FrameStamp(open.id(), end, end, 0),
                        Objects.requireNonNull(entry),
                        List.of(event),
                        new EventId[] {id},
                        new long[] {version},
                        new long[] {0});
        try (DeviceFile file = disk.disk().open(open.id().dataFile())) {
            file.write(buffer.flip(), end);
            file.sync();
        }
    }

    private void copy(String from, String to) throws IOException {
        try (DeviceFile file = disk.disk().openForReading(from)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            write(to, bytes.array());
        }
    }

    private void write(String path, byte[] bytes) throws IOException {
        disk.disk().delete(path);
        try (DeviceFile file = disk.disk().create(path)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.sync();
        }
    }
}
