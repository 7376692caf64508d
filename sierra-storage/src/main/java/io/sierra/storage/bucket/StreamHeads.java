package io.sierra.storage.bucket;

import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.concurrent.Counter;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.index.FoundEvent;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.FrameCursor;
import io.sierra.storage.read.StreamKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where each stream of a bucket ends, unconfirmed events included: what an append is judged
 * against.
 *
 * <p>A set-associative cache of fixed size in front of the indexes. A head that rests on an
 * unconfirmed event is nowhere but here and is never evicted; if a set is full of such, the head
 * goes to an overflow map until it is confirmed.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class StreamHeads {
    /**
     * End of a stream.
     *
     * @param streamVersion of its last event, which may be lost
     * @param partitionSequence of the last event that is there; 0 if the head is from an index,
     *     which knows confirmed ones only. It tells whether that event is confirmed
     */
    record Head(long streamVersion, PartitionKey partitionKey, long partitionSequence) {}

    private static final int WAYS = 8;

    /** Stream key, version, partition key, sequence, partition: the longs of one cached head. */
    private static final int LONGS = 7;

    private static final int VERSION = 2;
    private static final int PARTITION_KEY = 3;
    private static final int SEQUENCE = 5;
    private static final int PARTITION_ID = 6;

    /** Bytes that one cached head takes. */
    static final int BYTES_PER_HEAD = (LONGS + 1) * Long.BYTES;

    private final BucketReader reader;
    private final AppendPrefetch prefetch;
    private final Confirmed confirmed;
    private final long[] cache;

    /**
     * The low halves of the stream keys once more, so that a look into a set reads two cache lines
     * at most.
     */
    private final long[] tags;

    private final int setMask;
    private final Map<StreamKey, Overflow> overflow = new HashMap<>();
    private int victim;

    /** Nobody needs it, but without it nothing would have to be read. */
    @SuppressWarnings("unused")
    private long touched;

    private final Counter hits = new Counter();
    private final Counter misses = new Counter();

    /** Tells how far a partition is confirmed. */
    interface Confirmed {
        /** Exclusive end of the confirmed sequences of a partition. */
        long end(int partitionId);
    }

    private record Overflow(int partitionId, Head head) {}

    /**
     * Heads of the bucket with these indexes.
     *
     * @param prefetch what is known of them
     * @param capacityBytes of the cache; rounded down to a power of two, at least one set
     */
    StreamHeads(
            BucketReader reader, AppendPrefetch prefetch, Confirmed confirmed, long capacityBytes) {
        this.prefetch = prefetch;
        this.reader = reader;
        this.confirmed = confirmed;
        long setBytes = (long) WAYS * BYTES_PER_HEAD;
        int sets = (int) Long.highestOneBit(Math.clamp(capacityBytes / setBytes, 1, 1 << 24));
        this.cache = new long[sets * WAYS * LONGS];
        this.tags = new long[sets * WAYS];
        this.setMask = sets - 1;
    }

    /** Look-ups that the cache answered. */
    long hits() {
        return hits.get();
    }

    /** Look-ups that went to the indexes. */
    long misses() {
        return misses.get();
    }

    /**
     * End of a stream, or null if it has no event.
     *
     * @param asked key that the stream is asked for with; it is taken for the stream's if all of
     *     its events are lost
     */
    @Nullable Head find(int partitionId, StreamId streamId, StreamKey stream, PartitionKey asked)
            throws IOException {
        if (!overflow.isEmpty()) {
            Overflow held = overflow.get(stream);
            if (held != null) {
                return held.head();
            }
        }
        int slot = slotOf(stream);
        if (slot >= 0) {
            hits.add(1);
            return headAt(slot);
        }
        misses.add(1);
        return readHead(partitionId, streamId, stream, asked);
    }

    /**
     * Reads where the heads of these streams are looked for, and where they will be put if none of
     * them is there, the case in which it matters: so both are in the processor's caches (see
     * {@link io.sierra.storage.index.Prefetch}).
     */
    void touch(List<StreamKey> streams) {
        long sum = 0;
        for (int i = 0; i < streams.size(); i++) {
            int first = firstSlot(streams.get(i)) / LONGS;
            sum += tags[first] + tags[first + WAYS - 1]; // mostly in two cache lines
        }
        for (int i = 0; i < streams.size(); i++) {
            int slot = firstSlot(streams.get(i)) + ((victim + i) & (WAYS - 1)) * LONGS;
            sum += cache[slot] + cache[slot + LONGS - 1];
        }
        touched = sum;
    }

    /** Whether the end of a stream is found without the indexes. */
    boolean isCached(StreamKey stream) {
        return slotOf(stream) >= 0 || overflow.containsKey(stream);
    }

    private @Nullable Head readHead(
            int partitionId, StreamId streamId, StreamKey stream, PartitionKey asked)
            throws IOException {
        FoundEvent found = new FoundEvent();
        long version = reader.lastVersion(stream, prefetch.hintOfStream(stream), found);
        if (version < 0) {
            return null;
        }
        if (found.hasDefaultPartitionKey()) {
            PartitionKey key = streamId.defaultPartitionKey();
            return put(partitionId, stream, new Head(version, key, /* partitionSequence= */ 0));
        }
        try (FrameCursor cursor = reader.cursor()) {
            if (reader.moveToLast(cursor, streamId, stream, version, found) < 0) {
                return new Head(version, asked, /* partitionSequence= */ 0);
            }
            PartitionKey key = cursor.frame().partitionKey();
            return put(partitionId, stream, new Head(version, key, cursor.partitionSequence()));
        }
    }

    /** Notes that a stream ends here now, and returns that. */
    Head put(int partitionId, StreamKey stream, Head head) {
        if (!overflow.isEmpty()) {
            overflow.remove(stream);
        }
        int slot = slotOf(stream);
        if (slot < 0) {
            slot = evict(stream);
        }
        if (slot < 0) {
            dropConfirmedOverflow();
            overflow.put(stream, new Overflow(partitionId, head));
            return head;
        }
        tags[slot / LONGS] = stream.low();
        cache[slot] = stream.high();
        cache[slot + 1] = stream.low();
        cache[slot + VERSION] = head.streamVersion() + 1;
        cache[slot + PARTITION_KEY] = head.partitionKey().mostSignificantBits();
        cache[slot + PARTITION_KEY + 1] = head.partitionKey().leastSignificantBits();
        cache[slot + SEQUENCE] = head.partitionSequence();
        cache[slot + PARTITION_ID] = partitionId;
        return head;
    }

    private int slotOf(StreamKey stream) {
        int first = firstSlot(stream);
        for (int way = 0; way < WAYS; way++) {
            if (tags[first / LONGS + way] == stream.low()) {
                int slot = first + way * LONGS;
                if (cache[slot] == stream.high()
                        && cache[slot + 1] == stream.low()
                        && cache[slot + VERSION] != 0) {
                    return slot;
                }
            }
        }
        return -1;
    }

    /** A slot of the stream's set that may be overwritten, or -1 if all are unconfirmed. */
    private int evict(StreamKey stream) {
        int first = firstSlot(stream);
        for (int way = 0; way < WAYS; way++) {
            // A slot that was never taken has the tag 0, as few of those that were: so of nearly
            // all others only the tag is read.
            if (tags[first / LONGS + way] == 0 && cache[first + way * LONGS + VERSION] == 0) {
                return first + way * LONGS;
            }
        }
        for (int way = 0; way < WAYS; way++) {
            int slot = first + (victim++ & (WAYS - 1)) * LONGS;
            if (cache[slot + SEQUENCE] < confirmed.end((int) cache[slot + PARTITION_ID])) {
                return slot;
            }
        }
        return -1;
    }

    private void dropConfirmedOverflow() {
        overflow.values()
                .removeIf(held ->
                        held.head().partitionSequence() < confirmed.end(held.partitionId()));
    }

    private int firstSlot(StreamKey stream) {
        return ((int) (stream.low() ^ (stream.low() >>> 32)) & setMask) * WAYS * LONGS;
    }

    private Head headAt(int slot) {
        return new Head(
                cache[slot + VERSION] - 1,
                new PartitionKey(cache[slot + PARTITION_KEY], cache[slot + PARTITION_KEY + 1]),
                cache[slot + SEQUENCE]);
    }
}
