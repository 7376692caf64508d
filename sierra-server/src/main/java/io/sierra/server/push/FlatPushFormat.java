package io.sierra.server.push;

import io.netty.buffer.ByteBuf;
import io.sierra.cluster.subscription.Positions;
import io.sierra.server.resp.EventReplies;
import io.sierra.server.resp.ReplyKey;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Pushes of a kind that the client names, with everything in them as RESP2 has it: several
 * libraries hand only unknown kinds to their user, and some stumble over a map in a push.
 *
 * <pre>
 * &gt;4 kind id cursor    event       an array of keys and values, or a bulk string of JSON
 * &gt;4 kind id caughtup  positions   an array of keys and values
 * &gt;4 kind id heartbeat positions
 * &gt;4 kind id error     text
 * </pre>
 */
final class FlatPushFormat implements PushFormat {
    private final byte[] kind;
    private final boolean json;

    /** Pushes of this kind, in ASCII. */
    FlatPushFormat(String kind, boolean json) {
        this.kind = kind.getBytes(StandardCharsets.US_ASCII);
        this.json = json;
    }

    @Override
    public void event(UUID subscriptionId, long cursor, EventView event, RespWriter out) {
        ByteBuf text = json ? EventJson.ofThread().event(subscriptionId, cursor, event) : null;
        RespWriter flat = begin(subscriptionId, out);
        flat.integer(cursor);
        if (text == null) {
            EventReplies.event(event, flat);
        } else {
            flat.bulk(text);
        }
    }

    @Override
    public void caughtUp(UUID subscriptionId, Positions positions, RespWriter out) {
        positions(PushWords.CAUGHTUP, subscriptionId, positions, out);
    }

    @Override
    public void heartbeat(UUID subscriptionId, Positions positions, RespWriter out) {
        positions(PushWords.HEARTBEAT, subscriptionId, positions, out);
    }

    @Override
    public void error(UUID subscriptionId, String text, RespWriter out) {
        RespWriter flat = begin(subscriptionId, out);
        flat.key(PushWords.ERROR);
        flat.bulk(text);
    }

    private void positions(
            ReplyKey what, UUID subscriptionId, Positions positions, RespWriter out) {
        RespWriter flat = begin(subscriptionId, out);
        flat.key(what);
        PushWords.positions(positions, flat);
    }

    /** Header, kind and id; the writer for the two elements that follow. */
    private RespWriter begin(UUID subscriptionId, RespWriter out) {
        out.pushHeader(4);
        RespWriter flat = out.inResp2();
        flat.bulk(kind);
        flat.uuid(
                subscriptionId.getMostSignificantBits(), subscriptionId.getLeastSignificantBits());
        return flat;
    }
}
