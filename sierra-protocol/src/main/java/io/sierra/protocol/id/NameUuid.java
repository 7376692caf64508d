package io.sierra.protocol.id;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Version 5 UUIDs (SHA-1 of namespace and name, RFC 9562 section 5.5) in the namespace {@code
 * 219bd637-e279-53e9-9e2b-eabe5d9120cc}, which is itself the version 5 UUID of {@code
 * sierradb.tqwewe.com} in the DNS namespace. Clients compute the same on their side.
 */
final class NameUuid {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NAMESPACE = new byte[16];

    static {
        LONG.set(NAMESPACE, 0, 0x219bd637_e279_53e9L);
        LONG.set(NAMESPACE, 8, 0x9e2beabe_5d9120ccL);
    }

    /** Every event loop digests one name for each append; a lookup of the provider costs more. */
    private static final ThreadLocal<MessageDigest> SHA_1 =
            ThreadLocal.withInitial(NameUuid::newSha1);

    private NameUuid() {}

    static PartitionKey of(byte[] name) {
        MessageDigest sha1 = SHA_1.get();
        sha1.update(NAMESPACE);
        byte[] digest = sha1.digest(name);
        long high = ((long) LONG.get(digest, 0) & 0xFFFF_FFFF_FFFF_0FFFL) | 0x5000L;
        long low = ((long) LONG.get(digest, 8) & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new PartitionKey(high, low);
    }

    private static MessageDigest newSha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
