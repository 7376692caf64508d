package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.sierra.server.resp.EventReplies;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;

/** Encodes the events of a page until it is full. */
final class PageWriter implements EventVisitor {
    /** Room for what an event takes besides its variable parts, in either protocol. */
    private static final int FIXED_PARTS_BYTES = 512;

    private final ByteBuf events;
    private final RespWriter writer;
    private final int maxBytes;
    private int count;
    private boolean cut;

    PageWriter(ByteBuf events, RespVersion version, int maxBytes) {
        this.events = events;
        this.writer = new RespWriter(events, version);
        this.maxBytes = maxBytes;
    }

    @Override
    public boolean onEvent(EventView event) {
        if (count > 0 && events.readableBytes() + lengthBytes(event) > maxBytes) {
            cut = true;
            return false;
        }
        EventReplies.event(event, writer);
        count++;
        return true;
    }

    int count() {
        return count;
    }

    /** Whether an event was turned away because the page is full. */
    boolean isCut() {
        return cut;
    }

    private static long lengthBytes(EventView event) {
        return (long) FIXED_PARTS_BYTES
                + event.streamIdLengthBytes()
                + event.nameLengthBytes()
                + event.metadataLengthBytes()
                + event.payloadLengthBytes();
    }
}
