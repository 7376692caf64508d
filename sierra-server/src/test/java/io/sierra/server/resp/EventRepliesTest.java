package io.sierra.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult.Appended;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.server.testing.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whole replies, byte for byte as clients know them. */
class EventRepliesTest {
    private static final String ID = "018bcfe5-687b-7abc-bb95-4123456789ab";
    private static final String KEY = "7e124fe8-fe28-5398-bb95-53973100148f";
    private static final String TRANSACTION = "550e8400-e29b-41d4-a716-446655440000";

    private static final StoredEvent EVENT =
            new StoredEvent(
                    eventId(),
                    partitionKey(),
                    /* partitionId= */ 7,
                    UUID.fromString(TRANSACTION),
                    /* partitionSequence= */ 9,
                    /* streamVersion= */ 3,
                    /* timestampNanos= */ 1_700_000_000_123_456_789L,
                    StreamId.of("s-1"),
                    utf8("E"),
                    utf8(""),
                    utf8("p"));

    @Test
    void appended_goldenBytes() {
        Appended result =
                new Appended(
                        partitionKey(),
                        /* partitionId= */ 21,
                        /* firstPartitionSequence= */ 0,
                        List.of(appendedEvent("user-123", 0)));

        expect(
                writer -> EventReplies.appended(result, writer),
                "%6⏎+event_id⏎+"
                        + ID
                        + "⏎+partition_key⏎+"
                        + KEY
                        + "⏎+partition_id⏎:21⏎"
                        + "+partition_sequence⏎:0⏎+stream_version⏎:0⏎+timestamp⏎:1700000000123⏎",
                "*12⏎$8⏎event_id⏎$36⏎"
                        + ID
                        + "⏎$13⏎partition_key⏎$36⏎"
                        + KEY
                        + "⏎$12⏎partition_id⏎:21⏎$18⏎partition_sequence⏎:0⏎"
                        + "$14⏎stream_version⏎:0⏎$9⏎timestamp⏎:1700000000123⏎");
    }

    @Test
    void appendedMany_goldenBytes() {
        Appended result =
                new Appended(
                        partitionKey(),
                        /* partitionId= */ 25,
                        /* firstPartitionSequence= */ 5,
                        List.of(appendedEvent("s1", 0), appendedEvent("OK", 4)));

        expect(
                writer -> EventReplies.appendedMany(result, writer),
                "%5⏎+partition_key⏎+"
                        + KEY
                        + "⏎+partition_id⏎:25⏎+first_partition_sequence⏎:5⏎"
                        + "+last_partition_sequence⏎:6⏎+events⏎*2⏎"
                        + "%4⏎+event_id⏎+"
                        + ID
                        + "⏎+stream_id⏎+s1⏎+stream_version⏎:0⏎"
                        + "+timestamp⏎:1700000000123⏎"
                        + "%4⏎+event_id⏎+"
                        + ID
                        + "⏎+stream_id⏎$2⏎OK⏎+stream_version⏎:4⏎"
                        + "+timestamp⏎:1700000000123⏎",
                "*10⏎$13⏎partition_key⏎$36⏎"
                        + KEY
                        + "⏎$12⏎partition_id⏎:25⏎"
                        + "$24⏎first_partition_sequence⏎:5⏎$23⏎last_partition_sequence⏎:6⏎"
                        + "$6⏎events⏎*2⏎"
                        + "*8⏎$8⏎event_id⏎$36⏎"
                        + ID
                        + "⏎$9⏎stream_id⏎$2⏎s1⏎"
                        + "$14⏎stream_version⏎:0⏎$9⏎timestamp⏎:1700000000123⏎"
                        + "*8⏎$8⏎event_id⏎$36⏎"
                        + ID
                        + "⏎$9⏎stream_id⏎$2⏎OK⏎"
                        + "$14⏎stream_version⏎:4⏎$9⏎timestamp⏎:1700000000123⏎");
    }

    @Test
    void event_goldenBytes() {
        expect(writer -> EventReplies.event(EVENT, writer), event3(), event2());
    }

    @Test
    void page_goldenBytes() {
        expect(
                writer -> page(writer, true, 2),
                "%2⏎+has_more⏎#t⏎+events⏎*2⏎" + event3() + event3(),
                "*4⏎$8⏎has_more⏎:1⏎$6⏎events⏎*2⏎" + event2() + event2());
        expect(
                writer -> page(writer, false, 0),
                "%2⏎+has_more⏎#f⏎+events⏎*0⏎",
                "*4⏎$8⏎has_more⏎:0⏎$6⏎events⏎*0⏎");
    }

    private static void page(RespWriter writer, boolean hasMore, int count) {
        ByteBuf body = Unpooled.buffer();
        RespWriter bodyWriter = new RespWriter(body, writer.version());
        for (int i = 0; i < count; i++) {
            EventReplies.event(EVENT, bodyWriter);
        }
        EventReplies.page(hasMore, count, body, writer);
        assertThat(body.isReadable()).isFalse();
    }

    private static String event3() {
        return "%11⏎+event_id⏎+"
                + ID
                + "⏎+partition_key⏎+"
                + KEY
                + "⏎+partition_id⏎:7⏎"
                + "+transaction_id⏎+"
                + TRANSACTION
                + "⏎+partition_sequence⏎:9⏎"
                + "+stream_version⏎:3⏎+timestamp⏎:1700000000123⏎+stream_id⏎$3⏎s-1⏎"
                + "+event_name⏎$1⏎E⏎+metadata⏎$0⏎⏎+payload⏎$1⏎p⏎";
    }

    private static String event2() {
        return "*22⏎$8⏎event_id⏎$36⏎"
                + ID
                + "⏎$13⏎partition_key⏎$36⏎"
                + KEY
                + "⏎$12⏎partition_id⏎:7⏎$14⏎transaction_id⏎$36⏎"
                + TRANSACTION
                + "⏎$18⏎partition_sequence⏎:9⏎$14⏎stream_version⏎:3⏎"
                + "$9⏎timestamp⏎:1700000000123⏎$9⏎stream_id⏎$3⏎s-1⏎"
                + "$10⏎event_name⏎$1⏎E⏎$8⏎metadata⏎$0⏎⏎$7⏎payload⏎$1⏎p⏎";
    }

    private static void expect(Consumer<RespWriter> reply, String resp3, String resp2) {
        assertThat(RespWriterTest.written(reply, RespVersion.RESP3)).isEqualTo(resp3);
        assertThat(RespWriterTest.written(reply, RespVersion.RESP2)).isEqualTo(resp2);
    }

    private static AppendedEvent appendedEvent(String stream, long streamVersion) {
        return new AppendedEvent(
                eventId(),
                StreamId.of(stream),
                streamVersion,
                /* timestampMillis= */ 1700000000123L);
    }

    private static EventId eventId() {
        return EventId.of(UUID.fromString(ID));
    }

    private static PartitionKey partitionKey() {
        return PartitionKey.of(UUID.fromString(KEY));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
