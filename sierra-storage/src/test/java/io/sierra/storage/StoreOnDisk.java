package io.sierra.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.bucket.BucketStore;
import io.sierra.storage.bucket.Reindex;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.Faults;
import io.sierra.storage.io.FaultyDevice;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A store of one bucket on a disk in memory, that tests kill, damage and open again. */
final class StoreOnDisk implements AutoCloseable {
    private final StoreOptions options;
    private MemoryDevice disk = new MemoryDevice();
    private FaultyDevice device = new FaultyDevice(disk);
    private EventStore store;

    StoreOnDisk(int partitions) throws IOException {
        this(
                StoreOptions.defaults()
                        .withPartitioning(partitions, 1)
                        .withSegmentSizeBytes(StoreOptions.MIN_SEGMENT_BYTES));
    }

    StoreOnDisk(StoreOptions options) throws IOException {
        this.options = options;
        this.store = EventStore.open(device, options);
    }

    /** A copy of another one as it is now. */
    StoreOnDisk(StoreOnDisk original) throws IOException {
        this.options = original.options;
        original.kill();
        this.disk = original.disk.copy();
        original.start();
        this.device = new FaultyDevice(disk);
        this.store = EventStore.open(device, options);
    }

    StoreOptions options() {
        return options;
    }

    EventStore store() {
        return store;
    }

    BucketStore bucket() {
        return store.bucket(0);
    }

    MemoryDevice disk() {
        return disk;
    }

    Faults faults() {
        return device.faults();
    }

    /** A key whose streams are in this partition. */
    static PartitionKey key(int partitionId) {
        return new PartitionKey(partitionId, Long.MIN_VALUE | (long) partitionId << 46);
    }

    /** Appends one event and expects that to work, like {@link #append(PartitionKey, List)}. */
    AppendResult.Appended append(int partitionId, String payload) {
        return append(key(partitionId), List.of(event(partitionId, payload)));
    }

    /**
     * Appends a transaction and expects that to work, but for a wait until indexes are written: how
     * fast that goes beside the test depends on the machine.
     */
    AppendResult.Appended append(PartitionKey key, List<NewEvent> events) {
        AppendResult result = store.append(key, events);
        while (result instanceof AppendResult.Refused(Failure.MailboxFull _)) {
            Thread.onSpinWait();
            result = store.append(key, events);
        }
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return (AppendResult.Appended) result;
    }

    AppendResult tryAppend(int partitionId, String payload) {
        return store.append(key(partitionId), List.of(event(partitionId, payload)));
    }

    static NewEvent event(int partitionId, String payload) {
        return NewEvents.event("stream-" + partitionId, payload);
    }

    /** Writes appends in one go without a sync, so that nobody is told about them. */
    void writeUnsynced(int partitionId, String... payloads) throws IOException {
        for (String payload : payloads) {
            AppendResult result =
                    bucket().stage(
                                    key(partitionId),
                                    List.of(event(partitionId, payload)),
                                    EventStore.ALONE_TERM,
                                    0);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
        }
        bucket().write();
    }

    /** Makes what is staged durable and visible, as the end of a batch does. */
    void confirm() throws IOException {
        bucket().write();
        bucket().sync();
        bucket().drainStaged(bucket()::confirm);
        bucket().endBatch();
    }

    /** Payloads of a partition, in order. */
    List<String> payloads(int partitionId) throws IOException {
        return payloads(store, partitionId);
    }

    /** Payloads of a partition of any store, in order. */
    static List<String> payloads(EventStore store, int partitionId) throws IOException {
        List<String> payloads = new ArrayList<>();
        store.scanPartition(
                partitionId,
                0,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                event -> payloads.add(StoredEvent.of(event).payload()));
        return payloads;
    }

    List<String> findings() {
        return store.recoveryFindings(0);
    }

    /** Ends the process, not the power, in an orderly way. */
    void shutDown() throws IOException {
        store.close();
    }

    /** Goes on with another disk, while closed. */
    void replaceDisk(MemoryDevice other) {
        disk = other;
    }

    /** Ends the process, not the power: what was not synced is still only in memory. */
    void kill() {
        device.faults().crashAfter(0);
        closeQuietly();
    }

    /** Ends the power; nothing that was not synced survives. */
    void losePower() {
        MemoryDevice killed = disk;
        disk = killed.crashLosingAllUnsynced();
        closeQuietly();
    }

