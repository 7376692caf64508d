package io.sierra.server.resp;

import java.nio.charset.StandardCharsets;

/**
 * A word that the server itself puts into replies, encoded beforehand: keys of maps, kinds of
 * pushes. SierraDB's clients skip keys that are no simple strings in RESP3; clients that speak
 * RESP2 turn simple strings inside arrays into {@code true}, so there it is a bulk string.
 */
public final class ReplyKey {
    private final byte[] bulk;
    private final byte[] simple;

    private ReplyKey(String name) {
        bulk = ascii("$" + name.length() + "\r\n" + name + "\r\n");
        simple = ascii("+" + name + "\r\n");
    }

    /** The key with this name in ASCII, without line ends. */
    public static ReplyKey of(String name) {
        return new ReplyKey(name);
    }

    /** The whole frame. */
    byte[] encodedFor(RespVersion version) {
        return version == RespVersion.RESP2 ? bulk : simple;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
