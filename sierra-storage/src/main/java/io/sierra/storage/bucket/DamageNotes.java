package io.sierra.storage.bucket;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sierra.storage.io.AtomicFile;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code damage.json} of a bucket: which of its partitions have lost entries in sealed segments,
 * and where. There is no such file while nothing is lost.
 *
 * <p>Such a loss is found when the index of the segment is made again. The new index is whole and
 * leaves out what is lost, so that the next start would find nothing wrong; therefore the loss is
 * written down before the index is. May be used from any thread.
 */
public final class DamageNotes {
    private static final Logger LOG = LoggerFactory.getLogger(DamageNotes.class);
    private static final int FORMAT_VERSION = 1;

    private final Device device;
    private final String directory;
    private final String path;
    private final Map<Integer, String> damages = new TreeMap<>();
    private boolean saved = true;

    /** Loaded only where there is damage: a start would wait for it. */
    private static final class Json {
        static final ObjectMapper MAPPER =
                new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** What the file holds: the damage by partition id. */
    private record Contents(
            @JsonProperty("format_version") int formatVersion,
            @JsonProperty("partitions") Map<Integer, String> partitions) {
        Contents {
            if (formatVersion != FORMAT_VERSION) {
                throw new IllegalArgumentException("format version " + formatVersion);
            }
            partitions = Map.copyOf(partitions);
        }
    }

    private DamageNotes(Device device, int bucketId) {
        this.device = device;
        this.directory = SegmentId.bucketDirectory(bucketId);
        this.path = directory + "/damage.json";
    }

    /**
     * Reads the notes of a bucket. If they cannot be understood, each of its partitions may be the
     * one that they were about, and is taken for damaged.
     *
     * @param partitionIds of the bucket
     * @throws IOException if the device fails
     */
    public static DamageNotes read(Device device, int bucketId, Collection<Integer> partitionIds)
            throws IOException {
        DamageNotes notes = new DamageNotes(device, bucketId);
        String problem = device.exists(notes.path) ? notes.load() : null;
        if (problem != null) {
            String damage = device.describe(notes.path) + " cannot be understood: " + problem;
            LOG.error("damaged: {}", damage);
            partitionIds.forEach(id -> notes.damages.put(id, damage));
        }
        return notes;
    }

    /** Takes over what the file says; returns what is wrong with it, null if nothing is. */
    private @Nullable String load() throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(bytes, 0);
            Contents contents = Json.MAPPER.readValue(bytes.array(), Contents.class);
            if (contents == null) {
                return "it holds nothing";
            }
            damages.putAll(contents.partitions);
            return null;
        } catch (JsonProcessingException e) {
            return e.getOriginalMessage();
        }
    }

    /** Damage by partition id. */
    public synchronized Map<Integer, String> damages() {
        return Map.copyOf(damages);
    }

    /** Notes the damage of a partition, to be kept by the next {@link #save}; the first stays. */
    public synchronized void add(int partitionId, String damage) {
        if (damages.putIfAbsent(partitionId, damage) == null) {
            saved = false;
        }
    }

    /** Forgets the damage of all other partitions, at the next {@link #save}. */
    public synchronized void keepOnly(Collection<Integer> partitionIds) {
        if (damages.keySet().retainAll(partitionIds)) {
            saved = false;
        }
    }

    /** Makes durable what was changed. */
    public synchronized void save() throws IOException {
        if (saved) {
            return;
        }
        if (damages.isEmpty()) {
            device.delete(path);
            device.syncDirectory(directory);
        } else {
            String json =
                    Json.MAPPER.writeValueAsString(new Contents(FORMAT_VERSION, damages)) + "\n";
            AtomicFile.write(device, path, json.getBytes(StandardCharsets.UTF_8));
        }
        saved = true;
    }
}
