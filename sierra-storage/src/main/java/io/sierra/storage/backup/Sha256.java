package io.sierra.storage.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes that come one after the other, as {@code sha256sum} prints it. */
final class Sha256 {
    private final MessageDigest digest = newDigest();
    private final ByteBuffer number =
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    static String of(byte[] bytes) {
        Sha256 sha = new Sha256();
        sha.digest.update(bytes);
        return sha.hex();
    }

    /** Adds what remains in {@code bytes}, and leaves its position where it is. */
    void add(ByteBuffer bytes) {
        digest.update(bytes.duplicate());
    }

    /** Adds a number as 8 bytes. */
    void add(long value) {
        digest.update(number.clear().putLong(value).flip());
    }

    /** The checksum in lower-case hexadecimal digits; starts anew. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
