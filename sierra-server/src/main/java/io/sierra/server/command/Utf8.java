package io.sierra.server.command;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Well-formedness of UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /** Whether these bytes are well-formed. */
    static boolean isValid(byte[] bytes) {
        return isValid(bytes, bytes.length);
    }

    /** Whether the first {@code length} bytes are; nearly all are plain ASCII, which is quick. */
    public static boolean isValid(byte[] bytes, int length) {
        int bits = 0;
        for (int i = 0; i < length; i++) {
            bits |= bytes[i];
        }
        return bits >= 0
                || ByteBufUtil.isText(
                        Unpooled.wrappedBuffer(bytes), 0, length, StandardCharsets.UTF_8);
    }
}
