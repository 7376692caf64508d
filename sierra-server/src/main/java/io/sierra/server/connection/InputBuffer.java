package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/** Bytes that came in and were not taken yet; nearly always none, or the start of a line. */
final class InputBuffer {
    /** A rest up to this size does not keep the buffer that it came in. */
    private static final int SMALL_REST_BYTES = 1024;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf bytes;

    InputBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Appends; takes {@code more} over. */
    void add(ByteBuf more) {
        ByteBuf before = bytes;
        bytes =
                before == null
                        ? more
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, more);
    }

    /** What is there, null if nothing is. */
    @Nullable ByteBuf bytes() {
        return bytes;
    }

    /** How many bytes wait. */
    int lengthBytes() {
        ByteBuf rest = bytes;
        return rest == null ? 0 : rest.readableBytes();
    }

    /** Gives back memory that is not needed. */
    void trim() {
        ByteBuf rest = bytes;
        if (rest == null || rest.readableBytes() > SMALL_REST_BYTES) {
            return;
        }
        if (!rest.isReadable()) {
            bytes = null;
            rest.release();
        } else if (rest.capacity() > 2 * SMALL_REST_BYTES) {
            bytes = allocator.buffer(rest.readableBytes()).writeBytes(rest);
            rest.release();
        }
    }

    void discard() {
        ByteBuf rest = bytes;
        bytes = null;
        if (rest != null) {
            rest.release();
        }
    }
}
