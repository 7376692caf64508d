package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.storage.backup.Backup;
import io.sierra.storage.backup.BackupListener;
import io.sierra.storage.backup.BackupTarget;
import io.sierra.storage.backup.Restore;
import io.sierra.storage.bucket.Reindex;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.repair.RepairPlan;
import io.sierra.storage.repair.RepairPlanner;
import io.sierra.storage.repair.RepairReport;
import io.sierra.storage.repair.RepairRun;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

    /** Every event that was ever acknowledged. */
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
            AppendResult result =
                    disk.store().append(StoreOnDisk.key(partitionId), transaction(partitionId, events, payload));
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
        }
        disk.awaitIndexes();
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
        noteAcknowledged();
        disk.shutDown();
        harm.doTo(disk);
    }

    private void noteAcknowledged() throws IOException {
        for (int id = 0; id < PARTITIONS; id++) {
            if (disk.bucket().damageOf(id) == null) {
                for (StoredEvent event : eventsOf(disk.store(), id)) {
                    if (!acknowledged.contains(event)) {
                        acknowledged.add(event);
                    }
                }
            }
        }
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
        for (int segment = 0; segment < SEGMENTS - 1; segment++) {
            deleteIndexes(segment);
        }
        disk.start();
        disk.awaitIndexes();
        int segments = disk.bucket().status().segments();
        for (int id = 0; id < PARTITIONS; id++) {
            while (disk.bucket().damageOf(id) == null
                    && disk.bucket().status().segments() < segments + 2) {
                append(id, 2, "y".repeat(4_000));
            }
        }
        noteAcknowledged();
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
            for (boolean indexed : List.of(true, false)) {
                for (boolean noticed : List.of(true, false)) {
                    harms.add(Arguments.of(harm, indexed, noticed));
                }
            }
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
        assertServed(disk.disk(), left, indexed && !noticed && isSealed(harm));
    }

    private static boolean isSealed(Harm harm) {
        Set<Harm> others =
                EnumSet.of(
                        Harm.OPEN_BODY,
                        Harm.OPEN_HEADER_OF_A_FRAME,
                        Harm.OPEN_CHECKPOINT,
                        Harm.LAST_ACKNOWLEDGED,
                        Harm.OPEN_CUT_OFF);
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
            for (int id = 0; id < PARTITIONS; id++) {
                served.addAll(appendTo(store, id, left, versionsKnown));
            }
            assertServes(store, served);
        }
        assertThat(RepairTest.verify(device)).isEmpty();
        assertServes(device, served);
        reindex(device);
        assertThat(RepairTest.verify(device)).isEmpty();
        assertServes(device, served);

        MemoryDevice restored = new MemoryDevice();
        backUpAndRestore(device, new MemoryDevice(), restored);
        assertThat(RepairTest.verify(restored)).isEmpty();
        assertServes(restored, served);
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
                store.append(
                        StoreOnDisk.key(partitionId), transaction(partitionId, 3, "appended"));
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        AppendResult.Appended appended = (AppendResult.Appended) result;
        assertThat(appended.firstPartitionSequence())
                .isGreaterThan(
                        last(acknowledged, partitionId, StoredEvent::partitionSequence));
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
        List<StoredEvent> events = eventsOf(store, partitionId);
        return events.subList(events.size() - 3, events.size()).stream()
                .map(StoredEvent::withoutContent)
                .toList();
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

    private static void reindex(Device device) throws IOException {
        StoreFiles files = StoreFiles.open(device);
        try (Reindex reindex =
                new Reindex(device, files.meta().storeId(), 0, files.partitionIds(0))) {
            for (SegmentFile segment : files.segments(0)) {
                if (segment.kind() == SegmentFile.Kind.SEALED) {
                    reindex.rebuild(segment.id().segmentNumber());
                }
            }
            reindex.finish();
            assertThat(reindex.damages()).isEmpty();
        }
    }

    private static void backUpAndRestore(Device device, Device target, Device restored)
            throws IOException {
        try (BackupTarget backups =
                BackupTarget.openOrCreate(target, MetaFile.read(device).storeId())) {
            Backup.make(StoreFiles.open(device), backups, BackupListener.NONE, () -> NOON);
        }
        BackupTarget backups = BackupTarget.open(target);
        Restore.restore(
                backups, backups.manifest(Optional.empty()), restored, BackupListener.NONE);
    }
}
