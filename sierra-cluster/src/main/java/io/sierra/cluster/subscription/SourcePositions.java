package io.sierra.cluster.subscription;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The positions of a subscription's sources. Used by its thread. */
final class SourcePositions implements Positions {
    private final List<PartitionSource> partitions;

    /**
     * By stream id. The same id under two partition keys is told as one, from the one further
     * behind on: that is what FROM MAP can say, and it loses nothing.
     */
    private final Map<StreamName, List<StreamSource>> streams = new LinkedHashMap<>();

    SourcePositions(List<? extends Source> sources) {
        partitions =
                sources.stream()
                        .filter(PartitionSource.class::isInstance)
                        .map(PartitionSource.class::cast)
                        .toList();
        sources.stream()
                .filter(StreamSource.class::isInstance)
                .map(StreamSource.class::cast)
                .forEach(this::addStream);
    }

    private void addStream(StreamSource stream) {
        StreamName name = StreamName.of(stream.streamId().utf8());
        streams.merge(
                name,
                List.of(stream),
                (some, one) -> Stream.concat(some.stream(), one.stream()).toList());
    }

    @Override
    public int size() {
        return partitions.size() + streams.size();
    }

    @Override
    public void forEachPartition(PartitionVisitor visitor) {
        for (PartitionSource partition : partitions) {
            visitor.onPartition(partition.partitionId(), partition.position());
        }
    }

    @Override
    public void forEachStream(StreamVisitor visitor) {
        for (List<StreamSource> stream : streams.values()) {
            StreamSource behind = stream.getFirst();
            if (stream.size() > 1) {
                behind =
                        stream.stream()
                                .min(Comparator.comparingLong(StreamSource::position))
                                .orElseThrow();
            }
            visitor.onStream(behind.streamId().utf8(), behind.position());
        }
    }
}
