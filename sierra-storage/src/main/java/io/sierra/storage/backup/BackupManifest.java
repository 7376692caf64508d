package io.sierra.storage.backup;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sierra.storage.MetaFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What one backup consists of. It is written last: a backup without it does not exist.
 *
 * @param id names the backup: when it began, in UTC
 * @param store what the store was created with, as its {@code meta.json} says
 * @param finishedAt in UTC, ISO 8601
 * @param segments by bucket, then number, without a gap
 * @param partitions those that have events
 * @param checksum SHA-256 of this manifest as it is written with an empty {@code checksum}
 */
public record BackupManifest(
        @JsonProperty("format_version") int formatVersion,
        @JsonProperty("id") String id,
        @JsonProperty("store") MetaFile store,
        @JsonProperty("finished_at") String finishedAt,
        @JsonProperty("segments") List<SegmentCopy> segments,
        @JsonProperty("partitions") List<PartitionEnd> partitions,
        @JsonProperty("checksum") String checksum) {
    /** The only one there is. */
    static final int FORMAT_VERSION = 1;

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /**
     * A segment's log up to where the backup ends.
     *
     * @param file in the target's directory
     * @param lengthBytes of the file; the log's bytes from offset 0 on
     * @param sha256 of the file, as {@code sha256sum} prints it
     * @param damages what did not verify in it; such a copy is never used again
     */
    public record SegmentCopy(
            @JsonProperty("bucket") int bucketId,
            @JsonProperty("segment") int segmentNumber,
            @JsonProperty("file") String file,
            @JsonProperty("length_bytes") long lengthBytes,
            @JsonProperty("sha256") String sha256,
            @JsonProperty("damages") List<String> damages) {
        public SegmentCopy {
            damages = List.copyOf(damages);
        }
    }

    /**
     * How far a partition's events go.
     *
     * @param events how many, as sequences have no gaps
     * @param lastSequence of the last event
     */
    public record PartitionEnd(
            @JsonProperty("partition") int partitionId,
            @JsonProperty("events") long events,
            @JsonProperty("last_sequence") long lastSequence) {}

    public BackupManifest {
        segments = List.copyOf(segments);
        partitions = List.copyOf(partitions);
    }

    /** A manifest with its checksum. */
    static BackupManifest of(
            String id,
            MetaFile store,
            String finishedAt,
            List<SegmentCopy> segments,
            List<PartitionEnd> partitions) {
        BackupManifest manifest =
                new BackupManifest(FORMAT_VERSION, id, store, finishedAt, segments, partitions, "");
        return manifest.withChecksum(manifest.computedChecksum());
    }

    /**
     * Reads a manifest.
     *
     * @throws IOException if it is not one as it was written, naming {@code file}
     */
    static BackupManifest parse(byte[] json, String file) throws IOException {
        try {
            BackupManifest manifest = JSON.readValue(json, BackupManifest.class);
            if (manifest == null) {
                throw new IOException(file + " is damaged: it holds nothing");
            }
            if (manifest.formatVersion != FORMAT_VERSION) {
                throw new IOException(
                        "%s has format version %d and this program reads %d"
                                .formatted(file, manifest.formatVersion, FORMAT_VERSION));
            }
            String computed = manifest.withChecksum("").computedChecksum();
            if (!computed.equals(manifest.checksum)) {
                throw new IOException(
                        "%s is damaged: its checksum should be %s but is %s"
                                .formatted(file, manifest.checksum, computed));
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    byte[] toJson() {
        try {
            return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // these types have no other values
        }
    }

    /** The store that it is of. */
    public UUID storeId() {
        return store.storeId();
    }

    /** Events in all partitions. */
    public long events() {
        return partitions.stream().mapToLong(PartitionEnd::events).sum();
    }

    /** Length of all its files together, those included that it shares with other backups. */
    public long lengthBytes() {
        return segments.stream().mapToLong(SegmentCopy::lengthBytes).sum();
    }

    /** What did not verify when the backup was made. */
    public List<String> damages() {
        return segments.stream().flatMap(copy -> copy.damages().stream()).toList();
    }

    private BackupManifest withChecksum(String newChecksum) {
        return new BackupManifest(
                formatVersion, id, store, finishedAt, segments, partitions, newChecksum);
    }

    private String computedChecksum() {
        return Sha256.of(toJson());
    }
}
