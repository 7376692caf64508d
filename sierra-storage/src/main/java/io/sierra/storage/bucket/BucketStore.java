package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.Partitioning;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.Failure;
import io.sierra.protocol.version.CurrentVersion;
import io.sierra.storage.bucket.SegmentAllocator.Shortage;
import io.sierra.storage.bucket.StreamHeads.Head;
import io.sierra.storage.concurrent.Counter;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.index.BucketIndex;
import io.sierra.storage.index.OpenIndex;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.read.Watermark;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.LogEntry;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one bucket: decides appends, gathers them, writes and syncs them together, and lets
 * readers see them once they are confirmed.
 *
 * <p>One batch is {@link #stage} for each append, {@link #write}, {@link #sync}, {@link #confirm};
 * only then may the staged results be told to anybody. If {@link #failure} is not null by then,
 * none of the batch's results counts.
 *
 * <p>All methods belong to the bucket's thread except where they say otherwise.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
public final class BucketStore implements AutoCloseable {
    static final long NANOS_PER_MILLI = 1_000_000;

    /** Latest time that a frame can hold: its nanoseconds are a signed number. */
    private static final long MAX_TIMESTAMP_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;

    /** Sealed segments that may wait for their indexes: they are in memory until then. */
    private static final int MAX_PENDING_SEALS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(BucketStore.class);

    private final int bucketId;
    private final Partitioning partitioning;
    private final BucketFiles files;
    private final BucketIndex index;
    private final BucketReader reader;
    private final Map<Integer, PartitionLog> logs;
    private final RandomGenerator random;
    private final FrameEncoder encoder = new FrameEncoder();
    private final StreamHeads heads;
    private final RepeatedAppends repeatedAppends;
    private final AppendPrefetch prefetch;
    private final Deque<OpenSegment> openSegments = new ArrayDeque<>();
    private final long maxTransactionBytes;
    private final Set<PartitionLog> staged = new LinkedHashSet<>();
    @Published private volatile SegmentWriter writer;
    private final SpareSegment spare;
    private long notedEnd;

    /**
     * The open segment has ended and the next one could not be begun. Nothing may be added to it:
     * the next one may be on disk with a checkpoint that does not know of it.
     */
    @Published private volatile boolean rollingOver;

    /** Why it could not, said once in the log; null if nothing was tried yet. */
    @Published private volatile @Nullable Shortage noNewSegment;

    /** Why the open segment could not end: the indexes of those before it cannot be written. */
    @Published private volatile @Nullable String indexingFailure;

    @Published private volatile @Nullable String failure;
    private final Counter syncs = new Counter();
    private final Counter writtenBytes = new Counter();
    @Published private volatile int segments;

    /** A segment that still gets index entries; the newest one also gets frames. */
    private static final class OpenSegment {
        final OpenIndex index;
        long dataEnd;
        int unconfirmedEntries;

        OpenSegment(OpenIndex index) {
            this.index = index;
        }
    }

    BucketStore(
            int bucketId,
            Partitioning partitioning,
            BucketFiles files,
            BucketIndex index,
            OpenIndex openIndex,
            Collection<PartitionLog> partitionLogs,
            SegmentWriter writer,
            SpareSegment spare,
            long notedEnd,
            long cacheBytes,
            RandomGenerator random) {
        this.bucketId = bucketId;
        this.partitioning = partitioning;
        this.files = files;
        this.index = index;
        this.reader =
                new BucketReader(
                        files.device(),
                        files.mappings(),
                        number -> files.segment(bucketId, number),
                        index);
        this.logs = HashMap.newHashMap(partitionLogs.size());
        partitionLogs.forEach(log -> logs.put(log.partitionId(), log));
        this.prefetch = new AppendPrefetch(reader);
        this.heads = new StreamHeads(reader, prefetch, this::confirmedEnd, cacheBytes);
        this.repeatedAppends = new RepeatedAppends(reader, prefetch);
        this.random = random;
        this.writer = writer;
        this.spare = spare;
        this.notedEnd = notedEnd;
        this.segments = writer.segment().segmentNumber() + 1;
        openSegments.addLast(new OpenSegment(openIndex));
        this.maxTransactionBytes = maxTransactionBytes(files.segmentSizeBytes(), logs.size());
    }

    /** Longest frame that an empty segment has room for. */
    static long maxTransactionBytes(long segmentSizeBytes, int partitions) {
        long overhead =
                SegmentHeader.LENGTH_BYTES
                        + FrameEncoder.lengthOfCheckpoint(partitions)
                        + FrameEncoder.lengthOfEmpty();
        return Math.min(segmentSizeBytes - overhead, Integer.MAX_VALUE - Long.BYTES);
    }

    /** 0-based id of the bucket. */
    public int bucketId() {
        return bucketId;
    }

    /** Says that an append will be staged soon. A hint, see {@link #prefetch}. */
    public void expect(PartitionKey partitionKey, List<NewEvent> events) {
        int partitionId = partitioning.partitionOf(partitionKey);
        if (failure == null && log(partitionId).damage() == null) {
            prefetch.add(partitionId, events);
        }
    }

    /** Fetches what the expected appends will be judged against, of all of them at once. */
    public void prefetch() {
        prefetch.fetch(heads);
    }

    /**
     * Decides an append and, if nothing speaks against it, adds it to the batch.
     *
     * @param term of the leader that appends
     * @param nowMillis time of events that bring none, since the Unix epoch
     * @return the answer, to be given only after the batch is confirmed: also a refusal may rest on
     *     an append before it in the same batch
     */
    public AppendResult stage(
            PartitionKey partitionKey, List<NewEvent> events, long term, long nowMillis) {
        int partitionId = partitioning.partitionOf(partitionKey);
        PartitionLog log = log(partitionId);
        String damage = log.damage();
        if (damage != null) {
            return new AppendResult.Refused(new Failure.PartitionFailed(partitionId, damage));
        }
        if (failure != null) {
            return writeFailed();
        }
        if (events.isEmpty()) {
            return new AppendResult.Refused(
                    new Failure.InvalidArgument("a transaction must have at least one event"));
        }
        Transaction transaction = new Transaction(partitionKey, partitionId, events);
        try {
            AppendResult answer = repeatedAppends.answerTo(transaction);
            Failure refusal = answer == null ? refusal(transaction, nowMillis) : null;
            String found = log.damage();
            if (found != null) {
                // An index was made again on the way, without what is lost: nothing can be judged.
                return new AppendResult.Refused(new Failure.PartitionFailed(partitionId, found));
            }
            if (answer != null) {
                return answer;
            }
            return refusal == null
                    ? append(transaction, log, term)
                    : new AppendResult.Refused(refusal);
        } catch (IOException e) {
            LOG.error("bucket {}: an append could not be judged", bucketId, e);
            return new AppendResult.Refused(new Failure.ReadFailed(String.valueOf(e.getMessage())));
        }
    }

    /** Judges versions and sets everything that the transaction's frame will say, or refuses. */
    private @Nullable Failure refusal(Transaction transaction, long nowMillis) throws IOException {
        Map<StreamKey, Head> earlier = transaction.size() > 1 ? new HashMap<>() : Map.of();
        PartitionKey key = transaction.partitionKey();
        for (int i = 0; i < transaction.size(); i++) {
            NewEvent event = transaction.events().get(i);
            StreamKey stream = transaction.streams[i];
            Head head = earlier.get(stream);
            if (head == null) {
                head = heads.find(transaction.partitionId(), event.streamId(), stream, key);
            }
            Failure refusal = refusal(event, key, head);
            if (refusal != null) {
                return refusal;
            }
            EventId id = event.id();
            boolean now = event.timestampMillis() == NewEvent.NOW;
            transaction.ids[i] = id != null ? id : EventId.generate(nowMillis, key.hash(), random);
            transaction.streamVersions[i] = head == null ? 0 : head.streamVersion() + 1;
            transaction.timestampsNanos[i] =
                    (now ? nowMillis : event.timestampMillis()) * NANOS_PER_MILLI;
            if (transaction.size() > 1) {
                earlier.put(stream, new Head(transaction.streamVersions[i], key, 0));
            }
        }
        return transaction.frameLengthBytes() > maxTransactionBytes
                ? new Failure.TransactionTooLarge(
                        transaction.frameLengthBytes(), maxTransactionBytes)
                : null;
    }

    private static @Nullable Failure refusal(
            NewEvent event, PartitionKey key, @Nullable Head head) {
        if (event.name().length > NewEvent.MAX_NAME_LENGTH_BYTES) {
            return new Failure.InvalidArgument(
                    "event name must be at most 255 bytes, but is " + event.name().length);
        }
        if (event.timestampMillis() < NewEvent.NOW
                || event.timestampMillis() > MAX_TIMESTAMP_MILLIS) {
            return new Failure.InvalidArgument(
                    "timestamp must be 0 to %d milliseconds, but is %d"
                            .formatted(MAX_TIMESTAMP_MILLIS, event.timestampMillis()));
        }
        if (head != null && !head.partitionKey().equals(key)) {
            return new Failure.PartitionKeyConflict(head.partitionKey(), key);
        }
        CurrentVersion current =
                head == null ? CurrentVersion.EMPTY : new CurrentVersion(head.streamVersion());
        return event.expectedVersion().isMetBy(current)
                ? null
                : new Failure.WrongExpectedVersion(
                        event.streamId(), key, event.expectedVersion(), current);
    }

    /** Adds the transaction's frame to the batch, in a new segment if this one is full. */
    private AppendResult append(Transaction transaction, PartitionLog log, long term) {
        int length = (int) transaction.frameLengthBytes();
        try {
            Failure noRoom = makeRoom(length);
            if (noRoom != null) {
                return new AppendResult.Refused(noRoom);
            }
            ByteBuffer buffer = writer.reserve(length);
            long firstSequence = log.nextSequence();
            long fileOffset = writer.stagedEnd();
            LogEntry entry = entryOf(transaction, log, term);
            int digest =
                    encoder.encodeEvents(
                            buffer,
                            stampAt(fileOffset, log.watermark().end()),
                            entry,
                            transaction.events(),
                            transaction.ids,
                            transaction.streamVersions,
                            transaction.timestampsNanos);
            log.append(
                    UnconfirmedEntry.of(
                            entry.logIndex(),
                            term,
                            firstSequence,
                            entry.chain(),
                            writer.segment().segmentNumber(),
                            fileOffset,
                            transaction.unconfirmedEvents()),
                    digest);
            openSegments.getLast().unconfirmedEntries++;
            staged.add(log);
            noteHeads(transaction, firstSequence);
            repeatedAppends.staged(transaction, firstSequence);
            return transaction.appendedAt(firstSequence);
        } catch (IOException e) {
            fail(e);
            return writeFailed();
        }
    }

    private LogEntry entryOf(Transaction transaction, PartitionLog log, long term) {
        long uuidHigh = (random.nextLong() & ~0xF000L) | 0x4000L;
        long uuidLow = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new LogEntry(
                FrameKind.EVENTS,
                log.partitionId(),
                transaction.size(),
                log.lastLogIndex() + 1,
                term,
                log.nextSequence(),
                log.digest(),
                uuidHigh,
                uuidLow,
                transaction.partitionKey());
    }

    private FrameStamp stampAt(long fileOffset, long watermark) {
        return new FrameStamp(writer.segment(), fileOffset, writer.durableEnd(), watermark);
    }

    private void noteHeads(Transaction transaction, long firstSequence) {
        for (int i = 0; i < transaction.size(); i++) {
            heads.put(
                    transaction.partitionId(),
                    transaction.streams[i],
                    new Head(
                            transaction.streamVersions[i],
                            transaction.partitionKey(),
                            firstSequence + i));
        }
    }

    /** Makes sure that the open segment can take so many bytes; null if it can. */
    private @Nullable Failure makeRoom(int lengthBytes) throws IOException {
        if (rollingOver
                || !writer.fits(lengthBytes + FrameEncoder.lengthOfEmpty())
                || isSpareBetter()) {
            Failure refusal = rollOver();
            if (refusal != null) {
                return refusal;
            }
        }
        if (writer.addedBytes() > files.lengths().spareAfterBytes()) {
            spare.prepare();
        }
        return writer.allocate(lengthBytes) ? null : refusal(writer.shortage());
    }

    /** Whether the open segment has to grow as it is written, and the next one would not. */
    private boolean isSpareBetter() {
        return spare.isReady() && !writer.isAllocated() && !tooManySealsPending();
    }

    /**
     * Ends the open segment and begins the next. What is staged in the old one is made durable
     * first: a segment that has a successor is complete.
     */
    private @Nullable Failure rollOver() throws IOException {
        if (tooManySealsPending()) {
            return whileSealsArePending();
        }
        indexingFailure = null;
        write();
        sync();
        rollingOver = true;
        SegmentWriter ended = writer;
        SegmentId next = ended.segment().next();
        Shortage shortage = spare.isReady() ? null : shortageOfSegment();
        if (shortage != null) {
            return noNewSegment(shortage, "there is no room");
        }
        try {
            writer = files.create(next, ended.writtenEnd(), positions(), spare, ended.batch());
        } catch (IOException e) {
            Shortage found = Shortage.of(e, files.device(), SegmentAllocator.STEP_BYTES);
            return noNewSegment(found, e.toString());
        }
        noteNewSegment();
        spare.retry();
        ended.close();
        notedEnd = writer.writtenEnd();
        segments = next.segmentNumber() + 1;
        openSegments.getLast().dataEnd = ended.writtenEnd();
        openSegments.addLast(new OpenSegment(index.beginSegment(next.segmentNumber())));
        sealConfirmedSegments();
        return null;
    }

    /** Said once, not for each append that is refused. */
    private Failure noNewSegment(Shortage shortage, String reason) {
        if (!shortage.equals(noNewSegment)) {
            LOG.warn(
                    "bucket {}: no new segment: {}; appends are refused until there is one",
                    bucketId,
                    reason);
            noNewSegment = shortage;
        }
        return refusal(shortage);
    }

    private void noteNewSegment() {
        rollingOver = false;
        if (noNewSegment != null) {
            LOG.info("bucket {}: there is room again, appends resume", bucketId);
            noNewSegment = null;
        }
    }

    private boolean tooManySealsPending() {
        return index.status().pendingSeals() >= MAX_PENDING_SEALS;
    }

    /** Indexes that are being written make room soon; those that fail do when the cause is gone. */
    private Failure whileSealsArePending() {
        String failed = index.sealingError();
        if (failed == null) {
            return new Failure.MailboxFull(bucketId);
        }
        indexingFailure = failed;
        return shortageOfSegment() instanceof Shortage.DiskFull
                ? diskFull()
                : new Failure.IndexingFailed(bucketId, failed);
    }

    private @Nullable Shortage shortageOfSegment() {
        try {
            return files.hasRoomForSegment() ? null : new Shortage.DiskFull();
        } catch (IOException e) {
            return new Shortage.Refused("the room on the disk is unknown: " + e);
        }
    }

    /** The answer to an append for which there is no room; null: there is some again, try again. */
    private Failure refusal(@Nullable Shortage shortage) {
        return shortage instanceof Shortage.Refused(String reason)
                ? new Failure.AllocationFailed(bucketId, reason)
                : diskFull();
    }

    private List<Checkpoint.Position> positions() {
        return logs.values().stream()
                .filter(log -> !log.isEmpty())
                .map(PartitionLog::position)
                .toList();
    }

    /** Writes what is staged. After an error the bucket takes no more writes. */
    public void write() throws IOException {
        requireWorking();
        long before = writer.writtenEnd();
        try {
            writer.write();
        } catch (IOException e) {
            fail(e);
            throw e;
        }
        writtenBytes.add(writer.writtenEnd() - before);
    }

    /** Makes what is written durable. After an error the bucket takes no more writes. */
    public void sync() throws IOException {
        requireWorking();
        if (writer.durableEnd() == writer.writtenEnd()) {
            return;
        }
        try {
            writer.sync();
            syncs.add(1);
        } catch (IOException e) {
            fail(e);
            throw e;
        }
    }

    /** Tells the end of each log that has got entries since the last call. */
    public void drainStaged(LogEndConsumer consumer) {
        for (PartitionLog log : staged) {
            consumer.accept(log.partitionId(), log.lastLogIndex());
        }
        staged.clear();
    }

    /** Takes the end of a partition's log. */
    @FunctionalInterface
    public interface LogEndConsumer {
        /** The last entry of this partition has this index. */
        void accept(int partitionId, long lastLogIndex);
    }

    /**
     * Makes a partition's entries visible up to this index, inclusive: a quorum has them. Does
     * nothing after a {@link #failure}: nobody knows which of them are on this disk.
     */
    public void confirm(int partitionId, long logIndex) {
        if (failure != null) {
            return;
        }
        prefetch.forget(); // what it did not find may be in the indexes now
        PartitionLog log = log(partitionId);
        log.confirmUpTo(
                logIndex,
                entry -> {
                    OpenSegment segment = openSegmentOf(entry.segmentNumber());
                    entry.addTo(segment.index, partitionId);
                    segment.unconfirmedEntries--;
                });
    }

    /** Forgets what was only needed for unconfirmed entries; called once after a batch. */
    public void endBatch() {
        repeatedAppends.forgetConfirmed(this::confirmedEnd);
        sealConfirmedSegments();
    }

    private OpenSegment openSegmentOf(int segmentNumber) {
        for (OpenSegment segment : openSegments) {
            if (segment.index.segmentNumber() == segmentNumber) {
                return segment;
            }
        }
        throw new IllegalStateException("segment " + segmentNumber + " is sealed already");
    }

    private void sealConfirmedSegments() {
        while (openSegments.size() > 1 && openSegments.getFirst().unconfirmedEntries == 0) {
            OpenSegment sealed = openSegments.removeFirst();
            index.seal(sealed.index, sealed.dataEnd);
        }
    }

    /**
     * Writes down how far the log is durable, so that recovery knows that the last batch was
     * acknowledged too. For a bucket that has gone idle.
     */
    public void noteDurableEnd() throws IOException {
        int length = (int) FrameEncoder.lengthOfEmpty();
        if (failure != null || rollingOver || writer.writtenEnd() == notedEnd) {
            return;
        }
        write();
        sync();
        if (!writer.fits(length) || !writer.allocate(length)) {
            return;
        }
        encoder.encodeDurableEnd(writer.reserve(length), stampAt(writer.stagedEnd(), 0));
        write();
        sync();
        notedEnd = writer.writtenEnd();
    }

    /** Why the bucket takes no more writes until it is opened again, or null. Any thread. */
    public @Nullable String failure() {
        return failure;
    }

    /** The answer to every append of a batch that could not be made durable. Any thread. */
    public AppendResult.Refused writeFailed() {
        return new AppendResult.Refused(new Failure.WriteFailed(bucketId, String.valueOf(failure)));
    }

    /** What a failed sync has left in the page cache is not what a later one would write. */
    private void requireWorking() throws IOException {
        if (failure != null) {
            throw new IOException("bucket %d has failed: %s".formatted(bucketId, failure));
        }
    }

    private void fail(IOException e) {
        if (failure == null) {
            LOG.error("bucket {} takes no more writes until restart", bucketId, e);
            failure = e.toString();
        }
    }

    private Failure diskFull() {
        try {
            return new Failure.DiskFull(files.device().usableBytes());
        } catch (IOException e) {
            return new Failure.DiskFull(0);
        }
    }

    /** Why a partition of this bucket is out of service, or null. Any thread. */
    public @Nullable String damageOf(int partitionId) {
        return log(partitionId).damage();
    }

    /** Takes a partition out of service: entries of it are lost. Any thread. */
    public void failPartition(int partitionId, String damage) {
        log(partitionId).fail(damage);
    }

    /** Makes bad indexes of sealed segments again, see {@link BucketIndex#rebuild}. Any thread. */
    public void rebuildIndex(int firstSegment, int lastSegment) throws IOException {
        index.rebuild(firstSegment, lastSegment);
    }

    /** What is confirmed of a partition of this bucket. Any thread. */
    public Watermark watermark(int partitionId) {
        return log(partitionId).watermark();
    }

    /** Reads of this bucket. Any thread. */
    public BucketReader reader() {
        return reader;
    }

    /** What an operator wants to know. Any thread. */
    public BucketStatus status() {
        return new BucketStatus(
                bucketId,
                failure,
                readOnlyReason(),
                segments,
                writer.writtenEnd(),
                syncs.get(),
                writtenBytes.get(),
                heads.hits(),
                heads.misses(),
                index.status());
    }

    private @Nullable String readOnlyReason() {
        Shortage shortage = rollingOver ? noNewSegment : writer.shortage();
        if (shortage != null) {
            return shortage instanceof Shortage.Refused(String reason) ? reason : "disk full";
        }
        String failed = indexingFailure;
        return failed != null && tooManySealsPending() ? failed : null;
    }

    /**
     * Makes everything durable, says so in the log and closes the files. An open segment of some
     * length is sealed, because the next start reads all of the open one.
     */
    @Override
    public void close() throws IOException {
        try (index) {
            try {
                if (failure == null) {
                    write();
                    sync();
                    noteDurableEnd();
                    sealForNextStart();
                }
            } finally {
                spare.close();
                writer.close();
            }
        }
    }

    private void sealForNextStart() throws IOException {
        SegmentId ended = writer.segment();
        long end = writer.writtenEnd();
        // What is damaged is left as it is to be repaired, and to be found again at each start.
        boolean isDamaged = logs.values().stream().anyMatch(log -> log.damage() != null);
        if (isDamaged || rollingOver || end <= files.lengths().sealAtCloseBytes()) {
            return;
        }
        Failure refusal = rollOver();
        if (refusal == null) {
            files.giveBackRoom(ended, end);
        } else {
            LOG.info("bucket {}: the next start takes longer: {}", bucketId, refusal);
        }
    }

    private PartitionLog log(int partitionId) {
        PartitionLog log = logs.get(partitionId);
        if (log == null) {
            throw new IllegalArgumentException(
                    "partition " + partitionId + " is not in bucket " + bucketId);
        }
        return log;
    }

    private long confirmedEnd(int partitionId) {
        return log(partitionId).watermark().end();
    }
}
