package io.sierra.server.push;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sierra.server.command.Utf8;
import io.sierra.server.resp.UuidText;
import io.sierra.storage.read.EventView;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Events as JSON objects. Numbers are integers of up to 64 bits, ids are lower case UUIDs.
 *
 * <pre>
 * subscription_id     of whom it is for
 * cursor              counts the events of the subscription from 0
 * event_id, partition_key, partition_id, transaction_id, partition_sequence, stream_version
 * timestamp           milliseconds since the Unix epoch
 * stream_id, event_name
 * metadata, payload   as the next two say
 * metadata_encoding   json: a JSON document, embedded byte for byte
 * payload_encoding    text: UTF-8, in a string; also if there is none
 *                     base64: anything else, in a string
 * </pre>
 *
 * <p>Keeps buffers of some 100 KiB between events, so there is one for a thread, of whose
 * subscriptions each has taken what it got before the next asks.
 */
final class EventJson {
    private static final SerializableString SUBSCRIPTION_ID = field("subscription_id");
    private static final SerializableString CURSOR = field("cursor");
    private static final SerializableString EVENT_ID = field("event_id");
    private static final SerializableString PARTITION_KEY = field("partition_key");
    private static final SerializableString PARTITION_ID = field("partition_id");
    private static final SerializableString TRANSACTION_ID = field("transaction_id");
    private static final SerializableString PARTITION_SEQUENCE = field("partition_sequence");
    private static final SerializableString STREAM_VERSION = field("stream_version");
    private static final SerializableString TIMESTAMP = field("timestamp");
    private static final SerializableString STREAM_ID = field("stream_id");
    private static final SerializableString EVENT_NAME = field("event_name");
    private static final SerializableString METADATA = field("metadata");
    private static final SerializableString PAYLOAD = field("payload");
    private static final SerializableString METADATA_ENCODING = field("metadata_encoding");
    private static final SerializableString PAYLOAD_ENCODING = field("payload_encoding");
    private static final SerializableString ERROR = field("error");

    private static final SerializableString JSON = field("json");
    private static final SerializableString TEXT = field("text");
    private static final SerializableString BASE64 = field("base64");

    private static final ThreadLocal<EventJson> OF_THREAD = ThreadLocal.withInitial(EventJson::new);

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int INITIAL_CAPACITY = 256;

    /** A larger buffer is not kept for the next event. */
    private static final int MAX_KEPT_CAPACITY = 64 * 1024;

    private final JsonDocument document = new JsonDocument();
    private final ByteBuf uuid = Unpooled.buffer(UuidText.LENGTH);
    private ByteBuf data = Unpooled.buffer(INITIAL_CAPACITY);
    private ByteBuf out = Unpooled.buffer(INITIAL_CAPACITY);
    private JsonGenerator generator;

