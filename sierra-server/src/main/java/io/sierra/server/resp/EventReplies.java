package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.reply.AppendResult.Appended;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.storage.read.EventView;

/** Replies that tell of events. */
public final class EventReplies {
    private static final ReplyKey EVENT_ID = ReplyKey.of("event_id");
    private static final ReplyKey PARTITION_KEY = ReplyKey.of("partition_key");
    private static final ReplyKey PARTITION_ID = ReplyKey.of("partition_id");
    private static final ReplyKey PARTITION_SEQUENCE = ReplyKey.of("partition_sequence");
    private static final ReplyKey FIRST_PARTITION_SEQUENCE =
            ReplyKey.of("first_partition_sequence");
    private static final ReplyKey LAST_PARTITION_SEQUENCE = ReplyKey.of("last_partition_sequence");
    private static final ReplyKey STREAM_VERSION = ReplyKey.of("stream_version");
    private static final ReplyKey TIMESTAMP = ReplyKey.of("timestamp");
    private static final ReplyKey STREAM_ID = ReplyKey.of("stream_id");
    private static final ReplyKey EVENTS = ReplyKey.of("events");
    private static final ReplyKey HAS_MORE = ReplyKey.of("has_more");

    private EventReplies() {}

    /** Answers EAPPEND: a map of 6. */
    public static void appended(Appended result, RespWriter writer) {
        AppendedEvent event = result.events().getFirst();
        writer.mapHeader(6);
        writer.key(EVENT_ID);
        writeId(event.id(), writer);
        writer.key(PARTITION_KEY);
        writeKey(result, writer);
        entry(PARTITION_ID, result.partitionId(), writer);
        entry(PARTITION_SEQUENCE, result.firstPartitionSequence(), writer);
        entry(STREAM_VERSION, event.streamVersion(), writer);
        entry(TIMESTAMP, event.timestampMillis(), writer);
    }

    /** Answers EMAPPEND: a map of 5, the last of which is an array of maps of 4. */
    public static void appendedMany(Appended result, RespWriter writer) {
        int count = result.events().size();
        writer.mapHeader(5);
        writer.key(PARTITION_KEY);
        writeKey(result, writer);
        entry(PARTITION_ID, result.partitionId(), writer);
        entry(FIRST_PARTITION_SEQUENCE, result.firstPartitionSequence(), writer);
        entry(LAST_PARTITION_SEQUENCE, result.firstPartitionSequence() + count - 1, writer);
        writer.key(EVENTS);
        writer.arrayHeader(count);
        for (AppendedEvent event : result.events()) {
            writer.mapHeader(4);
            writer.key(EVENT_ID);
            writeId(event.id(), writer);
            writer.key(STREAM_ID);
            writer.name(event.streamId().utf8());
            entry(STREAM_VERSION, event.streamVersion(), writer);
            entry(TIMESTAMP, event.timestampMillis(), writer);
        }
    }

    /** The map of 11 that EGET, scans and subscriptions show an event as. */
    public static void event(EventView event, RespWriter writer) {
        EventMap.of(writer.version()).write(event, writer);
    }

    /**
     * Answers ESCAN and EPSCAN: a map of 2.
     *
     * @param count how many events {@code events} holds
     * @param events written with {@link #event} into a buffer of its own, because how many there
     *     are is known only afterwards; read to its end
     */
    public static void page(boolean hasMore, int count, ByteBuf events, RespWriter writer) {
        writer.mapHeader(2);
        writer.key(HAS_MORE);
        writer.bool(hasMore);
        writer.key(EVENTS);
        writer.arrayHeader(count);
        writer.frames(events);
    }

    private static void entry(ReplyKey key, long value, RespWriter writer) {
        writer.key(key);
        writer.integer(value);
    }

    private static void writeId(EventId id, RespWriter writer) {
        writer.uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    private static void writeKey(Appended result, RespWriter writer) {
        writer.uuid(
                result.partitionKey().mostSignificantBits(),
                result.partitionKey().leastSignificantBits());
    }
}