    private void closeQuietly() {
        try {
            store.close();
        } catch (IOException _) {
            return; // as expected of a store without a disk
        }
    }

    void start() throws IOException {
        device = new FaultyDevice(disk);
        store = EventStore.open(device, options);
    }

    /** Starts with so much room on the disk. */
    void startWithUsableBytes(long bytes) throws IOException {
        device = new FaultyDevice(disk);
        device.faults().setUsableBytes(bytes);
        store = EventStore.open(device, options);
    }

    /** Starts on a disk on which a kind of operation fails where the path contains this. */
    void startWithFault(Faults.Operation operation, String pathPart) throws IOException {
        device = new FaultyDevice(disk);
        device.faults().failAt(operation, pathPart);
        store = EventStore.open(device, options);
    }

    /** Starts on a disk on which the {@code nth} operation of a kind fails. */
    void startWithFailure(Faults.Operation operation, int nth) throws IOException {
        device = new FaultyDevice(disk);
        device.faults().failOnce(operation, nth);
        store = EventStore.open(device, options);
    }

    /** Starts where mappings cannot be read if the path contains this. */
    void startWithUnreadableMappings(String pathPart) throws IOException {
        device = new FaultyDevice(disk);
        device.faults().makeMappingsUnreadable(pathPart);
        store = EventStore.open(device, options);
    }

    void restart() throws IOException {
        kill();
        start();
    }

    /** Waits until the indexes of all sealed segments are in files. */
    void awaitIndexes() {
        while (bucket().status().index().pendingSeals() > 0) {
            Thread.onSpinWait();
        }
    }

    static String dataFile(int segmentNumber) {
        return new SegmentId(0, segmentNumber, 0).dataFile();
    }

    void flip(int segmentNumber, long fileOffset) throws IOException {
        disk.flipBits(dataFile(segmentNumber), fileOffset, 0x10);
    }

    void overwrite(int segmentNumber, long fileOffset, int lengthBytes, int value)
            throws IOException {
        byte[] bytes = new byte[lengthBytes];
        Arrays.fill(bytes, (byte) value);
        try (DeviceFile file = disk.open(dataFile(segmentNumber))) {
            file.write(ByteBuffer.wrap(bytes), fileOffset);
            file.sync();
        }
    }

    /** Makes the file of a segment. */
    void create(int segmentNumber, byte[] bytes) throws IOException {
        try (DeviceFile file = disk.create(dataFile(segmentNumber))) {
            file.write(ByteBuffer.wrap(bytes), 0);
            file.sync();
        }
    }

    byte[] bytesOf(int segmentNumber) throws IOException {
        try (DeviceFile file = disk.openForReading(dataFile(segmentNumber))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    /** The valid frames of a segment, the checkpoint first. */
    List<Frame> frames(int segmentNumber) throws IOException {
        SegmentFrames frames = new SegmentFrames(disk);
        return frames.of(frames.segments(0).get(segmentNumber));
    }

    /** The frame of the nth log entry of a segment, 0-based. */
    Frame entry(int segmentNumber, int n) throws IOException {
        return entryFrames(segmentNumber).get(n);
    }

    /** How many log entries a segment has. */
    int entries(int segmentNumber) throws IOException {
        return entryFrames(segmentNumber).size();
    }

    private List<Frame> entryFrames(int segmentNumber) throws IOException {
        return frames(segmentNumber).stream()
                .filter(frame -> frame.kind() == FrameKind.EVENTS)
                .toList();
    }

    void assertOutOfService(int partitionId) {
        assertThat(bucket().damageOf(partitionId)).isNotNull();
        assertThat(tryAppend(partitionId, "refused"))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused ->
                                assertThat(refused.failure())
                                        .isInstanceOf(Failure.PartitionFailed.class));
        assertThatThrownBy(() -> payloads(partitionId))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("out of service");
    }

    /**
     * Makes the indexes of a store again that is not open.
     *
     * @return what is lost, by partition
     */
    static Map<Integer, String> reindex(Device device) throws IOException {
        StoreFiles files = StoreFiles.open(device);
        try (Reindex reindex =
                new Reindex(device, files.meta().storeId(), 0, files.partitionIds(0))) {
            for (SegmentFile segment : files.segments(0)) {
                if (segment.kind() == SegmentFile.Kind.SEALED) {
                    reindex.rebuild(segment.id().segmentNumber());
                }
            }
            reindex.finish();
            return reindex.damages();
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
