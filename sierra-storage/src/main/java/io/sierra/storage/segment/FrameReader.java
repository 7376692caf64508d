package io.sierra.storage.segment;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * Reads one frame at a time, in place, and the events in it. Checksums are verified on the way to
 * every frame. Not for use by several threads.
 */
public final class FrameReader {
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Bytes before a frame's body. */
    public static final int HEADER_BYTES = FrameLayout.HEADER_LENGTH;

    /** What stands at a place where a frame could begin. */
    public enum Verdict {
        /** A frame as it was written. */
        VALID,
        /** A frame whose header can be trusted and whose body cannot. */
        DAMAGED_BODY,
        /** Nothing that can be trusted: no frame, or one with a damaged header. */
        NO_FRAME
    }

    private final Checksum checksum = new Checksum();
    private SegmentId segment;
    private String file;
    private MemorySegment data;

    /** File offset at which {@link #data} begins; all other offsets in here count from there. */
    private long base;

    private long frame;
    private int eventIndex;
    private long event;
    private long nextEvent;

    /** A reader of the bytes of this segment. */
    public FrameReader(SegmentId segment, String file, MemorySegment data) {
        this.segment = segment;
        this.file = file;
        this.data = data;
    }

    /** Goes on with another segment. */
    public void wrap(SegmentId newSegment, String newFile, MemorySegment newData) {
        segment = newSegment;
        file = newFile;
        data = newData;
        base = 0;
    }

    /**
     * Goes on with another part of the same segment.
     *
     * @param part bytes of the segment's file
     * @param fileOffset where they begin; a multiple of 8
     */
    public void wrapPart(MemorySegment part, long fileOffset) {
        data = part;
        base = fileOffset;
    }

    /** Segment that is being read. */
    public SegmentId segment() {
        return segment;
    }

    /**
     * Moves to the frame at this offset, before its first event.
     *
     * @throws CorruptSegmentException if there is no frame as it was written
     */
    public void moveTo(long fileOffset) throws CorruptSegmentException {
        switch (look(fileOffset)) {
            case VALID -> {}
            case DAMAGED_BODY -> throw damagedBody(fileOffset);
            case NO_FRAME -> throw noFrame(fileOffset);
        }
    }

    /** Moves to this offset and says what is there. */
    public Verdict look(long fileOffset) {
        if (lookAtHeader(fileOffset) < 0 || frame + lengthBytes() > data.byteSize()) {
            return Verdict.NO_FRAME;
        }
        int expected = data.get(INT, frame + FrameLayout.BODY_CHECKSUM_OFFSET);
        return bodyChecksum() == expected ? Verdict.VALID : Verdict.DAMAGED_BODY;
    }

    /**
     * Moves to this offset and looks at the header alone; the body need not be there.
     *
     * @return bytes of the frame, or -1 if there is no header that can be trusted
     */
    public long lookAtHeader(long fileOffset) {
        frame = fileOffset - base;
        rewindEvents();
        boolean trusted =
                frame + FrameLayout.HEADER_LENGTH <= data.byteSize()
                        && data.get(INT, frame + FrameLayout.MAGIC_OFFSET) == FrameLayout.MAGIC
                        && headerChecksum()
                                == data.get(INT, frame + FrameLayout.HEADER_CHECKSUM_OFFSET)
                        && FrameKind.ofCode(data.get(SHORT, frame + FrameLayout.KIND_OFFSET))
                                != null
                        && lengthBytes() >= FrameLayout.HEADER_LENGTH;
        return trusted ? lengthBytes() : -1;
    }

    /**
     * Whether the file ends within a frame that begins here. No writer does that, not even one that
     * is killed: room is allocated before a frame is written, so that the file was longer.
     */
    public boolean isCutOff(long fileOffset) {
        long left = base + data.byteSize() - fileOffset;
        if (left < FrameLayout.HEADER_LENGTH) {
            for (long at = fileOffset - base; at < data.byteSize(); at++) {
                if (data.get(ValueLayout.JAVA_BYTE, at) != 0) {
                    return true;
                }
            }
            return false;
        }
        return lookAtHeader(fileOffset) > left;
    }

    /** The error to report for a frame that {@link #isCutOff}. */
    public CorruptSegmentException cutOff(long fileOffset) {
        if (lookAtHeader(fileOffset) >= 0 && kind() == FrameKind.FILLER) {
            return new CorruptSegmentException(
                    file,
                    fileOffset,
                    "end of the log",
                    "known",
                    "not: a repair has put back what a backup had, which is all before");
        }
        return new CorruptSegmentException(
                file, fileOffset, "frame", "inside the file", "beyond its end: it was cut off");
    }

