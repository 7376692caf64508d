package io.sierra.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * {@code meta.json}: what a store was created with and can never change, because it decides in
 * which partition and file an event is looked for. Manifests of backups and the output of {@code
 * stats} have the same fields, by data binding.
 *
 * @param storeId goes into every checksum of its frames
 */
public record MetaFile(
        @JsonProperty(MetaFile.FORMAT_VERSION_FIELD) int formatVersion,
        @JsonProperty(MetaFile.STORE_ID_FIELD) UUID storeId,
        @JsonProperty(MetaFile.PARTITION_COUNT_FIELD) int partitionCount,
        @JsonProperty(MetaFile.BUCKET_COUNT_FIELD) int bucketCount,
        @JsonProperty(MetaFile.SEGMENT_SIZE_FIELD) long segmentSizeBytes) {
    /** Where it is in the store's directory. */
    public static final String PATH = "meta.json";

    private static final int FORMAT_VERSION = 1;
    private static final String FORMAT_VERSION_FIELD = "format_version";
    private static final String STORE_ID_FIELD = "store_id";
    private static final String PARTITION_COUNT_FIELD = "partition_count";
    private static final String BUCKET_COUNT_FIELD = "bucket_count";
    private static final String SEGMENT_SIZE_FIELD = "segment_size_bytes";

    /** Without data binding, which takes longer to load than a start takes for all its files. */
    private static final JsonFactory JSON = new JsonFactory();

    /** What is wrong with a store that has buckets and no such file, for people. */
    public static String missing(Device device) {
        return device.describe(PATH)
                + " is missing, but there are buckets beside it: 'sierradb repair --from TARGET'"
                + " restores it from a backup";
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
        try (DeviceFile file = device.openForReading(PATH)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 16));
            file.read(bytes, 0);
            try (JsonParser json = JSON.createParser(bytes.array(), 0, bytes.position())) {
                return of(fields(json, device));
            }
        } catch (JsonProcessingException e) {
            throw damaged(device, e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw damaged(device, String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireKnown(Device device, int formatVersion) throws IOException {
        if (formatVersion != FORMAT_VERSION) {
            throw new IOException(
                    "%s: the store has format version %d and this program reads %d: use the program"
                                    .formatted(device.describe(PATH), formatVersion, FORMAT_VERSION)
                            + " that wrote it");
        }
    }

    /**
     * The same; empty if there is no such file or it is damaged.
     *
     * @throws IOException if it is of another format version
     */
    public static Optional<MetaFile> readIfUndamaged(Device device) throws IOException {
        try {
            return device.exists(PATH) ? Optional.of(read(device)) : Optional.empty();
        } catch (DamagedException _) {
            return Optional.empty();
        }
    }

    /** How many partitions and buckets there are. */
    public Partitioning partitioning() {
        return new Partitioning(partitionCount, bucketCount);
    }

    /**
     * Reads one flat object and nothing else. Its version is looked at as soon as it is known: what
     * another one has besides is no damage.
     */
    private static Map<String, String> fields(JsonParser json, Device device) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("it holds no object");
        }
        Map<String, String> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals(FORMAT_VERSION_FIELD) && value == JsonToken.VALUE_NUMBER_INT) {
                requireKnown(device, json.getIntValue());
            }
            if (value.isStructStart() || value == JsonToken.VALUE_NULL) {
                throw new IllegalArgumentException(name + " is no number or string");
            }
            fields.put(name, json.getText());
        }
        if (json.nextToken() != null) {
            throw new IllegalArgumentException("there is more behind the object");
        }
        return fields;
    }

    /** The numbers and the id in {@code fields}, which have to be these five. */
    private static MetaFile of(Map<String, String> fields) {
        MetaFile meta =
                new MetaFile(
                        Integer.parseInt(take(fields, FORMAT_VERSION_FIELD)),
                        UUID.fromString(take(fields, STORE_ID_FIELD)),
                        Integer.parseInt(take(fields, PARTITION_COUNT_FIELD)),
                        Integer.parseInt(take(fields, BUCKET_COUNT_FIELD)),
                        Long.parseLong(take(fields, SEGMENT_SIZE_FIELD)));
        if (!fields.isEmpty()) {
            throw new IllegalArgumentException("unknown fields " + fields.keySet());
        }
        return meta;
    }

    private static String take(Map<String, String> fields, String name) {
        String value = fields.remove(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static DamagedException damaged(Device device, String problem, Exception cause) {
        return new DamagedException(
                "%s is damaged: 'sierradb repair --from TARGET' restores it from a backup: %s"
                        .formatted(device.describe(PATH), problem),
                cause);
    }

    /** The file is there, and not as it was written. */
    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String message, Exception cause) {
            super(message, cause);
        }
    }

    /** Makes a store of a directory that has its buckets already. */
    public void write(Device device) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeNumberField(FORMAT_VERSION_FIELD, formatVersion);
            json.writeStringField(STORE_ID_FIELD, storeId.toString());
            json.writeNumberField(PARTITION_COUNT_FIELD, partitionCount);
            json.writeNumberField(BUCKET_COUNT_FIELD, bucketCount);
            json.writeNumberField(SEGMENT_SIZE_FIELD, segmentSizeBytes);
            json.writeEndObject();
        }
        AtomicFile.write(device, PATH, (text + "\n").getBytes(StandardCharsets.UTF_8));
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
