package io.sierra.server.push;

import static io.sierra.server.push.SomeEvent.ID;
import static io.sierra.server.push.SomeEvent.KEY;
import static io.sierra.server.push.SomeEvent.TRANSACTION;
import static io.sierra.server.push.SomeEvent.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sierra.cluster.subscription.Positions;
import io.sierra.protocol.command.SubscriptionOptions;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.server.testing.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whole pushes, byte for byte. */
class PushFormatTest {
    private static final UUID SUBSCRIPTION =
            UUID.fromString("01234567-89ab-4def-8123-456789abcdef");
    private static final StoredEvent EVENT =
            SomeEvent.of("s-1", utf8("E"), utf8(""), utf8("{\"a\": 1}"));

    private static final String JSON =
            "{\"subscription_id\":\""
                    + SUBSCRIPTION
                    + "\",\"cursor\":5,\"event_id\":\""
                    + ID
                    + "\",\"partition_key\":\""
                    + KEY
                    + "\",\"partition_id\":7,\"transaction_id\":\""
                    + TRANSACTION
                    + "\",\"partition_sequence\":9,\"stream_version\":3,"
                    + "\"timestamp\":1700000000123,\"stream_id\":\"s-1\",\"event_name\":\"E\","
                    + "\"metadata\":\"\",\"payload\":{\"a\": 1},"
                    + "\"metadata_encoding\":\"text\",\"payload_encoding\":\"json\"}";
    private static final String JSON_BULK = "$" + JSON.length() + "⏎" + JSON + "⏎";
    private static final String ERROR_JSON =
            "{\"subscription_id\":\"" + SUBSCRIPTION + "\",\"error\":\"gone \\\"away\\\"\"}";
    private static final String ERROR_BULK = "$" + ERROR_JSON.length() + "⏎" + ERROR_JSON + "⏎";

    private static final Positions PARTITIONS = new SomePositions(List.of(3, 65_535), List.of());
    private static final Positions STREAMS = new SomePositions(List.of(), List.of("a", "é"));

    /** Partition p goes on with p + 1, a stream with 7. */
    private record SomePositions(List<Integer> partitionIds, List<String> streamIds)
            implements Positions {
        @Override
        public int size() {
            return partitionIds.size() + streamIds.size();
        }

        @Override
        public void forEachPartition(PartitionVisitor visitor) {
            partitionIds.forEach(id -> visitor.onPartition(id, id + 1));
        }

        @Override
        public void forEachStream(StreamVisitor visitor) {
            streamIds.forEach(id -> visitor.onStream(utf8(id), 7));
        }
    }

    @Test
    void confirmation_goldenBytes() {
        assertThat(resp3(out -> NativePushFormat.confirmation(SUBSCRIPTION, 2, out)))
                .isEqualTo("+ID⏎>3⏎+subscribe⏎+ID⏎:2⏎");
    }

