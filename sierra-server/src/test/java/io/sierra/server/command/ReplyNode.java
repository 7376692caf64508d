package io.sierra.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sierra.server.resp.RespVersion;
import io.sierra.server.resp.RespWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A reply taken apart, with its kind.
 *
 * @param kind the first byte of its frame
 * @param text of a string or a number
 * @param children of an aggregate; of a map keys and values in turns
 */
record ReplyNode(char kind, String text, List<ReplyNode> children) {

    /** What {@code reply} writes; it must be exactly one frame. */
    static ReplyNode of(Consumer<RespWriter> reply, RespVersion version) {
        ByteBuf out = Unpooled.buffer();
        reply.accept(new RespWriter(out, version));
        ReplyNode node = read(out);
        assertThat(out.isReadable()).isFalse();
        return node;
    }

    /** Values by key, of a map or of the array that is a map in RESP2. */
    Map<String, ReplyNode> entries() {
        return IntStream.range(0, children.size() / 2)
                .boxed()
                .collect(
                        Collectors.toMap(
                                i -> children.get(2 * i).text(), i -> children.get(2 * i + 1)));
    }

    private static ReplyNode read(ByteBuf in) {
        char kind = (char) in.readByte();
        String line = line(in);
        return switch (kind) {
            case '+', '-', ':', '_', '#', ',' -> new ReplyNode(kind, line, List.of());
            case '$' -> new ReplyNode(kind, string(in, Integer.parseInt(line)), List.of());
            case '*', '~' -> new ReplyNode(kind, "", children(in, Integer.parseInt(line)));
            case '%' -> new ReplyNode(kind, "", children(in, 2 * Integer.parseInt(line)));
            default -> throw new AssertionError("no frame begins with " + kind);
        };
    }

    private static List<ReplyNode> children(ByteBuf in, int count) {
        List<ReplyNode> children = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            children.add(read(in));
        }
        return children;
    }

    private static String string(ByteBuf in, int length) {
        if (length < 0) {
            return "(null)";
        }
        String text = in.readCharSequence(length, StandardCharsets.UTF_8).toString();
        in.skipBytes(2);
        return text;
    }

    private static String line(ByteBuf in) {
        int length = in.bytesBefore((byte) '\r');
        String line = in.readCharSequence(length, StandardCharsets.UTF_8).toString();
        in.skipBytes(2);
        return line;
    }
}
