package io.sierra.server.resp;

import io.sierra.storage.read.EventView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The map of 11 that EGET, scans and subscriptions show an event as. Everything between two values
 * is the same for all events and was put together beforehand; an event is put together in an array,
 * which is several times as fast as a call of the buffer for each piece, and then copied once.
 */
final class EventMap {
    /** Metadata and payloads up to here are copied together with the rest. */
    private static final int SMALL_BYTES = 2 << 10;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final EventMap RESP2 = new EventMap(RespVersion.RESP2);
    private static final EventMap RESP3 = new EventMap(RespVersion.RESP3);
    private static final ThreadLocal<AsciiArray> ARRAYS = ThreadLocal.withInitial(AsciiArray::new);

    private final byte[] beforeEventId;
    private final byte[] beforePartitionKey;
    private final byte[] beforePartitionId;
    private final byte[] beforeTransactionId;
    private final byte[] beforePartitionSequence;
    private final byte[] beforeStreamVersion;
    private final byte[] beforeTimestamp;
    private final byte[] beforeStreamId;
    private final byte[] beforeEventName;
    private final byte[] beforeMetadata;
    private final byte[] beforePayload;

    private EventMap(RespVersion version) {
        boolean resp3 = version == RespVersion.RESP3;
        String uuid = resp3 ? "+" : "$36\r\n";
        String end = "\r\n";
        beforeEventId = ascii((resp3 ? "%11" : "*22") + end + key("event_id", resp3) + uuid);
        beforePartitionKey = ascii(end + key("partition_key", resp3) + uuid);
        beforePartitionId = ascii(end + key("partition_id", resp3) + ':');
        beforeTransactionId = ascii(end + key("transaction_id", resp3) + uuid);
        beforePartitionSequence = ascii(end + key("partition_sequence", resp3) + ':');
        beforeStreamVersion = ascii(end + key("stream_version", resp3) + ':');
        beforeTimestamp = ascii(end + key("timestamp", resp3) + ':');
        beforeStreamId = ascii(end + key("stream_id", resp3) + '$');
        beforeEventName = ascii(end + key("event_name", resp3) + '$');
        beforeMetadata = ascii(end + key("metadata", resp3) + '$');
        beforePayload = ascii(end + key("payload", resp3) + '$');
    }

    static EventMap of(RespVersion version) {
        return version == RespVersion.RESP3 ? RESP3 : RESP2;
    }

    void write(EventView event, RespWriter writer) {
        AsciiArray out = ARRAYS.get();
        fixedParts(event, out);
        names(event, out);
        int metadataLength = event.metadataLengthBytes();
        out.put(beforeMetadata).decimal(metadataLength).lineEnd();
        if (metadataLength <= SMALL_BYTES) {
            event.copyMetadata(out.array(), out.take(metadataLength));
        } else {
            writer.bytes(out);
            ByteBuffer metadata = writer.beginBytes(metadataLength);
            event.copyMetadata(metadata);
            writer.endBytes(metadata, metadataLength);
        }
        int payloadLength = event.payloadLengthBytes();
        out.put(beforePayload).decimal(payloadLength).lineEnd();
        if (payloadLength <= SMALL_BYTES) {
            event.copyPayload(out.array(), out.take(payloadLength));
        } else {
            writer.bytes(out);
            ByteBuffer payload = writer.beginBytes(payloadLength);
            event.copyPayload(payload);
            writer.endBytes(payload, payloadLength);
        }
        out.lineEnd();
        writer.bytes(out);
    }

    private void fixedParts(EventView event, AsciiArray out) {
        out.clear()
                .put(beforeEventId)
                .uuid(event.eventIdMostSignificantBits(), event.eventIdLeastSignificantBits())
                .put(beforePartitionKey)
                .uuid(
                        event.partitionKeyMostSignificantBits(),
                        event.partitionKeyLeastSignificantBits())
                .put(beforePartitionId)
                .decimal(event.partitionId())
                .put(beforeTransactionId)
                .uuid(
                        event.transactionIdMostSignificantBits(),
                        event.transactionIdLeastSignificantBits())
                .put(beforePartitionSequence)
                .decimal(event.partitionSequence())
                .put(beforeStreamVersion)
                .decimal(event.streamVersion())
                .put(beforeTimestamp)
                .decimal(Math.floorDiv(event.timestampNanos(), NANOS_PER_MILLI));
    }

    private void names(EventView event, AsciiArray out) {
        int streamIdLength = event.streamIdLengthBytes();
        out.put(beforeStreamId).decimal(streamIdLength).lineEnd();
        event.copyStreamId(out.array(), out.take(streamIdLength));
        int nameLength = event.nameLengthBytes();
        out.put(beforeEventName).decimal(nameLength).lineEnd();
        event.copyName(out.array(), out.take(nameLength));
    }

    private static String key(String name, boolean resp3) {
        return resp3 ? "+" + name + "\r\n" : "$" + name.length() + "\r\n" + name + "\r\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What an event is put together in. */
    static final class AsciiArray {
        /** Fixed parts and keys, stream id and name at their longest, metadata and payload. */
        private static final int LENGTH_BYTES = 1024 + 64 + 255 + 2 * SMALL_BYTES;

        private final byte[] array = new byte[LENGTH_BYTES];
        private int lengthBytes;

        AsciiArray clear() {
            lengthBytes = 0;
            return this;
        }

        byte[] array() {
            return array;
        }

        int lengthBytes() {
            return lengthBytes;
        }

        /** Leaves room for the caller to fill; where it begins. */
        int take(int takenBytes) {
            int offset = lengthBytes;
            lengthBytes += takenBytes;
            return offset;
        }

        AsciiArray put(byte[] bytes) {
            System.arraycopy(bytes, 0, array, take(bytes.length), bytes.length);
            return this;
        }

        AsciiArray uuid(long mostSignificantBits, long leastSignificantBits) {
            UuidText.write(mostSignificantBits, leastSignificantBits, array, take(UuidText.LENGTH));
            return this;
        }

        AsciiArray decimal(long value) {
            lengthBytes = Decimal.write(value, array, lengthBytes);
            return this;
        }

        void lineEnd() {
            array[lengthBytes++] = '\r';
            array[lengthBytes++] = '\n';
        }
    }
}