    @Test
    void nativeEvent_goldenBytes() {
        PushFormat format = PushFormat.of(SubscriptionOptions.NONE);

        assertThat(resp3(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(
                        ">4⏎+message⏎+ID⏎:5⏎%11⏎+event_id⏎+"
                                + ID
                                + "⏎+partition_key⏎+"
                                + KEY
                                + "⏎+partition_id⏎:7⏎+transaction_id⏎+"
                                + TRANSACTION
                                + "⏎+partition_sequence⏎:9⏎+stream_version⏎:3⏎"
                                + "+timestamp⏎:1700000000123⏎+stream_id⏎$3⏎s-1⏎"
                                + "+event_name⏎$1⏎E⏎+metadata⏎$0⏎⏎"
                                + "+payload⏎$8⏎{\"a\": 1}⏎");
    }

    @Test
    void nativeJsonEvent_goldenBytes() {
        PushFormat format = PushFormat.of(options(/* json= */ true, null));

        assertThat(resp3(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(">4⏎+message⏎+ID⏎:5⏎" + inShort(JSON_BULK));
    }

    @Test
    void nativeOthers_goldenBytes() {
        PushFormat format = PushFormat.of(SubscriptionOptions.NONE);

        assertThat(resp3(out -> format.caughtUp(SUBSCRIPTION, PARTITIONS, out)))
                .isEqualTo(">3⏎+caughtup⏎+ID⏎%2⏎:3⏎:4⏎:65535⏎:65536⏎");
        assertThat(resp3(out -> format.heartbeat(SUBSCRIPTION, STREAMS, out)))
                .isEqualTo(">3⏎+heartbeat⏎+ID⏎%2⏎$1⏎a⏎:7⏎$2⏎é⏎:7⏎");
        assertThat(resp3(out -> format.error(SUBSCRIPTION, "gone away", out)))
                .isEqualTo(">3⏎+error⏎+ID⏎$9⏎gone away⏎");
    }

    @Test
    void flatEvent_goldenBytes() {
        PushFormat format = PushFormat.of(options(/* json= */ false, "My.kind"));

        assertThat(resp3(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(
                        ">4⏎$7⏎My.kind⏎$36⏎ID⏎:5⏎*22⏎$8⏎event_id⏎$36⏎"
                                + ID
                                + "⏎$13⏎partition_key⏎$36⏎"
                                + KEY
                                + "⏎$12⏎partition_id⏎:7⏎$14⏎transaction_id⏎$36⏎"
                                + TRANSACTION
                                + "⏎$18⏎partition_sequence⏎:9⏎$14⏎stream_version⏎:3⏎"
                                + "$9⏎timestamp⏎:1700000000123⏎$9⏎stream_id⏎$3⏎s-1⏎"
                                + "$10⏎event_name⏎$1⏎E⏎$8⏎metadata⏎$0⏎⏎"
                                + "$7⏎payload⏎$8⏎{\"a\": 1}⏎");
    }

    @Test
    void flatJsonEvent_goldenBytes() {
        PushFormat format = PushFormat.of(options(/* json= */ true, "sierra"));

        assertThat(resp3(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(">4⏎$6⏎sierra⏎$36⏎ID⏎:5⏎" + inShort(JSON_BULK));
    }

    @Test
    void flatOthers_goldenBytes() {
        PushFormat format = PushFormat.of(options(/* json= */ true, "sierra"));
        String begin = ">4⏎$6⏎sierra⏎$36⏎ID⏎";

        assertThat(resp3(out -> format.caughtUp(SUBSCRIPTION, STREAMS, out)))
                .isEqualTo(begin + "$8⏎caughtup⏎*4⏎$1⏎a⏎:7⏎$2⏎é⏎:7⏎");
        assertThat(resp3(out -> format.heartbeat(SUBSCRIPTION, PARTITIONS, out)))
                .isEqualTo(begin + "$9⏎heartbeat⏎*4⏎:3⏎:4⏎:65535⏎:65536⏎");
        assertThat(resp3(out -> format.error(SUBSCRIPTION, "gone", out)))
                .isEqualTo(begin + "$5⏎error⏎$4⏎gone⏎");
    }

    @Test
    void channelMessages_goldenBytes() {
        PushFormat format = PushFormat.ofChannel(utf8("sierra:stream:s-1?from=0"));
        String begin = "3⏎$7⏎message⏎$24⏎sierra:stream:s-1?from=0⏎";

        assertThat(resp3(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(inShort(">" + begin + JSON_BULK));
        assertThat(resp2(out -> format.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(inShort("*" + begin + JSON_BULK));
        assertThat(resp2(out -> format.error(SUBSCRIPTION, "gone \"away\"", out)))
                .isEqualTo(inShort("*" + begin + ERROR_BULK));
    }

    @Test
    void patternMessages_goldenBytes() {
        PushFormat streams =
                PushFormat.ofPattern(utf8("sierra:stream:s*"), EventChannel.ofStreams());
        PushFormat partitions =
                PushFormat.ofPattern(utf8("sierra:p*"), EventChannel.ofPartitions());
        PushFormat all = PushFormat.ofPattern(utf8("*"), EventChannel.ofEverything());

        assertThat(resp3(out -> streams.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(
                        ">4⏎$8⏎pmessage⏎$16⏎sierra:stream:s*⏎$17⏎sierra:stream:s-1⏎"
                                + inShort(JSON_BULK));
        assertThat(resp2(out -> partitions.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(
                        "*4⏎$8⏎pmessage⏎$9⏎sierra:p*⏎$18⏎sierra:partition:7⏎" + inShort(JSON_BULK));
        assertThat(resp3(out -> all.event(SUBSCRIPTION, 5, EVENT, out)))
                .isEqualTo(">4⏎$8⏎pmessage⏎$1⏎*⏎$10⏎sierra:all⏎" + inShort(JSON_BULK));
        assertThat(resp2(out -> streams.error(SUBSCRIPTION, "gone \"away\"", out)))
                .isEqualTo(
                        "*4⏎$8⏎pmessage⏎$16⏎sierra:stream:s*⏎$16⏎sierra:stream:s*⏎"
                                + inShort(ERROR_BULK));
    }

    private static SubscriptionOptions options(boolean json, @Nullable String kind) {
        return new SubscriptionOptions(
                /* caughtUp= */ false,
                /* heartbeatMillis= */ 0,
                /* names= */ List.of(),
                /* streamPrefix= */ new byte[] {},
                json,
                kind);
    }

    private static String resp3(Consumer<RespWriter> push) {
        return written(push, RespVersion.RESP3);
    }

    private static String resp2(Consumer<RespWriter> push) {
        return written(push, RespVersion.RESP2);
    }

    private static String written(Consumer<RespWriter> push, RespVersion version) {
        ByteBuf out = Unpooled.buffer(1);
        push.accept(new RespWriter(out, version));
        return inShort(out.toString(StandardCharsets.UTF_8).replace("\r\n", "⏎"));
    }

    private static String inShort(String text) {
        return text.replace(SUBSCRIPTION.toString(), "ID");
    }
}
