package io.sierra.server.push;

import io.netty.buffer.ByteBuf;
import io.sierra.cluster.subscription.Positions;
import io.sierra.server.resp.EventReplies;
import io.sierra.server.resp.ReplyKey;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.util.UUID;

/**
 * Pushes as SierraDB's clients know them, and others of the same make. Kinds, ids and keys are
 * simple strings in RESP3.
 *
 * <pre>
 * &gt;4 message   id cursor event      a map, or a bulk string of JSON
 * &gt;3 caughtup  id positions         a map from partition id or stream id to what comes next
 * &gt;3 heartbeat id positions
 * &gt;3 error     id text              a bulk string
 * </pre>
 */
public final class NativePushFormat implements PushFormat {
    private static final ReplyKey MESSAGE = ReplyKey.of("message");
    private static final ReplyKey SUBSCRIBE = ReplyKey.of("subscribe");

    private final boolean json;

    NativePushFormat(boolean json) {
        this.json = json;
    }

    /**
     * Answers ESUB or EPSUB, and confirms it. Nothing may come between the two, nor the second be
     * sent later: a client library takes it for the answer to its oldest request, of which there is
     * none at that time.
     *
     * @param count subscriptions of the connection, this one included
     */
    public static void confirmation(UUID subscriptionId, long count, RespWriter out) {
        uuid(subscriptionId, out);
        out.pushHeader(3);
        out.key(SUBSCRIBE);
        uuid(subscriptionId, out);
        out.integer(count);
    }

    @Override
    public void event(UUID subscriptionId, long cursor, EventView event, RespWriter out) {
        ByteBuf text = json ? EventJson.ofThread().event(subscriptionId, cursor, event) : null;
        begin(4, MESSAGE, subscriptionId, out);
        out.integer(cursor);
        if (text == null) {
            EventReplies.event(event, out);
        } else {
            out.bulk(text);
        }
    }

    @Override
    public void caughtUp(UUID subscriptionId, Positions positions, RespWriter out) {
        begin(3, PushWords.CAUGHTUP, subscriptionId, out);
        PushWords.positions(positions, out);
    }

    @Override
    public void heartbeat(UUID subscriptionId, Positions positions, RespWriter out) {
        begin(3, PushWords.HEARTBEAT, subscriptionId, out);
        PushWords.positions(positions, out);
    }

    @Override
    public void error(UUID subscriptionId, String text, RespWriter out) {
        begin(3, PushWords.ERROR, subscriptionId, out);
        out.bulk(text);
    }

    private static void begin(int size, ReplyKey kind, UUID subscriptionId, RespWriter out) {
        out.pushHeader(size);
        out.key(kind);
        uuid(subscriptionId, out);
    }

    private static void uuid(UUID id, RespWriter out) {
        out.uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
