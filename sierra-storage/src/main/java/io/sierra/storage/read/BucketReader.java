package io.sierra.storage.read;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.index.BucketIndex;
import io.sierra.storage.index.FoundEvent;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.io.Device;
import io.sierra.storage.io.MappingCache;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of one bucket: from the indexes to the frames. May be used from any thread. */
public final class BucketReader {
    private static final Logger LOG = LoggerFactory.getLogger(BucketReader.class);

    /** Locations that one look-up in the indexes gives; a page of the default size fits. */
    private static final int LOCATIONS = 128;

    private final DataFiles files;
    private final BucketIndex index;

    /**
     * A reader of the bucket with these indexes.
     *
     * @param segments of the bucket, by number
     */
    public BucketReader(
            Device device,
            MappingCache mappings,
            IntFunction<SegmentId> segments,
            BucketIndex index) {
        this.files = new DataFiles(device, mappings, segments);
        this.index = index;
    }

    /** A cursor over this bucket's frames. */
    public FrameCursor cursor() {
        return new FrameCursor(files);
    }

    /**
     * Brings what look-ups need into the processor's caches, and the frames that they lead to. What
     * goes wrong is left to the reads themselves: this never fails.
     */
    public void prefetch(Prefetch wanted) {
        try (FrameTouch frames = new FrameTouch(files, wanted.places())) {
            index.prefetch(wanted);
            for (int n = 0; n < wanted.count(); n++) {
                if (wanted.needsFrame(n)) {
                    frames.add(wanted.location(n));
                }
            }
            frames.touch();
        } catch (IOException e) {
            LOG.debug("a prefetch failed", e);
        } catch (RuntimeException | InternalError e) {
            // InternalError: the system could not read a page of a mapped file.
            LOG.warn("a prefetch failed; the read itself says what is wrong", e);
        }
    }

    /** Last version of a stream that the indexes know, or -1. */
    long lastStreamVersion(StreamKey stream) throws IOException {
        return index.lastStreamVersion(stream.high(), stream.low());
    }

    /**
     * Finds an event by its id.
     *
     * @param wanted tells which of the events with this id, one in each partition, is meant
     * @param cursor left at the event if it was found
     */
    public boolean find(EventId id, Wanted wanted, FrameCursor cursor) throws IOException {
        return index.findEvent(
                id.mostSignificantBits(),
                id.leastSignificantBits(),
                location -> isEvent(cursor.moveTo(location), id, wanted));
    }

    /**
     * The same.
     *
     * @param hint about this id: the place that it knows is looked at first
     */
    public boolean find(EventId id, ReadHint hint, Wanted wanted, FrameCursor cursor)
            throws IOException {
        return (hint.leadsToFrame() && isEvent(cursor.moveTo(hint.location()), id, wanted))
                || find(id, wanted, cursor);
    }

    /** Chooses among events of the same id. */
    @FunctionalInterface
    public interface Wanted {
        /** Whether the event that stands here is meant. */
        boolean test(int partitionId, long partitionSequence);
    }

    private static boolean isEvent(FrameReader frame, EventId id, Wanted wanted) {
        frame.rewindEvents();
        while (frame.nextEvent()) {
            if (frame.eventIdMostSignificantBits() == id.mostSignificantBits()
                    && frame.eventIdLeastSignificantBits() == id.leastSignificantBits()) {
                return wanted.test(frame.partitionId(), frame.partitionSequence());
            }
        }
        return false;
    }

    /**
     * The largest version of a stream up to this one that the indexes know, or -1. Its event may be
     * lost.
     *
     * @param found takes what is known of it
     */
    public long lastVersionUpTo(StreamKey stream, long version, FoundEvent found)
            throws IOException {
        return index.lastStreamVersionUpTo(stream.high(), stream.low(), version, found);
    }

    /**
     * The last version of a stream that the indexes know, or -1. Its event may be lost.
     *
     * @param hint about this stream, which is not looked up then
     * @param found takes what is known of it
     */
    public long lastVersion(StreamKey stream, ReadHint hint, FoundEvent found) throws IOException {
        if (!hint.known()) {
            return lastVersionUpTo(stream, Long.MAX_VALUE, found);
        }
        found.set(hint.location(), hint.hasDefaultPartitionKey(), hint.isSealed());
        return hint.number();
    }

    /**
     * Moves the cursor to the last event of a stream up to a version.
     *
     * @param version that {@link #lastVersionUpTo} has found
     * @param found what it has told; tells of the returned version afterwards
     * @return version of that event, or -1 if there is none; less than was asked for if that one is
     *     lost
     */
    public long moveToLast(
            FrameCursor cursor, StreamId streamId, StreamKey stream, long version, FoundEvent found)
            throws IOException {
        long last = version;
        while (last >= 0 && !moveToVersion(cursor, found.location(), streamId, last)) {
            last = lastVersionUpTo(stream, firstLost(cursor.frame(), stream, last) - 1, found);
        }
        return last;
    }

    /** First of the lost versions that this one is among, as their frame tells. */
    private static long firstLost(FrameReader frame, StreamKey stream, long version) {
        for (LostEntries.Versions lost : frame.lostVersions()) {
            if (lost.keyHigh() == stream.high()
                    && lost.keyLow() == stream.low()
                    && lost.firstVersion() <= version
                    && version < lost.firstVersion() + lost.count()) {
                return lost.firstVersion();
            }
        }
        return version;
    }

