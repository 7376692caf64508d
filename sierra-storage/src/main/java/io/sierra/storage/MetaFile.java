package io.sierra.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code meta.json}: what a store was created with and can never change, because it decides in
 * which partition and file an event is looked for.
 *
 * @param storeId goes into every checksum of its frames
 */
public record MetaFile(
        @JsonProperty("format_version") int formatVersion,
        @JsonProperty("store_id") UUID storeId,
        @JsonProperty("partition_count") int partitionCount,
        @JsonProperty("bucket_count") int bucketCount,
        @JsonProperty("segment_size_bytes") long segmentSizeBytes) {
    /** Where it is in the store's directory. */
    public static final String PATH = "meta.json";

    private static final int FORMAT_VERSION = 1;
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What is wrong with a store that has buckets and no such file, for people. */
    public static String missing(Device device) {
        return device.describe(PATH)
                + " is missing, but there are buckets beside it: restore it from a backup";
    }

    /**
     * Reads the file of an existing store and compares it with the options, or writes it for a new
     * one.
     *
     * @throws IOException if the store was created with other options, or by a newer version
     */
    static MetaFile openOrCreate(Device device, StoreOptions options) throws IOException {
        if (device.exists(PATH)) {
            MetaFile meta = read(device);
            meta.check(device, options);
            return meta;
        }
        if (!device.list("buckets").isEmpty()) {
            throw new IOException(missing(device) + ", or start with another directory");
        }
        Partitioning partitioning = options.partitioning();
        MetaFile meta =
                new MetaFile(
                        FORMAT_VERSION,
                        UUID.randomUUID(),
                        partitioning.partitionCount(),
                        partitioning.bucketCount(),
                        options.segmentSizeBytes());
        meta.write(device);
        return meta;
    }

    /** How many buckets a store was created with; empty if there is none. */
    static OptionalInt bucketCount(Device device) throws IOException {
        return device.exists(PATH)
                ? OptionalInt.of(read(device).bucketCount())
                : OptionalInt.empty();
    }

    /**
     * Reads the file of an existing store.
     *
     * @throws IOException if there is none, if it is damaged, or of another format version
     */
    public static MetaFile read(Device device) throws IOException {
        MetaFile meta = parse(device);
        if (meta.formatVersion != FORMAT_VERSION) {
            throw new IOException(
                    "%s: the store has format version %d and this program reads %d: use the program"
                                    .formatted(
                                            device.describe(PATH),
                                            meta.formatVersion,
                                            FORMAT_VERSION)
                            + " that wrote it");
        }
        return meta;
    }

    /** How many partitions and buckets there are. */
    public Partitioning partitioning() {
        return new Partitioning(partitionCount, bucketCount);
    }

    private static MetaFile parse(Device device) throws IOException {
        try (DeviceFile file = device.openForReading(PATH)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 16));
            file.read(bytes, 0);
            MetaFile meta = JSON.readValue(bytes.array(), 0, bytes.position(), MetaFile.class);
            if (meta == null) {
                throw damaged(device, "null", null);
            }
            return meta;
        } catch (JsonProcessingException e) {
            throw damaged(device, e.getOriginalMessage(), e);
        }
    }

    private static IOException damaged(
            Device device, String problem, @Nullable JsonProcessingException cause) {
        return new IOException(
                device.describe(PATH) + " is damaged: restore it from a backup: " + problem, cause);
    }

    /** Makes a store of a directory that has its buckets already. */
    public void write(Device device) throws IOException {
        byte[] json = (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(device, PATH, json);
    }

    private void check(Device device, StoreOptions options) throws IOException {
        String file = device.describe(PATH);
        Partitioning partitioning = options.partitioning();
        checkSame(file, "partition.count", partitionCount, partitioning.partitionCount());
        checkSame(file, "bucket.count", bucketCount, partitioning.bucketCount());
        checkSame(file, "segment.size_bytes", segmentSizeBytes, options.segmentSizeBytes());
    }

    private static void checkSame(String file, String key, long stored, long configured)
            throws IOException {
        if (stored != configured) {
            throw new IOException(
                    "%s: the store was created with %s = %d and is configured with %d: set it back to"
                                    .formatted(file, key, stored, configured)
                            + " %d, or export the events and import them into a new store"
                                    .formatted(stored));
        }
    }
}
