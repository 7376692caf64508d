package io.sierra.storage.bucket;

import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.index.BucketIndex;
import io.sierra.storage.index.IndexRecovery;
import io.sierra.storage.index.OpenIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@link BucketRecovery} leaves: a bucket whose last segment has been read and can be written
 * on, and whose other segments may lack indexes. For one thread at a time.
 */
final class RecoveredBucket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveredBucket.class);

    private final int bucketId;
    private final Partitioning partitioning;
    private final BucketFiles files;
    private final Parts parts;
    private final long cacheBytes;
    private final RandomGenerator random;
    private final List<String> findings;
    private final Set<Integer> reported = new HashSet<>();

    /**
     * What has been opened.
     *
     * @param openIndex of the last segment
     * @param notedEnd end of the log if a frame says that it is durable, else 0
     */
    record Parts(
            Map<Integer, PartitionLog> logs,
            DamageNotes notes,
            IndexRecovery indexes,
            OpenIndex openIndex,
            SegmentWriter writer,
            SpareSegment spare,
            long notedEnd) {}

    RecoveredBucket(
            int bucketId,
            Partitioning partitioning,
            BucketFiles files,
            Parts parts,
            long cacheBytes,
            RandomGenerator random,
            List<String> findings) {
        this.bucketId = bucketId;
        this.partitioning = partitioning;
        this.files = files;
        this.parts = parts;
        this.cacheBytes = cacheBytes;
        this.random = random;
        this.findings = new ArrayList<>(findings);
        reportOutOfService();
    }

    int bucketId() {
        return bucketId;
    }

    /** Of damage in sealed segments. */
    DamageNotes notes() {
        return parts.notes();
    }

    /** What was cut or is damaged, as far as is known; empty if everything is as it should be. */
    List<String> findings() {
        return List.copyOf(findings);
    }

    /** Logs by partition id. */
    Map<Integer, PartitionLog> logs() {
        return parts.logs();
    }

    /** How many segments the bucket has. */
    int segments() {
        return parts.writer().segment().segmentNumber() + 1;
    }

    /** About how many bytes have to be read to make missing indexes again; 0 if none is missing. */
    long plannedBytes() throws IOException {
        return parts.indexes().plannedBytes();
    }

    /** How many segments lack their indexes. */
    int missingIndexes() {
        return parts.indexes().segmentsToRead().size();
    }

    /**
     * Makes missing indexes again and opens the bucket. May be tried again after a failure.
     *
     * @param readBytes is told how many bytes have been read since it was told last
     * @throws IOException if a segment cannot be read or an index not be written, or after {@link
     *     #cancel}
     */
    BucketStore open(LongConsumer readBytes) throws IOException {
        BucketIndex index = parts.indexes().finish(parts.openIndex(), readBytes);
        reportOutOfService();
        return new BucketStore(
                bucketId,
                partitioning,
                files,
                index,
                parts.openIndex(),
                parts.logs().values(),
                parts.writer(),
                parts.spare(),
                parts.notedEnd(),
                cacheBytes,
                random);
    }

    /** Lets {@link #open} break off. Any thread. */
    void cancel() {
        parts.indexes().cancel();
    }

    /** Says once of each damaged partition why it is not served. */
    private void reportOutOfService() {
        Map<String, List<Integer>> failed = new TreeMap<>();
        for (PartitionLog log : parts.logs().values()) {
            String damage = log.damage();
            if (damage != null && reported.add(log.partitionId())) {
                failed.computeIfAbsent(damage, _ -> new ArrayList<>()).add(log.partitionId());
            }
        }
        failed.forEach((damage, partitionIds) -> {
            partitionIds.sort(null);
            String finding = "partitions %s are out of service: %s".formatted(partitionIds, damage);
            LOG.error(finding);
            findings.add(finding);
        });
    }

    /** Closes a bucket that was never opened. */
    @Override
    public void close() throws IOException {
        try (IndexRecovery _ = parts.indexes()) {
            parts.spare().close();
            parts.writer().close();
        }
    }
}