    boolean scanStream(
            StreamId streamId,
            PartitionKey partitionKey,
            StreamKey stream,
            long firstVersion,
            long lastVersion,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        long[] locations = new long[LOCATIONS];
        long left = count;
        long version = firstVersion;
        long missing = -1;
        try (FrameCursor cursor = cursor()) {
            while (version <= lastVersion) {
                int max = batchSize(left, lastVersion - version);
                int found =
                        index.locateStreamVersions(
                                stream.high(), stream.low(), version, locations, max);
                for (int i = 0; i < found; i++, version++) {
                    cursor.touch(locations, i, found);
                    if (!moveToVersion(cursor, locations[i], streamId, version)) {
                        continue;
                    }
                    FrameReader frame = cursor.frame();
                    if (frame.partitionSequence() >= watermark
                            || !frame.hasPartitionKey(partitionKey)) {
                        return false;
                    }
                    if (left == 0) {
                        return true;
                    }
                    left = visitor.onEvent(cursor) ? left - 1 : 0;
                }
                if (found < max) {
                    long next = versionBehindLoss(stream, version);
                    if (next < 0) {
                        return false;
                    }
                    if (found == 0 && next == missing) {
                        throw new IOException(
                                "bucket %d: the index has no version %d of stream %s"
                                        .formatted(bucketId(), version, streamId));
                    }
                    missing = next == version ? version : -1; // or it has come since
                    version = next;
                }
            }
        }
        return false;
    }

    /** Where a stream goes on if there is no such version of it; -1 if it has ended before. */
    private long versionBehindLoss(StreamKey stream, long version) throws IOException {
        return lastStreamVersion(stream) < version
                ? -1
                : index.firstStreamVersionFrom(stream.high(), stream.low(), version);
    }

    boolean scanPartition(
            int partitionId,
            long firstSequence,
            long lastSequence,
            long count,
            long watermark,
            EventVisitor visitor)
            throws IOException {
        long end = lastSequence < watermark ? lastSequence + 1 : watermark;
        long[] locations = new long[LOCATIONS];
        long left = count;
        long sequence = firstSequence;
        try (FrameCursor cursor = cursor()) {
            while (sequence < end && left > 0) {
                int found =
                        index.locateSequences(
                                partitionId,
                                sequence,
                                locations,
                                batchSize(left - 1, end - 1 - sequence));
                if (found == 0) {
                    sequence = endOfLoss(partitionId, sequence, cursor);
                }
                for (int i = 0; i < found && left > 0; i++) {
                    cursor.touch(locations, i, found);
                    FrameReader frame = moveToSequence(cursor, locations[i], partitionId, sequence);
                    if (frame.kind() == FrameKind.LOST) {
                        sequence = frame.endSequence();
                        break;
                    }
                    sequence++;
                    left = visitor.onEvent(cursor) ? left - 1 : 0;
                }
            }
        }
        return sequence < end;
    }

    /**
     * Where a partition goes on behind a sequence that the index does not have.
     *
     * @throws IOException unless there is a frame that says that it is lost for good
     */
    private long endOfLoss(int partitionId, long sequence, FrameCursor cursor) throws IOException {
        FoundEvent found = new FoundEvent();
        if (index.lastSequenceUpTo(partitionId, sequence, found) >= 0) {
            FrameReader frame = cursor.moveTo(found.location());
            if (isLost(frame, partitionId, sequence)) {
                return frame.endSequence();
            }
        }
        throw new IOException(
                "partition %d of bucket %d: the index has no sequence %d"
                        .formatted(partitionId, bucketId(), sequence));
    }

    private static boolean isLost(FrameReader frame, int partitionId, long sequence) {
        return frame.kind() == FrameKind.LOST
                && frame.partitionId() == partitionId
                && frame.firstSequence() <= sequence
                && sequence < frame.endSequence();
    }

    /** One more than is left, to know whether there is more, as far as the range goes. */
    private static int batchSize(long left, long lastDistance) {
        return (int) Math.min(LOCATIONS - 1, Math.min(left, lastDistance)) + 1;
    }

    /** Moves to an event; false if it is lost for good. */
    private boolean moveToVersion(
            FrameCursor cursor, long location, StreamId streamId, long streamVersion)
            throws IOException {
        FrameReader frame = cursor.moveTo(location);
        if (frame.kind() == FrameKind.LOST) {
            return false;
        }
        if (nextEventIs(frame, streamId, streamVersion)) {
            return true;
        }
        frame.rewindEvents();
        if (nextEventIs(frame, streamId, streamVersion)) {
            return true;
        }
        throw new IOException(
                "%s: the index names offset %d for version %d of stream %s, which is not there"
                        .formatted(
                                files.of(frame.segment().segmentNumber()).description(),
                                frame.fileOffset(),
                                streamVersion,
                                streamId));
    }

    private static boolean nextEventIs(FrameReader frame, StreamId streamId, long streamVersion) {
        while (frame.nextEvent()) {
            if (frame.streamVersion() == streamVersion && frame.hasStreamId(streamId.utf8())) {
                return true;
            }
        }
        return false;
    }

    /** Moves to an event, or to the frame that says that it is lost for good. */
    private FrameReader moveToSequence(
            FrameCursor cursor, long location, int partitionId, long sequence) throws IOException {
        FrameReader frame = cursor.moveTo(location);
        if (isLost(frame, partitionId, sequence)) {
            return frame;
        }
        while (frame.partitionId() == partitionId && frame.nextEvent()) {
            if (frame.partitionSequence() == sequence) {
                return frame;
            }
        }
        throw new IOException(
                "%s: the index names offset %d for sequence %d of partition %d, which is not there"
                        .formatted(
                                files.of(frame.segment().segmentNumber()).description(),
                                frame.fileOffset(),
                                sequence,
                                partitionId));
    }

    private int bucketId() {
        return files.of(0).segment().bucketId();
    }
}
