package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sierra.server.resp.Arguments;
import io.sierra.server.resp.ProtocolException;
import io.sierra.server.resp.RequestDecoder;
import io.sierra.server.resp.RespLimits;
import io.sierra.storage.concurrent.OwnedBy;
import org.jspecify.annotations.Nullable;

/** What a client has sent and was not carried out yet, request by request. */
@OwnedBy(OwnedBy.Role.EVENT_LOOP)
final class RequestInput {
    private final InputBuffer buffer;
    private final RequestDecoder decoder;

    /** Whether the bytes next in the buffer begin a request. */
    private boolean betweenRequests = true;

    RequestInput(ByteBufAllocator allocator, RespLimits limits) {
        this.buffer = new InputBuffer(allocator);
        this.decoder = new RequestDecoder(limits);
    }

    /** Appends; takes {@code bytes} over. */
    void add(ByteBuf bytes) {
        buffer.add(bytes);
    }

    /** Takes as many PINGs as come next, at most {@code limit}; how many. */
    int takePings(int limit) {
        ByteBuf bytes = buffer.bytes();
        return bytes != null && betweenRequests ? PingFrame.take(bytes, limit) : 0;
    }

    /** Takes the next request; null if its end is not there yet. */
    @Nullable Arguments take() throws ProtocolException {
        ByteBuf bytes = buffer.bytes();
        if (bytes == null || !bytes.isReadable()) {
            return null;
        }
        Arguments request = decoder.decode(bytes);
        betweenRequests = request != null;
        return request;
    }

    /** How many bytes no request was made of yet. */
    int lengthBytes() {
        return buffer.lengthBytes();
    }

    /** Memory that it takes, with that of a request whose end has not come. */
    long heldBytes() {
        return buffer.lengthBytes() + decoder.heldBytes();
    }

    /** Gives back memory that is not needed. */
    void trim() {
        buffer.trim();
    }

    void discard() {
        buffer.discard();
    }
}
