package io.sierra.storage.check;

import io.sierra.protocol.id.Partitioning;
import io.sierra.storage.MetaFile;
import io.sierra.storage.bucket.DamageNotes;
import io.sierra.storage.check.SegmentFile.Kind;
import io.sierra.storage.index.IndexFiles;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.DeviceFile;
import io.sierra.storage.io.FileDevice;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.CorruptSegmentException;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a store, to be read without opening it: nothing is recovered, nothing is written,
 * and a server may have the store open and go on. May be used from any thread.
 *
 * {@snippet :
 * try (StoreFiles files = StoreFiles.open(directory)) {
 *     for (SegmentFile segment : files.segments(0)) {
 *         try (FrameScan scan = files.scan(segment)) {
 *             while (scan.next() != FrameScan.Step.END) { … }
 *         }
 *     }
 * }
 * }
 */
public final class StoreFiles implements AutoCloseable {
    private static final String DATA_FILE = "data.evts";

    private final Device device;
    private final MetaFile meta;

    private StoreFiles(Device device, MetaFile meta) {
        this.device = device;
        this.meta = meta;
    }

    /**
     * Opens a data directory.
     *
     * @throws IOException if there is no store in it, or one of another format version
     */
    public static StoreFiles open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + ": there is no such directory");
        }
        return open(FileDevice.open(directory));
    }

    /** Opens the store on a device, and closes the device with it, also if this fails. */
    public static StoreFiles open(Device device) throws IOException {
        try {
            if (!device.exists(MetaFile.PATH)) {
                throw new IOException(
                        device.exists("buckets")
                                ? MetaFile.missing(device)
                                : "%s is no data directory: there is no %s in it"
                                        .formatted(device.describe(""), MetaFile.PATH));
            }
            return new StoreFiles(device, MetaFile.read(device));
        } catch (IOException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /** The store on a device whose {@code meta.json} may not say what it should. */
    public static StoreFiles of(Device device, MetaFile meta) {
        return new StoreFiles(device, meta);
    }

    /**
     * Takes the store for this process until {@link #close}, to change something.
     *
     * @throws IOException if a server has it; the message names the process
     */
    public void lock() throws IOException {
        device.lock();
    }

    /** Number of the process that has the store open, for people; empty if none has. */
    public Optional<String> holder() throws IOException {
        return device.lockHolder();
    }

    /** What the store was created with. */
    public MetaFile meta() {
        return meta;
    }

    /** How many partitions and buckets there are. */
    public Partitioning partitioning() {
        return meta.partitioning();
    }

    /** Partitions of a bucket, ascending. */
    public List<Integer> partitionIds(int bucketId) {
        return IntStream.range(0, meta.partitionCount())
                .filter(id -> partitioning().bucketOf(id) == bucketId)
                .boxed()
                .toList();
    }

    /** The directory that all paths are relative to. */
    public Device device() {
        return device;
    }

    /** Name of a file for people. */
    public String describe(String path) {
        return device.describe(path);
    }

    /**
     * Segments of a bucket, one for each number from 0 to the last one, in order. Later ones may
     * come and the last one may be sealed at any time if a server has the store.
     *
     * <p>The last one may be {@link Kind#MISSING}: a segment gets an index only after its successor
     * has begun, so an index proves that there was one, see {@link IndexFiles#exist}.
     */
    public List<SegmentFile> segments(int bucketId) throws IOException {
        SortedSet<Integer> numbers = segmentNumbers(bucketId);
        int count = numbers.isEmpty() ? 0 : numbers.last() + 1;
        if (isIndexed(bucketId, count - 1)) {
            count++; // not even its directory is left, or it has come since
        }
        List<SegmentFile> segments = new ArrayList<>();
        for (int number = count - 1; number >= 0; number--) {
            SegmentId id = segment(bucketId, number);
            SegmentFile next = segments.isEmpty() ? null : segments.getFirst();
            segments.addFirst(describe(id, next));
        }
        return List.copyOf(segments);
    }

    /** A segment of this store, whether it is there or not. */
    public SegmentId segment(int bucketId, int segmentNumber) {
        return new SegmentId(bucketId, segmentNumber, SegmentId.saltOf(meta.storeId()));
    }

    private SortedSet<Integer> segmentNumbers(int bucketId) throws IOException {
        SortedSet<Integer> numbers = new TreeSet<>();
        for (String name : device.list(SegmentId.segmentsDirectory(bucketId))) {
            if (name.matches("\\d{10}") && Long.parseLong(name) <= Integer.MAX_VALUE) {
                numbers.add(Integer.parseInt(name));
            }
        }
        return numbers;
    }

    private SegmentFile describe(SegmentId id, @Nullable SegmentFile next) throws IOException {
        // Before the file is looked for, which a server may be making: it is there before this is.
        boolean isProven = isIndexed(id.bucketId(), id.segmentNumber() - 1);
        long length = device.exists(id.dataFile()) ? lengthOf(id.dataFile()) : 0;
        Kind kind;
        if (next == null) {
            kind = kindOfLast(id, length, isProven);
        } else if (next.kind() == Kind.NOT_BEGUN) {
            kind = Kind.OPEN;
        } else {
            kind = length > 0 ? Kind.SEALED : Kind.MISSING;
        }
        long dataEnd = kind == Kind.SEALED ? previousDataEnd(id.next()) : SegmentFile.UNKNOWN_END;
        return new SegmentFile(id, kind, dataEnd, length, indexFiles(id));
    }

    private Kind kindOfLast(SegmentId id, long length, boolean isProven) throws IOException {
        if (hasBegun(id, length)) {
            return Kind.OPEN;
        }
        return isProven ? Kind.MISSING : Kind.NOT_BEGUN;
    }

    private boolean isIndexed(int bucketId, int segmentNumber) {
        return segmentNumber >= 0
                && IndexFiles.exist(device, SegmentId.bucketDirectory(bucketId), segmentNumber);
    }

    /** As recovery decides it: a crash during roll-over leaves nothing that could be a frame. */
    private boolean hasBegun(SegmentId id, long length) throws IOException {
        if (length < SegmentHeader.LENGTH_BYTES) {
            return false;
        }
        try (FrameScan scan = newScan(id, SegmentFile.UNKNOWN_END, false, _ -> {})) {
            if (scan.next() == FrameScan.Step.FRAME || isOfAnotherStore(id)) {
                return true;
            }
            int partitions = partitionIds(id.bucketId()).size();
            long headEnd = SegmentHeader.LENGTH_BYTES + FrameEncoder.lengthOfCheckpoint(partitions);
            return scan.nextValid(SegmentHeader.LENGTH_BYTES) >= 0 || !scan.isZeroFrom(headEnd);
        } catch (NoSuchFileException _) {
            return false; // its maker has just given it up
        }
    }

    private boolean isOfAnotherStore(SegmentId id) throws IOException {
        try {
            return !header(id).isOfStore(meta.storeId());
        } catch (CorruptSegmentException _) {
            return false;
        }
    }

    /**
     * The first bytes of a segment.
     *
     * @throws CorruptSegmentException if they are not as written, or of another segment
     */
    public SegmentHeader header(SegmentId id) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(SegmentHeader.LENGTH_BYTES);
        try (DeviceFile file = device.openForReading(id.dataFile())) {
            file.read(head, 0);
        }
        return SegmentHeader.decode(head, id, describe(id.dataFile()));
    }

    /** Where the partitions of a bucket stood when a segment began; empty if it is not readable. */
    public Optional<List<Checkpoint.Position>> checkpoint(SegmentId id) throws IOException {
        try (FrameScan scan = newScan(id, SegmentFile.UNKNOWN_END, false, _ -> {})) {
            boolean found =
                    scan.next() == FrameScan.Step.FRAME
                            && scan.frame().fileOffset() == SegmentHeader.LENGTH_BYTES
                            && scan.frame().kind() == FrameKind.CHECKPOINT;
            return found ? Optional.of(scan.frame().checkpoint()) : Optional.empty();
        }
    }

    private long previousDataEnd(SegmentId next) throws IOException {
        try {
            SegmentHeader header = header(next);
            return header.isOfStore(meta.storeId())
                    ? header.previousDataEnd()
                    : SegmentFile.UNKNOWN_END;
        } catch (CorruptSegmentException | NoSuchFileException _) {
            return SegmentFile.UNKNOWN_END;
        }
    }

    private List<String> indexFiles(SegmentId id) throws IOException {
        return device.list(id.directory()).stream()
                .filter(name -> !name.equals(DATA_FILE))
                .map(name -> id.directory() + "/" + name)
                .toList();
    }

    /** Paths of the files of runs, merged indexes of several segments, of a bucket. */
    public List<String> runFiles(int bucketId) throws IOException {
        String runs = SegmentId.bucketDirectory(bucketId) + "/runs";
        List<String> paths = new ArrayList<>();
        for (String run : device.list(runs)) {
            device.list(runs + "/" + run).forEach(name -> paths.add(runs + "/" + run + "/" + name));
        }
        return List.copyOf(paths);
    }

    /** Path of the file that a bucket's next segment will be made of, if there is one now. */
    public Optional<String> spare(int bucketId) {
        String path = SegmentId.bucketDirectory(bucketId) + "/spare.evts";
        return Optional.of(path).filter(device::exists);
    }

    /** Why partitions of a bucket are out of service by its {@code damage.json}. */
    public Map<Integer, String> damageNotes(int bucketId) throws IOException {
        return DamageNotes.read(device, bucketId, partitionIds(bucketId)).damages();
    }

    /** Length of a file in bytes. */
    public long lengthOf(String path) throws IOException {
        try (DeviceFile file = device.openForReading(path)) {
            return file.size();
        }
    }

    /** Walks over the frames of a segment, from the first on. */
    public FrameScan scan(SegmentFile segment) throws IOException {
        return scan(segment, false, _ -> {});
    }

    /**
     * Walks over the frames of a segment, from the first on.
     *
     * @param uncached whether to read the disk itself, past the system's cache, if that is possible
     * @param bytesRead is told how much was read after each read, and may wait
     * @throws NoSuchFileException if there is no such file any more
     */
    public FrameScan scan(SegmentFile segment, boolean uncached, LongConsumer bytesRead)
            throws IOException {
        return newScan(segment.id(), segment.dataEnd(), uncached, bytesRead);
    }

    private FrameScan newScan(SegmentId id, long dataEnd, boolean uncached, LongConsumer bytesRead)
            throws IOException {
        String path = id.dataFile();
        DeviceFile file =
                uncached ? device.openUncachedForReading(path) : device.openForReading(path);
        return new FrameScan(id, describe(path), new FileWindow(file, bytesRead), dataEnd);
    }

    /** Gives the lock back if this has it. */
    @Override
    public void close() throws IOException {
        device.close();
    }
}
