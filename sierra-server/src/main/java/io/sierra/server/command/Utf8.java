package io.sierra.server.command;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Well-formedness of UTF-8. */
final class Utf8 {
    private Utf8() {}

    /** Whether these bytes are well-formed; nearly all names are plain ASCII, which is quick. */
    static boolean isValid(byte[] bytes) {
        int bits = 0;
        for (byte b : bytes) {
            bits |= b;
        }
        return bits >= 0
                || ByteBufUtil.isText(Unpooled.wrappedBuffer(bytes), StandardCharsets.UTF_8);
    }
}