    /** The error to report for a frame that {@link #look} found to have a damaged body. */
    public CorruptSegmentException damagedBody(long fileOffset) {
        frame = fileOffset - base;
        return new CorruptSegmentException(
                file,
                fileOffset,
                "checksum of the frame's body",
                Integer.toHexString(data.get(INT, frame + FrameLayout.BODY_CHECKSUM_OFFSET)),
                Integer.toHexString(bodyChecksum()));
    }

    /** The error to report for a place at which {@link #look} found no frame. */
    public CorruptSegmentException noFrame(long fileOffset) {
        frame = fileOffset - base;
        if (frame + FrameLayout.HEADER_LENGTH > data.byteSize()) {
            return new CorruptSegmentException(
                    file, fileOffset, "frame header", "inside the file", "beyond its end");
        }
        if (lookAtHeader(fileOffset) >= 0) {
            return new CorruptSegmentException(
                    file,
                    fileOffset,
                    "end of the frame",
                    "inside the file",
                    base + frame + lengthBytes());
        }
        return new CorruptSegmentException(
                file,
                fileOffset,
                "checksum of the frame's header",
                Integer.toHexString(data.get(INT, frame + FrameLayout.HEADER_CHECKSUM_OFFSET)),
                Integer.toHexString(headerChecksum()));
    }

    /** Offset of the frame. */
    public long fileOffset() {
        return base + frame;
    }

    /** Offset at which the next frame begins, if there is one. */
    public long nextFileOffset() {
        return FrameLayout.align(base + frame + lengthBytes());
    }

    /** Kind of the frame. */
    public FrameKind kind() {
        FrameKind kind = FrameKind.ofCode(data.get(SHORT, frame + FrameLayout.KIND_OFFSET));
        return Objects.requireNonNull(kind);
    }

    /** Partition of the entry. */
    public int partitionId() {
        return Short.toUnsignedInt(data.get(SHORT, frame + FrameLayout.PARTITION_ID_OFFSET));
    }

    /** Number of events. */
    public int eventCount() {
        return data.get(INT, frame + FrameLayout.EVENT_COUNT_OFFSET);
    }

    /** Index in the partition's log. */
    public long logIndex() {
        return data.get(LONG, frame + FrameLayout.LOG_INDEX_OFFSET);
    }

    /** Index of the last entry that the frame stands for: of lost ones there may be several. */
    public long lastLogIndex() {
        return kind() == FrameKind.LOST ? transactionIdMostSignificantBits() : logIndex();
    }

    /** Exclusive end of the sequences that the frame stands for: those of its events, or lost. */
    public long endSequence() {
        return kind() == FrameKind.LOST
                ? transactionIdLeastSignificantBits()
                : firstSequence() + eventCount();
    }

    /** Versions that are known to be lost, in a frame of kind {@link FrameKind#LOST}. */
    public List<LostEntries.Versions> lostVersions() {
        return LostEntries.decodeBody(
                data, frame + FrameLayout.HEADER_LENGTH, lengthBytes() - FrameLayout.HEADER_LENGTH);
    }

    /** Term of the leader that made the entry. */
    public long term() {
        return data.get(LONG, frame + FrameLayout.TERM_OFFSET);
    }

    /** Sequence of the first event. */
    public long firstSequence() {
        return data.get(LONG, frame + FrameLayout.FIRST_SEQUENCE_OFFSET);
    }

    /** Digest of the partition's entry before. */
    public int chain() {
        return data.get(INT, frame + FrameLayout.CHAIN_OFFSET);
    }

    /** How far the segment was durable when the frame was made. */
    public long durableEnd() {
        return data.get(LONG, frame + FrameLayout.DURABLE_END_OFFSET);
    }

    /** Watermark of the partition when the frame was made. */
    public long watermark() {
        return data.get(LONG, frame + FrameLayout.WATERMARK_OFFSET);
    }

    /** High half of the transaction's UUID. */
    public long transactionIdMostSignificantBits() {
        return data.get(LONG, frame + FrameLayout.TRANSACTION_ID_OFFSET);
    }

    /** Low half of the transaction's UUID. */
    public long transactionIdLeastSignificantBits() {
        return data.get(LONG, frame + FrameLayout.TRANSACTION_ID_OFFSET + Long.BYTES);
    }

