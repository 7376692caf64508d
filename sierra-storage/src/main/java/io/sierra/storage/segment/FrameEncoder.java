package io.sierra.storage.segment;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/** Writes frames into a little-endian buffer. Not for use by several threads. */
public final class FrameEncoder {
    /** Longer than what is left of any file behind it. */
    private static final int UNKNOWN_LENGTH = Integer.MAX_VALUE - 7;

    private final Checksum checksum = new Checksum();

    /** Bytes that a frame with these events takes, the gap to the next one included. */
    public static long lengthOf(List<NewEvent> events) {
        long length = FrameLayout.HEADER_LENGTH;
        for (NewEvent event : events) {
            length +=
                    EventLayout.FIXED_LENGTH
                            + event.streamId().lengthBytes()
                            + event.name().length
                            + (long) event.metadata().length
                            + event.payload().length;
        }
        return FrameLayout.align(length);
    }

    /** Bytes that a frame without events takes. */
    public static long lengthOfEmpty() {
        return FrameLayout.align(FrameLayout.HEADER_LENGTH);
    }

    /** Bytes that a checkpoint of so many partitions takes. */
    public static long lengthOfCheckpoint(int partitions) {
        return FrameLayout.align(FrameLayout.HEADER_LENGTH + Checkpoint.lengthBytes(partitions));
    }

