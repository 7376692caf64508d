package io.sierra.server.cli.transfer;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.agrona.collections.Long2LongHashMap;

/**
 * Ids for the events of a file that names none: version 8 UUIDs made of what the line says and of
 * how many equal lines came before it. The same file gives the same ids, so that importing it again
 * adds nothing. As with ids that the server generates, bits 61 to 46 are the partition's hash: the
 * server then finds an event by its id in the first place it looks.
 *
 * <p>Remembers 16 bytes for each line. Two different lines that share a hash only share a counter,
 * which changes ids but neither makes them equal nor makes them differ from run to run.
 */
final class DerivedEventId {
    private static final int HASH_SHIFT = 46;
    private static final long LOW_MASK = (1L << HASH_SHIFT) - 1;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final long VERSION_MASK = 0xF000L;
    private static final long VERSION_8 = 0x8000L;

    private final Long2LongHashMap occurrences = new Long2LongHashMap(0);
    private final MessageDigest sha256 = newSha256();

    /**
     * The id of the event in this line.
     *
     * @param line its bytes in the file without the line's end
     */
    UUID of(EventLine event, byte[] line) {
        sha256.update(event.stream().getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0); // no stream's name has it
        byte[] content = sha256.digest(line);
        long hash = ByteBuffer.wrap(content).getLong();
        long occurrence = occurrences.get(hash);
        occurrences.put(hash, occurrence + 1);

        sha256.update(content);
        ByteBuffer digest =
                ByteBuffer.wrap(
                        sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(occurrence).array()));
        long high = (digest.getLong() & ~VERSION_MASK) | VERSION_8;
        long hash16 = (long) hashOf(event) << HASH_SHIFT;
        long low = VARIANT | hash16 | (digest.getLong() & LOW_MASK);
        return new UUID(high, low);
    }

    private static int hashOf(EventLine event) {
        UUID key = event.partitionKey();
        return key == null
                ? StreamId.of(event.stream()).defaultPartitionKey().hash()
                : PartitionKey.of(key).hash();
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
