package io.sierra.server.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * PING as every library sends it. Health checks and latency probes consist of it, so it is
 * recognised and answered without an object being made.
 */
final class PingFrame {
    /** The reply. */
    static final byte[] PONG = "+PONG\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int LENGTH = 14;
    private static final int TAIL_OFFSET = LENGTH - Long.BYTES;

    /** The first eight bytes of {@code *1 $4 PING}, and the last eight, which overlap. */
    private static final long HEAD = bytes("*1\r\n$4\r\n");

    private static final long UPPER_TAIL = bytes("\r\nPING\r\n");
    private static final long LOWER_TAIL = bytes("\r\nping\r\n");

    private PingFrame() {}

    /** Takes as many PINGs as come next in {@code in}, at most {@code limit}; how many. */
    static int take(ByteBuf in, int limit) {
        int taken = 0;
        while (taken < limit && isNext(in)) {
            in.skipBytes(LENGTH);
            taken++;
        }
        return taken;
    }

    private static boolean isNext(ByteBuf in) {
        if (in.readableBytes() < LENGTH || in.getLong(in.readerIndex()) != HEAD) {
            return false;
        }
        long tail = in.getLong(in.readerIndex() + TAIL_OFFSET);
        return tail == UPPER_TAIL || tail == LOWER_TAIL;
    }

    private static long bytes(String eight) {
        long value = 0;
        for (byte b : eight.getBytes(StandardCharsets.US_ASCII)) {
            value = value << Byte.SIZE | b;
        }
        return value;
    }
}