    /** High half of the partition key. */
    public long partitionKeyMostSignificantBits() {
        return data.get(LONG, frame + FrameLayout.PARTITION_KEY_OFFSET);
    }

    /** Low half of the partition key. */
    public long partitionKeyLeastSignificantBits() {
        return data.get(LONG, frame + FrameLayout.PARTITION_KEY_OFFSET + Long.BYTES);
    }

    /** The partition key. */
    public PartitionKey partitionKey() {
        return new PartitionKey(
                partitionKeyMostSignificantBits(), partitionKeyLeastSignificantBits());
    }

    /** Whether this is the partition key. */
    public boolean hasPartitionKey(PartitionKey key) {
        return partitionKeyMostSignificantBits() == key.mostSignificantBits()
                && partitionKeyLeastSignificantBits() == key.leastSignificantBits();
    }

    /** Whether the partition key is the default one of this stream. */
    public boolean hasDefaultPartitionKeyOf(StreamId streamId) {
        return hasPartitionKey(streamId.defaultPartitionKey());
    }

    /** The digest that the partition's next entry carries as its chain. */
    public int digest() {
        if (kind() == FrameKind.LOST) {
            return (int) partitionKeyMostSignificantBits();
        }
        long body = frame + FrameLayout.HEADER_LENGTH;
        return checksum.startAnywhere()
                .add(
                        data,
                        frame + FrameLayout.LENGTH_OFFSET,
                        FrameLayout.DURABLE_END_OFFSET - FrameLayout.LENGTH_OFFSET)
                .add(
                        data,
                        frame + FrameLayout.TRANSACTION_ID_OFFSET,
                        FrameLayout.HEADER_LENGTH - FrameLayout.TRANSACTION_ID_OFFSET)
                .add(data, body, lengthBytes() - FrameLayout.HEADER_LENGTH)
                .value();
    }

    /** The positions in a frame of kind {@link FrameKind#CHECKPOINT}. */
    public List<Checkpoint.Position> checkpoint() {
        return Checkpoint.decode(data, frame + FrameLayout.HEADER_LENGTH);
    }

    /** Checksum of the header, as it is stored. */
    public int storedHeaderChecksum() {
        return data.get(INT, frame + FrameLayout.HEADER_CHECKSUM_OFFSET);
    }

    /** Checksum of the body, as it is stored. */
    public int storedBodyChecksum() {
        return data.get(INT, frame + FrameLayout.BODY_CHECKSUM_OFFSET);
    }

    /** Moves to the frame's next event, if it has one. */
    public boolean nextEvent() {
        if (eventIndex + 1 >= eventCount()) {
            return false;
        }
        eventIndex++;
        event = nextEvent;
        nextEvent =
                event
                        + EventLayout.FIXED_LENGTH
                        + streamIdLengthBytes()
                        + nameLengthBytes()
                        + metadataLengthBytes()
                        + payloadLengthBytes();
        return true;
    }

    /** Moves before the frame's first event. */
    public void rewindEvents() {
        eventIndex = -1;
        nextEvent = frame + FrameLayout.HEADER_LENGTH;
    }

    /** Partition sequence of the event. */
    public long partitionSequence() {
        return firstSequence() + eventIndex;
    }

    /** High half of the event's id. */
    public long eventIdMostSignificantBits() {
        return data.get(LONG, event + EventLayout.EVENT_ID_OFFSET);
    }

    /** Low half of the event's id. */
    public long eventIdLeastSignificantBits() {
        return data.get(LONG, event + EventLayout.EVENT_ID_OFFSET + Long.BYTES);
    }

    /** Version of the event in its stream. */
    public long streamVersion() {
        return data.get(LONG, event + EventLayout.STREAM_VERSION_OFFSET);
    }

    /** Time of the event since the Unix epoch. */
    public long timestampNanos() {
        return data.get(LONG, event + EventLayout.TIMESTAMP_OFFSET);
    }

    /** Length of the stream id. */
    public int streamIdLengthBytes() {
        return Byte.toUnsignedInt(
                data.get(ValueLayout.JAVA_BYTE, event + EventLayout.STREAM_ID_LENGTH_OFFSET));
    }

    /** Length of the event's name. */
    public int nameLengthBytes() {
        return Byte.toUnsignedInt(
                data.get(ValueLayout.JAVA_BYTE, event + EventLayout.NAME_LENGTH_OFFSET));
    }

