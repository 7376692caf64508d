package io.sierra.server.testing;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of the {@link FakeNode}; they can be held up and made to fail. */
final class FakeReader implements EventReader {
    private final Partitioning partitioning;
    private final List<FakePartition> partitions;
    private final Gate gate;
    private volatile @Nullable String problem;

    FakeReader(Partitioning partitioning, List<FakePartition> partitions, Gate gate) {
        this.partitioning = partitioning;
        this.partitions = partitions;
        this.gate = gate;
    }

    void failWith(@Nullable String text) {
        problem = text;
    }

    @Override
    public long watermark(int partitionId) {
        return partitions.get(partitionId).watermark();
    }

    @Override
    public boolean get(EventId id, EventVisitor visitor) throws IOException {
        enter();
        for (FakePartition partition : partitions) {
            StoredEvent event = partition.find(id);
            if (event != null) {
                visitor.onEvent(event);
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean scanStream(
            StreamId streamId,
            PartitionKey partitionKey,
            long firstVersion,
            long lastVersion,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        enter();
        return visit(
                stream(streamId, partitionKey, watermark).stream()
                        .filter(e -> e.streamVersion() >= firstVersion)
                        .filter(e -> e.streamVersion() <= lastVersion)
                        .toList(),
                count,
                visitor);
    }

    @Override
    public long streamVersion(StreamId streamId, PartitionKey partitionKey, long watermark)
            throws IOException {
        enter();
        return stream(streamId, partitionKey, watermark).size() - 1L;
    }

    @Override
    public boolean scanPartition(
            int partitionId,
            long firstSequence,
            long lastSequence,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        enter();
        return visit(
                partitions
                        .get(partitionId)
                        .select(
                                watermark,
                                e ->
                                        e.partitionSequence() >= firstSequence
                                                && e.partitionSequence() <= lastSequence),
                count,
                visitor);
    }

    private List<StoredEvent> stream(StreamId streamId, PartitionKey key, long watermark) {
        return partitions
                .get(partitioning.partitionOf(key))
                .select(
                        watermark,
                        e -> e.streamId().equals(streamId) && e.partitionKey().equals(key));
    }

    /** Whether there are more than were visited. */
    private static boolean visit(List<StoredEvent> selected, long count, EventVisitor visitor) {
        int visited = 0;
        for (StoredEvent event : selected) {
            if (Long.compareUnsigned(visited, count) >= 0) {
                break;
            }
            visited++;
            if (!visitor.onEvent(event)) {
                break;
            }
        }
        return visited < selected.size();
    }

    private void enter() throws IOException {
        gate.pass();
        String text = problem;
        if (text != null) {
            throw new IOException(text);
        }
    }
}
