package io.sierra.cluster.subscription;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The log of partitions in memory: one thread appends to a partition, any may read. An event is
 * visible when {@link #append} returns.
 */
final class FakeLog implements EventReader {
    private final List<List<Logged>> partitions;

    /** What the next scan throws instead of visiting this sequence. */
    private volatile @Nullable Throwable damage;

    private volatile long damagedSequence = Long.MAX_VALUE;

    FakeLog(int partitionCount) {
        partitions =
                IntStream.range(0, partitionCount)
                        .<List<Logged>>mapToObj(_ -> new CopyOnWriteArrayList<>())
                        .toList();
    }

    /** Appends an event to a stream. */
    void append(int partitionId, StreamId streamId) {
        List<Logged> log = partitions.get(partitionId);
        long version = log.stream().filter(e -> e.streamId.equals(streamId)).count();
        log.add(new Logged(partitionId, log.size(), version, streamId));
    }

    /** Scans fail in this way when they come to this sequence. */
    void damage(long sequence, Throwable how) {
        damage = how;
        damagedSequence = sequence;
    }

    @Override
    public long watermark(int partitionId) {
        return partitions.get(partitionId).size();
    }

    @Override
    public boolean get(EventId id, EventVisitor visitor) {
        throw new UnsupportedOperationException();
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
        boolean wanted = true;
        for (Logged event : logOf(streamId)) {
            if (event.partitionSequence < watermark
                    && event.streamId.equals(streamId)
                    && event.streamVersion >= firstVersion) {
                if (!wanted) {
                    return true;
                }
                wanted = visit(event, visitor);
            }
        }
        return false;
    }

    @Override
    public long streamVersion(StreamId streamId, PartitionKey partitionKey, long watermark) {
        return logOf(streamId).stream()
                .filter(e -> e.partitionSequence < watermark && e.streamId.equals(streamId))
                .mapToLong(Logged::streamVersion)
                .max()
                .orElse(-1);
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
        List<Logged> log = partitions.get(partitionId);
        long end = Math.min(lastSequence + 1, watermark);
        long sequence = firstSequence;
        boolean wanted = true;
        while (wanted && sequence < end) {
            wanted = visit(log.get((int) sequence), visitor);
            sequence++;
        }
        return sequence < end;
    }

    private boolean visit(Logged event, EventVisitor visitor) throws IOException {
        if (event.partitionSequence >= damagedSequence) {
            switch (damage) {
                case IOException e -> throw e;
                case Error e -> throw e;
                case null, default -> throw new IllegalStateException(damage);
            }
        }
        return visitor.onEvent(event);
    }

    /** A stream lies where its events are. */
    private List<Logged> logOf(StreamId streamId) {
        return partitions.stream()
                .filter(log -> log.stream().anyMatch(e -> e.streamId.equals(streamId)))
                .findFirst()
                .orElse(List.of());
    }

    /** An event without content. */
    record Logged(int partitionId, long partitionSequence, long streamVersion, StreamId streamId)
            implements EventView {
        @Override
        public long eventIdMostSignificantBits() {
            return 0;
        }

        @Override
        public long eventIdLeastSignificantBits() {
            return 0;
        }

        @Override
        public long partitionKeyMostSignificantBits() {
            return streamId.defaultPartitionKey().mostSignificantBits();
        }

        @Override
        public long partitionKeyLeastSignificantBits() {
            return streamId.defaultPartitionKey().leastSignificantBits();
        }

        @Override
        public long transactionIdMostSignificantBits() {
            return 0;
        }

        @Override
        public long transactionIdLeastSignificantBits() {
            return 0;
        }

        @Override
        public long timestampNanos() {
            return 0;
        }

        @Override
        public int streamIdLengthBytes() {
            return streamId.lengthBytes();
        }

        @Override
        public int nameLengthBytes() {
            return 0;
        }

        @Override
        public int metadataLengthBytes() {
            return 0;
        }

        @Override
        public int payloadLengthBytes() {
            return 0;
        }

        @Override
        public void copyStreamId(ByteBuffer target) {
            target.put(streamId.utf8());
        }

        @Override
        public void copyName(ByteBuffer target) {}

        @Override
        public void copyMetadata(ByteBuffer target) {}

        @Override
        public void copyPayload(ByteBuffer target) {}
    }
}