    /** Length of the metadata. */
    public int metadataLengthBytes() {
        return data.get(INT, event + EventLayout.METADATA_LENGTH_OFFSET);
    }

    /** Length of the payload. */
    public int payloadLengthBytes() {
        return data.get(INT, event + EventLayout.PAYLOAD_LENGTH_OFFSET);
    }

    /** Puts the stream id into {@code target}. */
    public void copyStreamId(ByteBuffer target) {
        copy(streamIdOffset(), streamIdLengthBytes(), target);
    }

    /** Puts the same into an array from {@code index} on. */
    public void copyStreamId(byte[] target, int index) {
        copy(streamIdOffset(), streamIdLengthBytes(), target, index);
    }

    /** Puts the name into {@code target}. */
    public void copyName(ByteBuffer target) {
        copy(streamIdOffset() + streamIdLengthBytes(), nameLengthBytes(), target);
    }

    /** Puts the same into an array from {@code index} on. */
    public void copyName(byte[] target, int index) {
        copy(streamIdOffset() + streamIdLengthBytes(), nameLengthBytes(), target, index);
    }

    /** Puts the metadata into {@code target}. */
    public void copyMetadata(ByteBuffer target) {
        copy(metadataOffset(), metadataLengthBytes(), target);
    }

    /** Puts the same into an array from {@code index} on. */
    public void copyMetadata(byte[] target, int index) {
        copy(metadataOffset(), metadataLengthBytes(), target, index);
    }

    /** Puts the payload into {@code target}. */
    public void copyPayload(ByteBuffer target) {
        copy(metadataOffset() + metadataLengthBytes(), payloadLengthBytes(), target);
    }

    /** Puts the same into an array from {@code index} on. */
    public void copyPayload(byte[] target, int index) {
        copy(metadataOffset() + metadataLengthBytes(), payloadLengthBytes(), target, index);
    }

    /** Whether the event is of the stream with this name. */
    public boolean hasStreamId(byte[] utf8) {
        return equal(streamIdOffset(), streamIdLengthBytes(), utf8);
    }

    /** The stream id's bytes, copied. */
    public byte[] streamIdBytes() {
        return data.asSlice(streamIdOffset(), streamIdLengthBytes()).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Whether the event has exactly this name, metadata and payload. */
    public boolean hasContent(byte[] name, byte[] metadata, byte[] payload) {
        long nameOffset = streamIdOffset() + streamIdLengthBytes();
        return equal(nameOffset, nameLengthBytes(), name)
                && equal(metadataOffset(), metadataLengthBytes(), metadata)
                && equal(metadataOffset() + metadataLengthBytes(), payloadLengthBytes(), payload);
    }

    /** Length of the frame, header and body, without the gap to the next one. */
    public long lengthBytes() {
        return Integer.toUnsignedLong(data.get(INT, frame + FrameLayout.LENGTH_OFFSET));
    }

    private int headerChecksum() {
        return checksum.startAt(segment, fileOffset())
                .add(
                        data,
                        frame + FrameLayout.BODY_CHECKSUM_OFFSET,
                        FrameLayout.HEADER_LENGTH - FrameLayout.BODY_CHECKSUM_OFFSET)
                .value();
    }

    private int bodyChecksum() {
        return checksum.startAt(segment, fileOffset())
                .add(
                        data,
                        frame + FrameLayout.HEADER_LENGTH,
                        lengthBytes() - FrameLayout.HEADER_LENGTH)
                .value();
    }

    private long streamIdOffset() {
        return event + EventLayout.FIXED_LENGTH;
    }

    private long metadataOffset() {
        return streamIdOffset() + streamIdLengthBytes() + nameLengthBytes();
    }

    private void copy(long offset, int lengthBytes, ByteBuffer target) {
        int position = target.position();
        MemorySegment.copy(data, offset, MemorySegment.ofBuffer(target), 0, lengthBytes);
        target.position(position + lengthBytes);
    }

    private void copy(long offset, int lengthBytes, byte[] target, int index) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, offset, target, index, lengthBytes);
    }

    private boolean equal(long offset, int lengthBytes, byte[] bytes) {
        return lengthBytes == bytes.length
                && MemorySegment.mismatch(
                                data,
                                offset,
                                offset + lengthBytes,
                                MemorySegment.ofArray(bytes),
                                0,
                                lengthBytes)
                        == -1;
    }
}