    /** With empty buffers. */
    EventJson() {
        try {
            generator = newGenerator();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
    }

    /** That of the calling thread. */
    static EventJson ofThread() {
        return OF_THREAD.get();
    }

    /** The object of an event; valid until the next call. */
    ByteBuf event(UUID subscriptionId, long cursor, EventView event) {
        try {
            begin(subscriptionId);
            number(CURSOR, cursor);
            fixedParts(event);
            variableParts(event);
            return end();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
    }

    /** The object {@code {"subscription_id":…,"error":text}}; valid until the next call. */
    ByteBuf error(UUID subscriptionId, String text) {
        try {
            begin(subscriptionId);
            generator.writeFieldName(ERROR);
            generator.writeString(text);
            return end();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
    }

    private void begin(UUID subscriptionId) throws IOException {
        data = forReuse(data);
        out = forReuse(out);
        boolean isInsideLastEvent = !generator.getOutputContext().inRoot();
        if (isInsideLastEvent) {
            // It could not be read to its end.
            generator = newGenerator();
        }
        generator.writeStartObject();
        uuid(
                SUBSCRIPTION_ID,
                subscriptionId.getMostSignificantBits(),
                subscriptionId.getLeastSignificantBits());
    }

    private ByteBuf end() throws IOException {
        generator.writeEndObject();
        generator.flush();
        return out;
    }

    private void fixedParts(EventView event) throws IOException {
        uuid(EVENT_ID, event.eventIdMostSignificantBits(), event.eventIdLeastSignificantBits());
        uuid(
                PARTITION_KEY,
                event.partitionKeyMostSignificantBits(),
                event.partitionKeyLeastSignificantBits());
        number(PARTITION_ID, event.partitionId());
        uuid(
                TRANSACTION_ID,
                event.transactionIdMostSignificantBits(),
                event.transactionIdLeastSignificantBits());
        number(PARTITION_SEQUENCE, event.partitionSequence());
        number(STREAM_VERSION, event.streamVersion());
        number(TIMESTAMP, Math.floorDiv(event.timestampNanos(), NANOS_PER_MILLI));
    }

    private void variableParts(EventView event) throws IOException {
        event.copyStreamId(room(event.streamIdLengthBytes()));
        name(STREAM_ID);
        event.copyName(room(event.nameLengthBytes()));
        name(EVENT_NAME);
        event.copyMetadata(room(event.metadataLengthBytes()));
        SerializableString metadataEncoding = data(METADATA);
        event.copyPayload(room(event.payloadLengthBytes()));
        SerializableString payloadEncoding = data(PAYLOAD);
        encoding(METADATA_ENCODING, metadataEncoding);
        encoding(PAYLOAD_ENCODING, payloadEncoding);
    }

    /** Where to copy a variable part of this length, which {@link #data} then holds. */
    private ByteBuffer room(int lengthBytes) {
        data.clear().ensureWritable(lengthBytes).writerIndex(lengthBytes);
        return data.internalNioBuffer(0, lengthBytes);
    }

    private void number(SerializableString field, long value) throws IOException {
        generator.writeFieldName(field);
        generator.writeNumber(value);
    }

    private void uuid(SerializableString field, long high, long low) throws IOException {
        uuid.clear();
        UuidText.write(high, low, uuid);
        generator.writeFieldName(field);
        generator.writeRawUTF8String(uuid.array(), uuid.arrayOffset(), UuidText.LENGTH);
    }

    /** A name, which is checked to be UTF-8 when it comes over the wire, if not elsewhere. */
    private void name(SerializableString field) throws IOException {
        int lengthBytes = data.readableBytes();
        generator.writeFieldName(field);
        if (Utf8.isValid(data.array(), lengthBytes)) {
            generator.writeUTF8String(data.array(), 0, lengthBytes);
        } else {
            generator.writeString(data.toString(StandardCharsets.UTF_8));
        }
    }

    /** What {@link #data} holds, in the form that it needs; which that is. */
    private SerializableString data(SerializableString field) throws IOException {
        byte[] bytes = data.array();
        int lengthBytes = data.readableBytes();
        generator.writeFieldName(field);
        if (!Utf8.isValid(bytes, lengthBytes)) {
            generator.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, bytes, 0, lengthBytes);
            return BASE64;
        }
        if (document.is(bytes, lengthBytes)) {
            // Makes room for a value in the object; then the bytes go the short way.
            generator.writeRawValue("");
            generator.flush();
            out.writeBytes(bytes, 0, lengthBytes);
            return JSON;
        }
        generator.writeUTF8String(bytes, 0, lengthBytes);
        return TEXT;
    }

    private void encoding(SerializableString field, SerializableString encoding)
            throws IOException {
        generator.writeFieldName(field);
        generator.writeString(encoding);
    }

    private JsonGenerator newGenerator() throws IOException {
        JsonGenerator created = FACTORY.createGenerator(new BufferOutput());
        created.setRootValueSeparator(null);
        return created;
    }

    private static ByteBuf forReuse(ByteBuf buffer) {
        return buffer.capacity() <= MAX_KEPT_CAPACITY
                ? buffer.clear()
                : Unpooled.buffer(INITIAL_CAPACITY);
    }

    private static SerializableString field(String name) {
        return new SerializedString(name);
    }

    /** Writes to whatever {@link #out} is at the time. */
    private final class BufferOutput extends OutputStream {
        @Override
        public void write(int b) {
            out.writeByte(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            out.writeBytes(bytes, offset, length);
        }
    }
}
