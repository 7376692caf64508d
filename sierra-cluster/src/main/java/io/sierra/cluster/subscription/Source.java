package io.sierra.cluster.subscription;

import io.sierra.protocol.command.Command.Start;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;

/**
 * A partition or stream that somebody reads from a position on, and the position. The log is read
 * the same way whether the position is far behind or at the end.
 */
abstract sealed class Source permits PartitionSource, StreamSource {
    private final int partitionId;

    Source(int partitionId) {
        this.partitionId = partitionId;
    }

    final int partitionId() {
        return partitionId;
    }

    /** Looks up what has to be known before the first {@link #read} and {@link #position}. */
    abstract void begin(EventReader reader) throws IOException;

    /**
     * Visits the events from the position on that are confirmed by now, until the visitor has
     * enough. The visitor passes each event on to {@link #advancePast}.
     *
     * @return whether there are more
     */
    abstract boolean read(EventReader reader, EventVisitor visitor) throws IOException;

    /** Whether this event of the partition, which is confirmed, is the one to be read next. */
    abstract boolean isNext(EventView event);

    /** This event has been dealt with. */
    abstract void advancePast(EventView event);

    /** Tells the watcher when there may be something to read. */
    abstract void watch(Tails tails, Watcher watcher);

    abstract void unwatch(Tails tails, Watcher watcher);

    /** Version or sequence that is looked at next. */
    abstract long position();

    /** The source of a partition; {@link Start.Latest} is the watermark of this moment. */
    static PartitionSource ofPartition(int partitionId, Start start, EventReader reader) {
        return new PartitionSource(
                partitionId,
                switch (start) {
                    case Start.Latest _ -> reader.watermark(partitionId);
                    case Start.At(long sequence) -> sequence;
                });
    }
}
