package io.sierra.storage.stats;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sierra.storage.MetaFile;
import java.util.List;

/**
 * What is in a store and how large it is.
 *
 * @param largestStreams by number of events, the largest first
 */
public record StoreStats(
        @JsonProperty("store") MetaFile store,
        @JsonProperty("buckets") List<BucketStats> buckets,
        @JsonProperty("partitions") List<PartitionStats> partitions,
        @JsonProperty("largest_streams") List<StreamStats> largestStreams) {

    /**
     * One bucket. Sizes are in bytes.
     *
     * @param dataBytes of frames, as far as the segments are filled
     * @param fileBytes of the segment files, with the room that the open one has ahead
     * @param indexBytes of the index files of segments
     * @param runBytes of merged index files
     * @param spareBytes of the file that the next segment is made of
     * @param streams that have events in segments with an index
     * @param segmentsWithoutIndex sealed ones whose index is missing or bad; their streams are not
     *     counted
     */
    public record BucketStats(
            @JsonProperty("bucket") int bucketId,
            @JsonProperty("segments") int segments,
            @JsonProperty("events") long events,
            @JsonProperty("streams") long streams,
            @JsonProperty("data_bytes") long dataBytes,
            @JsonProperty("file_bytes") long fileBytes,
            @JsonProperty("index_bytes") long indexBytes,
            @JsonProperty("run_bytes") long runBytes,
            @JsonProperty("spare_bytes") long spareBytes,
            @JsonProperty("segments_without_index") List<Integer> segmentsWithoutIndex) {}

    /**
     * One partition.
     *
     * @param events how many; the last one's sequence is one less
     * @param damage why it is out of service; empty if it is not
     */
    public record PartitionStats(
            @JsonProperty("partition") int partitionId,
            @JsonProperty("bucket") int bucketId,
            @JsonProperty("events") long events,
            @JsonProperty("damage") String damage) {}

    /**
     * One stream.
     *
     * @param name or, if no index tells where it is, its key in hexadecimal digits after {@code ?}
     */
    public record StreamStats(
            @JsonProperty("stream") String name,
            @JsonProperty("partition") int partitionId,
            @JsonProperty("events") long events) {}

    public StoreStats {
        buckets = List.copyOf(buckets);
        partitions = List.copyOf(partitions);
        largestStreams = List.copyOf(largestStreams);
    }
}
