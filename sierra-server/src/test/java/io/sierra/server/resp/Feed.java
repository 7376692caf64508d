package io.sierra.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes on their way into a decoder, and what came out of it. */
final class Feed {
    private final RequestDecoder decoder;
    private final ByteBuf unread = Unpooled.buffer();
    private final List<Arguments> requests = new ArrayList<>();

    Feed(RespLimits limits) {
        decoder = new RequestDecoder(limits);
    }

    /** A feed with everything in {@code text} given at once. */
    static Feed of(String text) throws ProtocolException {
        return new Feed(RespLimits.DEFAULT).give(text);
    }

    /** Each character is one byte. */
    Feed give(String text) throws ProtocolException {
        return give(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Feed give(byte[] bytes) throws ProtocolException {
        unread.writeBytes(bytes);
        Arguments request = decoder.decode(unread);
        while (request != null) {
            requests.add(request);
            request = decoder.decode(unread);
        }
        unread.discardReadBytes();
        return this;
    }

    Feed giveByteByByte(String text) throws ProtocolException {
        for (int i = 0; i < text.length(); i++) {
            give(text.substring(i, i + 1));
        }
        return this;
    }

    List<Arguments> requests() {
        return requests;
    }

    /** The words of all requests, each character one byte. */
    List<List<String>> words() {
        return requests.stream().map(Feed::wordsOf).toList();
    }

    int unreadBytes() {
        return unread.readableBytes();
    }

    boolean isInsideRequest() {
        return decoder.isInsideRequest();
    }

    private static List<String> wordsOf(Arguments request) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < request.count(); i++) {
            words.add(new String(request.bytes(i), StandardCharsets.ISO_8859_1));
        }
        return words;
    }
}
