package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.backup.Restore;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.index.IndexOptions;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairReport;
import io.sierra.storage.repair.RepairRun;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What no backup has is given up on request, and all the rest is served again. */
final class AcceptedLossTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final int PARTITIONS = 3;
    private static final int SEGMENTS = 4;

    private static final StoreOptions OPTIONS =
            StoreOptions.defaults()
                    .withPartitioning(PARTITIONS, 1)
                    .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES);

    private StoreOnDisk disk;

    /** Every event that was ever acknowledged, without what it says. */
    private final List<StoredEvent> acknowledged = new ArrayList<>();

    @BeforeEach
    void fill() throws IOException {
        disk = new StoreOnDisk(PARTITIONS);
        fillUpTo(SEGMENTS);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private void fillUpTo(int segments) {
        for (int i = 0; disk.bucket().status().segments() < segments; i++) {
            append(i % PARTITIONS, 1 + i % 3, "x".repeat(4_000));
        }
        for (int i = 0; i < 6; i++) {
            append(i % PARTITIONS, 2, "in the last of " + segments);
        }
    }

    /** Appends a transaction of several streams. */
    private void append(int partitionId, int events, String payload) {
        if (disk.bucket().damageOf(partitionId) == null) {
            acknowledged.addAll(
                    eventsOf(
                            disk.append(
                                    StoreOnDisk.key(partitionId),
                                    transaction(partitionId, events, payload))));
        }
        disk.awaitIndexes();
    }

    private static List<StoredEvent> eventsOf(AppendResult.Appended appended) {
        List<StoredEvent> events = new ArrayList<>();
        for (AppendedEvent event : appended.events()) {
            events.add(
                    new StoredEvent(
                            event.id(),
                            appended.partitionKey(),
                            appended.partitionId(),
                            appended.firstPartitionSequence() + events.size(),
                            event.streamId().toString(),
                            event.streamVersion(),
                            TimeUnit.MILLISECONDS.toNanos(event.timestampMillis()),
                            "",
                            "",
                            ""));
        }
        return events;
    }

    private static List<NewEvent> transaction(int partitionId, int events, String payload) {
        List<NewEvent> transaction = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            transaction.add(NewEvents.event(stream(partitionId, i), payload));
        }
        return transaction;
    }

    private static String stream(int partitionId, int n) {
        return "stream-%d-of-%d".formatted(n, partitionId);
    }

    private void harm(Harm harm) throws IOException {
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        harm.doTo(disk);
    }

    private static List<StoredEvent> eventsOf(EventStore store, int partitionId)
            throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        store.scanPartition(
                partitionId,
                0,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                event -> events.add(StoredEvent.of(event)));
        return events;
    }

    private static List<StoredEvent> eventsOf(EventStore store, String stream, int partitionId)
            throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        boolean more =
                store.reader()
                        .scanStream(
                                StreamId.of(stream),
                                StoreOnDisk.key(partitionId),
                                0,
                                Long.MAX_VALUE,
                                Long.MAX_VALUE,
                                store.reader().watermark(partitionId),
                                event -> events.add(StoredEvent.of(event)));
        assertThat(more).isFalse();
        return events;
    }

    private void deleteIndexes(int segment) throws IOException {
        String directory = new SegmentId(0, segment, 0).directory();
        for (String name : disk.disk().list(directory)) {
            if (name.endsWith("idx")) {
                disk.disk().delete(directory + "/" + name);
            }
        }
    }

    /** A server that makes the index again sees what is lost, and others go on for two segments. */
    private void letAServerNotice() throws IOException {
        deleteIndexes(0);
        deleteIndexes(1); // but not of the one before the last, which proves that there is a last
        disk.start();
        disk.awaitIndexes();
        int segments = disk.bucket().status().segments();
        for (int id = 0; id < PARTITIONS; id++) {
            while (disk.bucket().damageOf(id) == null
                    && disk.bucket().status().segments() < segments + 2) {
                append(id, 2, "y".repeat(4_000));
            }
        }
        disk.shutDown();
    }

    /** Events in frames that verify, in order. */
    private static List<StoredEvent> left(Device device) throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        SegmentFrames frames = new SegmentFrames(device);
        StoreFiles files = StoreFiles.open(device);
        for (SegmentFile segment : files.segments(0)) {
            if (segment.hasFrames()) {
                frames.visit(
                        segment.id(),
                        frame -> {
                            while (frame.kind() == FrameKind.EVENTS && frame.nextEvent()) {
                                events.add(FrameAudit.eventAt(frame));
                            }
                        });
            }
        }
        return events;
    }

    private static RepairPlan plan(Device device) throws IOException {
        return RepairPlanner.plan(
                StoreFiles.open(device), Optional.empty(), Optional.of(NOON), _ -> {});
    }

    private static RepairPlan repair(Device device) throws IOException {
        RepairPlan plan = plan(device);
        if (!plan.isEmpty()) {
            RepairRun.carryOut(StoreFiles.open(device), plan, NOON, _ -> {});
        }
        return plan;
    }

    private static Stream<Arguments> harms() {
        List<Arguments> harms = new ArrayList<>();
        for (Harm harm : Harm.values()) {
            harms.add(Arguments.of(harm, true, false)); // indexed, noticed
            harms.add(Arguments.of(harm, false, false));
            harms.add(Arguments.of(harm, false, true));
        }
        return harms.stream();
    }

    @ParameterizedTest(name = "{0}, indexed: {1}, noticed: {2}")
    @MethodSource("harms")
    void allThatIsLeft_isServedAgain(Harm harm, boolean indexed, boolean noticed)
            throws IOException {
        harm(harm);
        if (!indexed) {
            deleteIndexes(1);
        }
        if (noticed) {
            letAServerNotice();
        }
        List<StoredEvent> left = left(disk.disk());
        RepairPlan plan = repair(disk.disk());

        assertThat(plan.lost()).isEmpty();
        assertThat(plan.problems()).isEmpty();
        assertServed(disk.disk(), left, indexed && !noticed && isIndexed(harm));
    }

    static LongStream seeds() {
        String seed = System.getProperty("sierra.seed");
        return seed == null
                ? new Random().longs(Integer.getInteger("sierra.seeds", 10))
                : LongStream.of(Long.parseLong(seed));
    }

    /** Damage wherever it comes, again and again, some of it noticed by a server in between. */
    @ParameterizedTest(name = "-Dsierra.seed={0}")
    @MethodSource("seeds")
    void anyDamage_canBeGivenUp(long seed) throws IOException {
        Random random = new Random(seed);
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        for (int round = 0; round < 2; round++) {
            for (int places = 1 + random.nextInt(4); places > 0; places--) {
                damageAnything(random);
            }
            if (random.nextInt(3) == 0) {
                letAServerNotice();
            }
            List<StoredEvent> left = left(disk.disk());
            RepairPlan plan = repair(disk.disk());
            assertThat(plan.lost()).isEmpty();
            assertThat(plan.problems()).isEmpty();
            assertServed(disk.disk(), left, /* versionsKnown= */ false);
            disk.start();
            disk.shutDown();
        }
    }

    /** Not the last frame, which tells how far the log was durable. */
    private void damageAnything(Random random) throws IOException {
        List<SegmentFile> segments = StoreFiles.open(disk.disk()).segments(0);
        int segment = random.nextInt(segments.size());
        if (!segments.get(segment).hasFrames()) {
            return;
        }
        List<Frame> frames = new SegmentFrames(disk.disk()).of(segments.get(segment).id());
        if (frames.size() < 3) {
            return;
        }
        Frame frame = frames.get(random.nextInt(frames.size() - 1));
        Frame last = frames.get(frames.size() - 2);
        int length = (int) Math.min(last.end() - frame.start(), 100 + random.nextInt(20_000));
        switch (random.nextInt(6)) {
            case 0 -> disk.flip(segment, frame.start() + random.nextInt(100));
            case 1 -> disk.flip(segment, frame.end() - 8);
            case 2 -> disk.overwrite(segment, frame.start(), length, 0);
            case 3 -> disk.overwrite(segment, frame.start() + 60, length - 60, 0xEE);
            case 4 -> disk.flip(segment, random.nextInt(64));
            default -> {
                if (segment < segments.size() - 1 && random.nextBoolean()) {
                    disk.disk().delete(StoreOnDisk.dataFile(segment));
                    disk.disk().syncDirectory(new SegmentId(0, segment, 0).directory());
                }
            }
        }
    }

    private static boolean isIndexed(Harm harm) {
        Set<Harm> others =
                EnumSet.of(
                        Harm.DIRECTORY_MISSING,
                        Harm.OPEN_DIRECTORY_MISSING,
                        Harm.OPEN_BODY,
                        Harm.OPEN_HEADER_OF_A_FRAME,
                        Harm.OPEN_CHECKPOINT,
                        Harm.LAST_ACKNOWLEDGED,
                        Harm.LAST_BUT_ONE,
                        Harm.OPEN_CUT_OFF,
                        Harm.OPEN_MISSING,
                        Harm.OPEN_ZEROED);
        return !others.contains(harm);
    }

    /** Serves what is left, takes appends, and goes on doing so whatever is done with it. */
    private void assertServed(MemoryDevice device, List<StoredEvent> left, boolean versionsKnown)
            throws IOException {
        assertThat(RepairTest.verify(device)).isEmpty();
        assertThat(plan(device).isEmpty()).isTrue();
        List<StoredEvent> served = new ArrayList<>(left);
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            assertServes(store, served);
            for (StoredEvent lost : lost(left)) {
                assertGoesOnBehind(store, lost, left);
            }
            for (int id = 0; id < PARTITIONS; id++) {
                List<StoredEvent> appended = appendTo(store, id, left, versionsKnown);
                served.addAll(appended);
                acknowledged.addAll(appended);
            }
            assertServes(store, served);
        }
        assertThat(RepairTest.verify(device)).isEmpty();
        assertServes(device, served);
        assertThat(StoreOnDisk.reindex(device)).isEmpty();
        assertThat(RepairTest.verify(device)).isEmpty();
        assertServes(device, served);

        MemoryDevice restored = new MemoryDevice();
        backUpAndRestore(device, new MemoryDevice(), restored);
        assertThat(RepairTest.verify(restored)).isEmpty();
        assertServes(restored, served);
    }

    /** A scan may begin anywhere in a hole. */
    private static void assertGoesOnBehind(
            EventStore store, StoredEvent lost, List<StoredEvent> left) throws IOException {
        List<StoredEvent> found = new ArrayList<>();
        store.scanPartition(
                lost.partitionId(),
                lost.partitionSequence(),
                Long.MAX_VALUE,
                1,
                event -> found.add(StoredEvent.of(event).withoutContent()));
        assertThat(found)
                .isEqualTo(
                        left.stream()
                                .filter(e -> e.partitionId() == lost.partitionId())
                                .filter(e -> e.partitionSequence() > lost.partitionSequence())
                                .limit(1)
                                .toList());
        assertThat(store.get(lost.id(), _ -> true)).isFalse();
    }

    private static void assertServes(MemoryDevice device, List<StoredEvent> events)
            throws IOException {
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            assertServes(store, events);
        }
    }

    private static void assertServes(EventStore store, List<StoredEvent> events)
            throws IOException {
        Map<String, List<StoredEvent>> streams = new HashMap<>();
        for (int id = 0; id < PARTITIONS; id++) {
            int partitionId = id;
            assertThat(store.bucket(0).damageOf(id)).isNull();
            assertThat(eventsOf(store, id).stream().map(StoredEvent::withoutContent))
                    .containsExactlyElementsOf(
                            events.stream().filter(e -> e.partitionId() == partitionId).toList());
            for (int n = 0; n < 3; n++) {
                String stream = stream(id, n);
                streams.put(stream, eventsOf(store, stream, id));
                assertThat(streams.get(stream).stream().map(StoredEvent::withoutContent))
                        .containsExactlyElementsOf(
                                events.stream().filter(e -> e.streamId().equals(stream)).toList());
            }
        }
        for (StoredEvent event : events) {
            assertThat(store.get(event.id(), _ -> true)).isTrue();
        }
    }

    /** No sequence is given again, nor a version that is known to have been given. */
    private List<StoredEvent> appendTo(
            EventStore store, int partitionId, List<StoredEvent> left, boolean versionsKnown)
            throws IOException {
        AppendResult result =
                store.append(StoreOnDisk.key(partitionId), transaction(partitionId, 3, "appended"));
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        AppendResult.Appended appended = (AppendResult.Appended) result;
        assertThat(appended.firstPartitionSequence())
                .isGreaterThan(last(acknowledged, partitionId, StoredEvent::partitionSequence));
        for (AppendedEvent event : appended.events()) {
            List<StoredEvent> known = versionsKnown ? acknowledged : left;
            long used =
                    known.stream()
                            .filter(e -> e.streamId().equals(event.streamId().toString()))
                            .mapToLong(StoredEvent::streamVersion)
                            .max()
                            .orElse(-1);
            assertThat(event.streamVersion()).isGreaterThan(used);
        }
        return eventsOf(appended);
    }

    private static long last(
            List<StoredEvent> events,
            int partitionId,
            java.util.function.ToLongFunction<StoredEvent> number) {
        return events.stream()
                .filter(event -> event.partitionId() == partitionId)
                .mapToLong(number)
                .max()
                .orElse(-1);
    }

    private static void backUpAndRestore(Device device, Device target, Device restored)
            throws IOException {
        try (BackupTarget backups =
                BackupTarget.openOrCreate(target, MetaFile.read(device).storeId())) {
            Backup.make(StoreFiles.open(device), backups, BackupListener.NONE, () -> NOON);
        }
        BackupTarget backups = BackupTarget.open(target);
        Restore.restore(backups, backups.manifest(Optional.empty()), restored, BackupListener.NONE);
    }

    /** Whatever is done already, the next one does the rest. */
    @ParameterizedTest
    @EnumSource(
            value = Harm.class,
            names = {"TWO_PLACES", "MISSING", "LAST_BUT_ONE"})
    void repairThatIsKilledAnywhere_isCompletedByTheNext(Harm harm) throws IOException {
        harm(harm);
        if (harm != Harm.TWO_PLACES) { // there the index tells what is lost
            letAServerNotice();
        }
        List<StoredEvent> left = left(disk.disk());
        Random random = new Random(harm.name().hashCode());
        killAnywhere(
                random,
                found -> {
                    if (random.nextBoolean()) {
                        assertGivesNoSequenceAgain(found);
                    }
                    assertThat(repair(found).lost()).isEmpty();
                    assertThat(RepairTest.verify(found)).isEmpty();
                    assertAppends(found, left, harm == Harm.TWO_PLACES);
                });
    }

    private interface Aftermath {
        void of(MemoryDevice found) throws IOException;
    }

    /** Repairs copies of the disk, of which each is killed a little later. */
    private void killAnywhere(Random random, Aftermath aftermath) throws IOException {
        KilledRepairs.carryOut(
                disk.disk(),
                plan(disk.disk()),
                NOON,
                (killed, _) -> aftermath.of(killed.crash(random)));
    }

    /** Only the index of the segment knows of it, and that does not fit afterwards. */
    @Test
    void repairThatIsKilledAnywhere_doesNotForgetWhichVersionsAreLost() throws IOException {
        loseAWholeStream();
        killAnywhere(
                new Random(1),
                found -> {
                    repair(found);
                    try (EventStore store = EventStore.open(found, OPTIONS)) {
                        assertThat(versionAppendedTo(store)).isEqualTo(2);
                    }
                });
    }

    /** A server that is started in between. What it serves may be read with errors. */
    private void assertGivesNoSequenceAgain(MemoryDevice device) throws IOException {
        MemoryDevice copy = device.copy();
        try (EventStore store = EventStore.open(copy, OPTIONS)) {
            for (int id = 0; id < PARTITIONS; id++) {
                AppendResult result =
                        store.append(StoreOnDisk.key(id), transaction(id, 1, "in between"));
                if (result instanceof AppendResult.Appended appended) {
                    assertThat(appended.firstPartitionSequence())
                            .isGreaterThan(last(acknowledged, id, StoredEvent::partitionSequence));
                }
            }
        }
    }

    private void assertAppends(MemoryDevice device, List<StoredEvent> left, boolean versionsKnown)
            throws IOException {
        try (EventStore store = EventStore.open(device, OPTIONS)) {
            assertServes(store, left);
            for (int id = 0; id < PARTITIONS; id++) {
                appendTo(store, id, left, versionsKnown);
            }
        }
        assertThat(RepairTest.verify(device)).isEmpty();
    }

    @Test
    void versionsThatTheIndexKnows_areNamedAndNotGivenAgain() throws IOException {
        harm(Harm.LAST_FRAME); // of several streams, and the last of its partition in the segment
        List<StoredEvent> left = left(disk.disk());
        List<StoredEvent> lost = lost(left);
        RepairPlan plan = repair(disk.disk());

        List<String> lines = new RepairReport(StoreFiles.open(disk.disk()), plan).lines();
        assertThat(lines).contains("nothing else is lost").noneMatch(l -> l.contains("not known"));
        for (StoredEvent event : lost) {
            assertThat(lines)
                    .contains(
                            "  lost: stream '%s' version %d"
                                    .formatted(event.streamId(), event.streamVersion()));
        }
        assertThat(lines).anyMatch(line -> line.startsWith("accepted as lost: memory:/buckets/"));
    }

    private List<StoredEvent> lost(List<StoredEvent> left) {
        return acknowledged.stream().filter(e -> !left.contains(e)).toList();
    }

    /** Its partition key is not known any more, so that of whoever appends is taken. */
    @Test
    void streamOfWhichAllIsLost_goesOnBehindItsLastVersion() throws IOException {
        loseAWholeStream();
        repair(disk.disk());
        disk.start();

        assertThat(disk.store().streamVersion(StreamId.of("gone"))).isEqualTo(-1); // other key
        EventReaderOf gone = new EventReaderOf(disk.store(), "gone", 1);
        assertThat(gone.version()).isEqualTo(1);
        assertThat(eventsOf(disk.store(), "gone", 1)).isEmpty();
        assertThat(versionAppendedTo(disk.store())).isEqualTo(2);
        assertThat(gone.version()).isEqualTo(2);
        assertThat(eventsOf(disk.store(), "gone", 1)).hasSize(1);
    }

    /** Versions 0 and 1 of a stream, which has no others, are lost in a sealed segment. */
    private void loseAWholeStream() throws IOException {
        disk.close();
        disk = new StoreOnDisk(PARTITIONS);
        for (String payload : List.of("0", "1")) {
            disk.append(StoreOnDisk.key(1), List.of(NewEvents.event("gone", payload)));
        }
        fillUpTo(3);
        disk.shutDown();
        Frame first = disk.entry(0, 0);
        Frame second = disk.entry(0, 1);
        disk.flip(0, first.start() + 20);
        disk.flip(0, second.start() + 20);
    }

    private static long versionAppendedTo(EventStore store) {
        AppendResult result =
                store.append(StoreOnDisk.key(1), List.of(NewEvents.event("gone", "2")));
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return ((AppendResult.Appended) result).events().getFirst().streamVersion();
    }

    private record EventReaderOf(EventStore store, String stream, int partitionId) {
        long version() throws IOException {
            return store.reader()
                    .streamVersion(
                            StreamId.of(stream),
                            StoreOnDisk.key(partitionId),
                            store.reader().watermark(partitionId));
        }
    }

    /** The target has the segment as it was before the damage. */
    @Test
    void backup_doesNotTakeTheSegmentThatItHasForTheOneWithALoss() throws IOException {
        MemoryDevice target = new MemoryDevice();
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        backUpAndRestore(disk.disk(), target, new MemoryDevice());
        disk.start();
        harm(Harm.BODY);
        List<StoredEvent> left = left(disk.disk());
        repair(disk.disk());

        MemoryDevice restored = new MemoryDevice();
        backUpAndRestore(disk.disk(), target, restored);
        assertServes(restored, left);
        assertThat(RepairTest.verify(restored)).isEmpty();
    }

    @Test
    void whatABackupHas_isNotGivenUp() throws IOException {
        MemoryDevice target = new MemoryDevice();
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        backUpAndRestore(disk.disk(), target, new MemoryDevice());
        disk.start();
        fillUpTo(SEGMENTS + 2);
        harm(Harm.BODY); // in segment 1, which is in the backup
        disk.flip(SEGMENTS, disk.entry(SEGMENTS, 2).end() - 20); // which is not
        List<StoredEvent> lost = lost(left(disk.disk()));
        RepairPlan plan =
                RepairPlanner.plan(
                        StoreFiles.open(disk.disk()),
                        Optional.of(BackupTarget.open(target)),
                        Optional.of(NOON),
                        _ -> {});
        RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});

        List<StoredEvent> left = left(disk.disk());
        assertThat(lost(left)).isNotEmpty();
        assertThat(lost).hasSizeGreaterThan(lost(left).size());
        assertThat(acknowledged).containsAll(left);
        assertServed(disk.disk(), left, true);
    }

    /** Runs of merged indexes tell of the hole as those of segments do. */
    @Test
    void holeInMergedSegments_isPassedOver() throws IOException {
        fillUpTo(20);
        harm(Harm.SEVERAL_FRAMES);
        disk.flip(9, disk.entry(9, 3).start() + 20);
        List<StoredEvent> left = left(disk.disk());
        assertThat(repair(disk.disk()).lost()).isEmpty();
        disk.start();
        awaitRun();
        disk.shutDown();

        assertServed(disk.disk(), left, true);
    }

    private void awaitRun() {
        disk.awaitIndexes();
        while (disk.bucket().status().index().runs() == 0) {
            Thread.onSpinWait();
        }
    }

    /** The check does not miss the index of the last sealed segment, nor looks into its run. */
    @Test
    void runOfASegmentWithoutAnIndex_doesNotOutliveAnAcceptedLoss() throws IOException {
        fillUpTo(IndexOptions.DEFAULT_FAN_OUT + 1);
        awaitRun();
        disk.bucket().noteDurableEnd();
        disk.shutDown();
        int last = IndexOptions.DEFAULT_FAN_OUT - 1;
        deleteIndexes(last);
        for (Frame frame :
                disk.frames(last).subList(3, 12)) { // one LOST for each partition, filler behind it
            disk.flip(last, frame.start() + 20);
        }
        List<StoredEvent> left = left(disk.disk());
        assertThat(lost(left)).isNotEmpty();
        assertThat(repair(disk.disk()).lost()).isEmpty();

        assertThat(StoreFiles.open(disk.disk()).runFiles(0)).isEmpty();
        assertServed(disk.disk(), left, /* versionsKnown= */ false);
    }

    @Test
    void whatIsReplaced_isKept() throws IOException {
        harm(Harm.TWO_PARTITIONS);
        byte[] damaged = disk.bytesOf(1);
        RepairPlan plan = plan(disk.disk());
        String side = RepairRun.carryOut(StoreFiles.open(disk.disk()), plan, NOON, _ -> {});

        String directory = side + "/" + new SegmentId(0, 1, 0).directory();
        assertThat(AtomicFile.read(disk.disk(), directory + "/data.evts")).isEqualTo(damaged);
        assertThat(disk.disk().list(directory))
                .contains("index.eidx", "partition.pidx", "stream.sidx");
    }
}