    /**
     * Writes the events of a transaction at the buffer's position and moves it behind the frame and
     * its gap.
     *
     * @param ids of the events, in their order
     * @param streamVersions of the events, in their order
     * @param timestampsNanos of the events, in their order
     * @return the digest that the partition's next entry carries as its chain
     */
    public int encodeEvents(
            ByteBuffer buffer,
            FrameStamp stamp,
            LogEntry entry,
            List<NewEvent> events,
            EventId[] ids,
            long[] streamVersions,
            long[] timestampsNanos) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        for (int i = 0; i < ids.length; i++) {
            putEvent(buffer, events.get(i), ids[i], streamVersions[i], timestampsNanos[i]);
        }
        return finish(buffer, start, stamp, entry);
    }

    /** Writes a frame that says how far the segment is durable. */
    public void encodeDurableEnd(ByteBuffer buffer, FrameStamp stamp) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        finish(buffer, start, stamp, LogEntry.none(FrameKind.DURABLE_END));
    }

    /** Writes the frame that begins a segment. */
    public void encodeCheckpoint(
            ByteBuffer buffer, FrameStamp stamp, Collection<Checkpoint.Position> positions) {
        encodeCheckpoint(buffer, stamp, positions, /* lengthBytes= */ 0);
    }

    /**
     * Writes the frame that begins a segment where one was.
     *
     * @param lengthBytes of the frame; more than the positions need is zero, less is ignored
     */
    public void encodeCheckpoint(
            ByteBuffer buffer,
            FrameStamp stamp,
            Collection<Checkpoint.Position> positions,
            int lengthBytes) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        Checkpoint.encode(buffer, positions);
        putZeros(buffer, start + lengthBytes);
        finish(buffer, start, stamp, LogEntry.none(FrameKind.CHECKPOINT));
    }

    /**
     * Writes a frame that takes the place of lost entries.
     *
     * @param lengthBytes of the frame, at least what the entries need
     */
    public void encodeLost(
            ByteBuffer buffer, FrameStamp stamp, LostEntries entries, int lengthBytes) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        entries.encodeBody(buffer);
        putZeros(buffer, start + lengthBytes);
        finish(buffer, start, stamp, entries.entry());
    }

    /** Writes a frame that takes the place of so many bytes, which are its length. */
    public void encodeFiller(ByteBuffer buffer, FrameStamp stamp, int lengthBytes) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        putZeros(buffer, start + lengthBytes);
        finish(buffer, start, stamp, LogEntry.none(FrameKind.FILLER));
    }

    /**
     * Writes the header of a filler that is longer than any file, so that it is always one that was
     * cut off: how the log went on from here is not known.
     */
    public void encodeUnknownEnd(ByteBuffer buffer, FrameStamp stamp) {
        int start = buffer.position();
        buffer.position(start + FrameLayout.HEADER_LENGTH);
        putHeader(buffer, start, UNKNOWN_LENGTH, stamp, LogEntry.none(FrameKind.FILLER));
        buffer.putInt(start + FrameLayout.BODY_CHECKSUM_OFFSET, 0);
        putHeaderChecksum(buffer, start, stamp);
    }

    private static void putZeros(ByteBuffer buffer, int end) {
        while (buffer.position() < end) {
            buffer.put((byte) 0);
        }
    }

    private static void putEvent(
            ByteBuffer buffer,
            NewEvent event,
            EventId id,
            long streamVersion,
            long timestampNanos) {
        buffer.putLong(id.mostSignificantBits())
                .putLong(id.leastSignificantBits())
                .putLong(streamVersion)
                .putLong(timestampNanos)
                .putInt(event.payload().length)
                .putInt(event.metadata().length)
                .put((byte) event.streamId().lengthBytes())
                .put((byte) event.name().length)
                .putShort((short) 0)
                .put(event.streamId().utf8())
                .put(event.name())
                .put(event.metadata())
                .put(event.payload());
    }

    private int finish(ByteBuffer buffer, int start, FrameStamp stamp, LogEntry entry) {
        int length = buffer.position() - start;
        putHeader(buffer, start, length, stamp, entry);
        int bodyLength = length - FrameLayout.HEADER_LENGTH;
        int body = start + FrameLayout.HEADER_LENGTH;
        int bodyChecksum =
                checksum.startAt(stamp.segment(), stamp.fileOffset())
                        .add(buffer, body, bodyLength)
                        .value();
        buffer.putInt(start + FrameLayout.BODY_CHECKSUM_OFFSET, bodyChecksum);
        putHeaderChecksum(buffer, start, stamp);
        for (long i = length; i < FrameLayout.align(length); i++) {
            buffer.put((byte) 0);
        }
        return digest(buffer, start, body, bodyLength);
    }

    private void putHeaderChecksum(ByteBuffer buffer, int start, FrameStamp stamp) {
        int headerChecksum =
                checksum.startAt(stamp.segment(), stamp.fileOffset())
                        .add(
                                buffer,
                                start + FrameLayout.BODY_CHECKSUM_OFFSET,
                                FrameLayout.HEADER_LENGTH - FrameLayout.BODY_CHECKSUM_OFFSET)
                        .value();
        buffer.putInt(start + FrameLayout.HEADER_CHECKSUM_OFFSET, headerChecksum);
    }

    private static void putHeader(
            ByteBuffer buffer, int start, int length, FrameStamp stamp, LogEntry entry) {
        buffer.putInt(start + FrameLayout.MAGIC_OFFSET, FrameLayout.MAGIC)
                .putInt(start + FrameLayout.LENGTH_OFFSET, length)
                .putShort(start + FrameLayout.KIND_OFFSET, (short) entry.kind().code())
                .putShort(start + FrameLayout.PARTITION_ID_OFFSET, (short) entry.partitionId())
                .putInt(start + FrameLayout.EVENT_COUNT_OFFSET, entry.eventCount())
                .putLong(start + FrameLayout.LOG_INDEX_OFFSET, entry.logIndex())
                .putLong(start + FrameLayout.TERM_OFFSET, entry.term())
                .putLong(start + FrameLayout.FIRST_SEQUENCE_OFFSET, entry.firstSequence())
                .putInt(start + FrameLayout.CHAIN_OFFSET, entry.chain())
                .putInt(start + FrameLayout.RESERVED_OFFSET, 0)
                .putLong(start + FrameLayout.DURABLE_END_OFFSET, stamp.durableEnd())
                .putLong(start + FrameLayout.WATERMARK_OFFSET, stamp.watermark())
                .putLong(
                        start + FrameLayout.TRANSACTION_ID_OFFSET,
                        entry.transactionIdMostSignificantBits())
                .putLong(
                        start + FrameLayout.TRANSACTION_ID_OFFSET + Long.BYTES,
                        entry.transactionIdLeastSignificantBits())
                .putLong(
                        start + FrameLayout.PARTITION_KEY_OFFSET,
                        entry.partitionKey().mostSignificantBits())
                .putLong(
                        start + FrameLayout.PARTITION_KEY_OFFSET + Long.BYTES,
                        entry.partitionKey().leastSignificantBits());
    }

    private int digest(ByteBuffer buffer, int start, int body, int bodyLength) {
        return checksum.startAnywhere()
                .add(
                        buffer,
                        start + FrameLayout.LENGTH_OFFSET,
                        FrameLayout.DURABLE_END_OFFSET - FrameLayout.LENGTH_OFFSET)
                .add(
                        buffer,
                        start + FrameLayout.TRANSACTION_ID_OFFSET,
                        FrameLayout.HEADER_LENGTH - FrameLayout.TRANSACTION_ID_OFFSET)
                .add(buffer, body, bodyLength)
                .value();
    }
}
