package io.sierra.cluster.subscription;

import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;

/** A partition that is read from a sequence on. */
final class PartitionSource extends Source {
    private long next;

    PartitionSource(int partitionId, long firstSequence) {
        super(partitionId);
        this.next = firstSequence;
    }

    @Override
    void begin(EventReader reader) {}

    @Override
    boolean read(EventReader reader, EventVisitor visitor) throws IOException {
        long watermark = reader.watermark(partitionId());
        return next < watermark
                && reader.scanPartition(
                        partitionId(), next, watermark - 1, Long.MAX_VALUE, watermark, visitor);
    }

    @Override
    boolean isNext(EventView event) {
        return event.partitionSequence() == next;
    }

    @Override
    void advancePast(EventView event) {
        next = event.partitionSequence() + 1;
    }

    @Override
    void watch(Tails tails, Watcher watcher) {
        tails.add(partitionId(), watcher);
    }

    @Override
    void unwatch(Tails tails, Watcher watcher) {
        tails.remove(partitionId(), watcher);
    }

    @Override
    long position() {
        return next;
    }
}
