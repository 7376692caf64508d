package io.sierra.cluster.subscription;

import io.sierra.protocol.command.Command.Start;
import io.sierra.protocol.command.Command.StreamStart;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;

/** A stream that is read from a version on. */
final class StreamSource extends Source {
    /** {@link #next} until {@link #begin} has looked it up. */
    private static final long UNKNOWN = -1;

    private final StreamId streamId;
    private final PartitionKey partitionKey;
    private final StreamName name;

    /**
     * What was confirmed of the partition when the source was made. It fixes where LATEST begins,
     * although the version there is looked up later, by a thread that may wait for the disk.
     */
    private final long pinnedWatermark;

    private long next;

    private StreamSource(StreamStart stream, int partitionId, long pinnedWatermark) {
        super(partitionId);
        this.streamId = stream.streamId();
        this.partitionKey = stream.partitionKey();
        this.name = StreamName.of(streamId.utf8());
        this.pinnedWatermark = pinnedWatermark;
        this.next =
                switch (stream.start()) {
                    case Start.Latest _ -> UNKNOWN;
                    case Start.At(long version) -> version;
                };
    }

    /** The source of a stream; {@link Start.Latest} is where it ends at this moment. */
    static StreamSource of(StreamStart stream, Partitioning partitioning, EventReader reader) {
        int partitionId = partitioning.partitionOf(stream.partitionKey());
        return new StreamSource(stream, partitionId, reader.watermark(partitionId));
    }

    @Override
    void begin(EventReader reader) throws IOException {
        if (next == UNKNOWN) {
            next = reader.streamVersion(streamId, partitionKey, pinnedWatermark) + 1;
        }
    }

    @Override
    boolean read(EventReader reader, EventVisitor visitor) throws IOException {
        long watermark = reader.watermark(partitionId());
        return reader.scanStream(
                streamId, partitionKey, next, Long.MAX_VALUE, Long.MAX_VALUE, watermark, visitor);
    }

    /** The name alone does not tell: a name belongs to the key of its first event. */
    @Override
    boolean isNext(EventView event) {
        return event.streamVersion() == next
                && event.partitionKeyMostSignificantBits() == partitionKey.mostSignificantBits()
                && event.partitionKeyLeastSignificantBits() == partitionKey.leastSignificantBits();
    }

    @Override
    void advancePast(EventView event) {
        next = event.streamVersion() + 1;
    }

    @Override
    void watch(Tails tails, Watcher watcher) {
        tails.add(partitionId(), name, watcher);
    }

    @Override
    void unwatch(Tails tails, Watcher watcher) {
        tails.remove(partitionId(), name, watcher);
    }

    @Override
    long position() {
        return next;
    }

    StreamId streamId() {
        return streamId;
    }
}
