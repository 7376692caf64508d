package io.sierra.storage.segment;

import io.sierra.protocol.id.PartitionKey;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries of a partition that are lost for good, and that this frame takes the place of: the log
 * goes on behind it as if they were there. Only a repair writes such a frame, because somebody has
 * accepted the loss. Little-endian; three fields of the header have another meaning, {@code
 * eventCount} is 0, {@code logIndex} and {@code firstSequence} are those of the first lost entry:
 *
 * <pre>
 * offset size field           unit, range, meaning
 *     72    8 lastLogIndex    of the last lost entry, inclusive
 *     80    8 endSequence     exclusive end of the lost sequences
 *     88    4 digest          what the partition's next entry carries as its chain
 *     92   12 reserved        zero
 *    104    4 count           of the lost versions that follow; without a body there are none
 *    108    4 reserved        zero
 *    112   32 versions        count times:
 *      0   16   streamKey     high, low; as in the stream index
 *     16    8   firstVersion  first version of the stream that is lost
 *     24    4   count         versions that are lost from there on
 *     28    4   reserved      zero
 * </pre>
 *
 * <p>What follows in the body is zero: the frame is as long as the bytes that it replaces.
 *
 * @param logIndex of the first lost entry
 * @param lastLogIndex of the last one, inclusive
 * @param term of the entry before
 * @param chain digest of the entry before, 0 if there is none
 * @param digest of the last lost entry, where a later one tells it; else the same as the chain
 * @param versions that are known to be lost; there may be more
 */
public record LostEntries(
        int partitionId,
        long logIndex,
        long lastLogIndex,
        long term,
        long firstSequence,
        long endSequence,
        int chain,
        int digest,
        List<Versions> versions) {
    private static final int COUNT_LENGTH = 8;
    private static final int VERSIONS_LENGTH = 32;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    /** Versions of a stream, {@code count} of them from the first one on. */
    public record Versions(long keyHigh, long keyLow, long firstVersion, int count) {}

    public LostEntries {
        if (lastLogIndex < logIndex || endSequence < firstSequence) {
            throw new IllegalArgumentException(
                    "log indexes %d to %d and sequences %d to %d of partition %d"
                            .formatted(
                                    logIndex,
                                    lastLogIndex,
                                    firstSequence,
                                    endSequence,
                                    partitionId));
        }
        versions = List.copyOf(versions);
    }

    /** The same with these versions. */
    public LostEntries withVersions(List<Versions> lostVersions) {
        return new LostEntries(
                partitionId,
                logIndex,
                lastLogIndex,
                term,
                firstSequence,
                endSequence,
                chain,
                digest,
                lostVersions);
    }

    /** Least length of a frame of this. */
    public long lengthBytes() {
        return FrameLayout.HEADER_LENGTH
                + (versions.isEmpty() ? 0 : COUNT_LENGTH)
                + (long) versions.size() * VERSIONS_LENGTH;
    }

    LogEntry entry() {
        return new LogEntry(
                FrameKind.LOST,
                partitionId,
                /* eventCount= */ 0,
                logIndex,
                term,
                firstSequence,
                chain,
                lastLogIndex,
                endSequence,
                new PartitionKey(digest & INT_MASK, 0));
    }

    void encodeBody(ByteBuffer buffer) {
        if (versions.isEmpty()) {
            return;
        }
        buffer.putInt(versions.size()).putInt(0);
        for (Versions lost : versions) {
            buffer.putLong(lost.keyHigh())
                    .putLong(lost.keyLow())
                    .putLong(lost.firstVersion())
                    .putInt(lost.count())
                    .putInt(0);
        }
    }

    static List<Versions> decodeBody(MemorySegment data, long bodyOffset, long lengthBytes) {
        int count = lengthBytes < COUNT_LENGTH ? 0 : data.get(FrameReader.INT, bodyOffset);
        List<Versions> versions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = bodyOffset + COUNT_LENGTH + (long) i * VERSIONS_LENGTH;
            versions.add(
                    new Versions(
                            data.get(FrameReader.LONG, at),
                            data.get(FrameReader.LONG, at + 8),
                            data.get(FrameReader.LONG, at + 16),
                            data.get(FrameReader.INT, at + 24)));
        }
        return versions;
    }
}
