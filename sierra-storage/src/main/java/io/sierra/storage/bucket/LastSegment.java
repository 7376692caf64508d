package io.sierra.storage.bucket;

import io.sierra.storage.index.IndexFiles;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the last segment of a bucket, and tells one that a crash has left unfinished from one that
 * has lost its beginning.
 *
 * <p>The header and the checkpoint of a segment, and its name, are durable before the index of the
 * segment before is written. So an index proves that the next segment had begun, whatever is left
 * of it. A start keeps this true: it may find a beginning that is in the page cache only.
 */
final class LastSegment {
    private static final Logger LOG = LoggerFactory.getLogger(LastSegment.class);

    private final BucketFiles files;
    private final int bucketId;

    /** Where the first frame behind a checkpoint begins at the latest. */
    private final long headEnd;

    /**
     * The segments of a bucket.
     *
     * @param partitions of the bucket
     */
    LastSegment(BucketFiles files, int bucketId, int partitions) {
        this.files = files;
        this.bucketId = bucketId;
        this.headEnd = SegmentHeader.LENGTH_BYTES + FrameEncoder.lengthOfCheckpoint(partitions);
    }

    /**
     * Number of the last segment that has begun, or -1. Removes one that has not. Directories that
     * are missing before it are made again: what is lost then is what was in them.
     *
     * @throws IOException if it cannot be told which one is the last
     */
    int find() throws IOException {
        NavigableSet<Integer> numbers = numbers();
        int last = numbers.isEmpty() ? -1 : numbers.last();
        if (last < 0) {
            return last;
        }
        SegmentId segment = files.segment(bucketId, last);
        if (isIndexed(last) || isIndexed(last - 1)) {
            makeMissingDirectories(numbers);
            return isIndexed(last) ? last + 1 : last; // not even its directory is left
        }
        if (hasBegun(segment)) {
            makeHeadDurable(segment);
            makeMissingDirectories(numbers);
            return last;
        }
        if (last >= numbers.size()) {
            throw new IOException(
                    "%s: there are directories missing before it, and nothing is in it: move it away if it is no segment, else 'sierradb repair' or 'sierradb restore' a backup"
                            .formatted(files.device().describe(segment.directory())));
        }
        files.device().delete(segment.dataFile());
        files.mappings().invalidate(segment.dataFile());
        return last - 1;
    }

    private NavigableSet<Integer> numbers() throws IOException {
        String segments = SegmentId.segmentsDirectory(bucketId);
        NavigableSet<Integer> numbers = new TreeSet<>();
        for (String name : files.device().list(segments)) {
            if (!name.matches("\\d{10}") || Long.parseLong(name) >= Integer.MAX_VALUE) {
                throw new IOException(
                        "%s is no segment: move it away"
                                .formatted(files.device().describe(segments + "/" + name)));
            }
            numbers.add(Integer.parseInt(name));
        }
        return numbers;
    }

    private void makeMissingDirectories(NavigableSet<Integer> numbers) throws IOException {
        for (int number = 0; number < numbers.last(); number++) {
            if (!numbers.contains(number)) {
                files.device().createDirectories(files.segment(bucketId, number).directory());
            }
        }
    }

    private boolean isIndexed(int segmentNumber) {
        return segmentNumber >= 0
                && IndexFiles.exist(
                        files.device(), SegmentId.bucketDirectory(bucketId), segmentNumber);
    }

    private boolean hasBegun(SegmentId segment) throws IOException {
        if (!hasHeader(segment)) {
            return false;
        }
        try (MappingCache.Lease lease = files.mappings().acquire(segment.dataFile());
                DeviceFile file = files.device().openForReading(segment.dataFile())) {
            SegmentScan scan = new SegmentScan(reader(segment, lease), lease.segment(), file);
            return isOfAnotherStore(segment, file)
                    || scan.nextValid(SegmentHeader.LENGTH_BYTES) >= 0
                    || !scan.isZeroFrom(headEnd);
        }
    }

    /** Whether there is a file that is long enough for a header, whatever it holds. */
    boolean hasHeader(SegmentId segment) throws IOException {
        if (!files.device().exists(segment.dataFile())) {
            return false;
        }
        try (DeviceFile file = files.device().openForReading(segment.dataFile())) {
            return file.size() >= SegmentHeader.LENGTH_BYTES;
        }
    }

    /** Nothing in such a segment verifies here, and it is still somebody's. */
    private boolean isOfAnotherStore(SegmentId segment, DeviceFile file) throws IOException {
        try {
            return !files.headerOf(segment, file).isOfStore(files.storeId());
        } catch (CorruptSegmentException _) {
            return false;
        }
    }

    /**
     * Writes it once more and syncs it: whoever created the segment may have been killed before he
     * did, or after a sync that failed and left the pages in the cache, taken for written.
     */
    private void makeHeadDurable(SegmentId segment) throws IOException {
        try (DeviceFile file = files.device().open(segment.dataFile())) {
            ByteBuffer head = ByteBuffer.allocateDirect((int) Math.min(headEnd, file.size()));
            file.read(head, 0);
            try {
                file.write(head.flip(), 0);
            } catch (IOException e) {
                // A full disk must not keep the store closed; it takes no index then either.
                LOG.warn("{}: its beginning is not written again: {}", file.name(), e.toString());
            }
            file.sync();
        }
        files.device().syncDirectory(SegmentId.bucketDirectory(bucketId)); // the spare's name
        files.device().syncDirectory(segment.directory());
    }

    /**
     * Leaves an empty file where there is none, to be opened; returns what is wrong, for people.
     */
    String describeLoss(SegmentId segment) throws IOException {
        String path = segment.dataFile();
        String file = files.device().describe(path);
        String state = "has lost its beginning";
        if (!files.device().exists(path)) {
            files.device().createDirectories(segment.directory());
            files.device().create(path).close();
            state = "was missing";
        }
        return "%s %s: the index of the segment before proves that it had begun, and nobody knows what it held"
                .formatted(file, state);
    }

    /** A reader of the segment's frames. */
    FrameReader reader(SegmentId segment, MappingCache.Lease lease) {
        return new FrameReader(
                segment, files.device().describe(segment.dataFile()), lease.segment());
    }
}
