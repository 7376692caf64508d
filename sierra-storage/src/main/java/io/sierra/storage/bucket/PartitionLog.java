package io.sierra.storage.bucket;

import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.concurrent.Published;
import io.sierra.storage.read.Watermark;
import io.sierra.storage.segment.Checkpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * End of one partition's log, and the suffix of it that is not confirmed yet.
 *
 * <p>Invariant: {@code watermark <= nextSequence}, and they differ by the events in the unconfirmed
 * entries.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class PartitionLog {
    private final int partitionId;
    private final Runnable onFailure;
    private final Watermark watermark = new Watermark();
    private final Deque<UnconfirmedEntry> unconfirmed = new ArrayDeque<>();
    private long lastLogIndex;
    private long lastTerm;

    /** Term of the last confirmed entry: what the log falls back to if all behind it is dropped. */
    private long confirmedTerm;

    private long nextSequence;
    private int digest;
    @Published private volatile @Nullable String damage;

    /** An empty log, to replay entries. */
    PartitionLog(int partitionId) {
        this(partitionId, () -> {});
    }

    /**
     * An empty log.
     *
     * @param onFailure called once the partition is out of service, maybe more than once
     */
    PartitionLog(int partitionId, Runnable onFailure) {
        this.partitionId = partitionId;
        this.onFailure = onFailure;
    }

    int partitionId() {
        return partitionId;
    }

    Watermark watermark() {
        return watermark;
    }

    long lastLogIndex() {
        return lastLogIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    /** Sequence of the next event. */
    long nextSequence() {
        return nextSequence;
    }

    /** What the next entry carries as its chain. */
    int digest() {
        return digest;
    }

    /** Why the partition is out of service, or null. */
    @Nullable String damage() {
        return damage;
    }

    /** Takes the partition out of service; the first reason stays. */
    void fail(String reason) {
        if (damage == null) {
            damage = reason;
            onFailure.run();
        }
    }

    /** Whether nothing was ever written to it, as far as is known. */
    boolean isEmpty() {
        return lastLogIndex == 0 && damage == null;
    }

    /**
     * Begins where a checkpoint says that it ended. What is in older segments is durable, and alone
     * that means confirmed.
     */
    void restore(Checkpoint.Position position) {
        lastLogIndex = position.lastLogIndex();
        lastTerm = position.lastTerm();
        confirmedTerm = position.lastTerm();
        nextSequence = position.nextSequence();
        digest = position.digest();
        watermark.advanceTo(position.nextSequence());
        if (position.damaged()) {
            fail("partition %d has lost entries in an older segment".formatted(partitionId));
        }
    }

    Checkpoint.Position position() {
        return new Checkpoint.Position(
                partitionId,
                digest,
                lastLogIndex,
                lastTerm,
                nextSequence,
                watermark.end(),
                damage != null);
    }

    /** Takes the next entry. */
    void append(UnconfirmedEntry entry, int entryDigest) {
        assert entry.logIndex() == lastLogIndex + 1 : "gap in the log of " + partitionId;
        assert entry.firstSequence() == nextSequence : "gap in the sequences of " + partitionId;
        assert entry.term() >= lastTerm : "term would fall in " + partitionId;
        unconfirmed.addLast(entry);
        lastLogIndex = entry.lastLogIndex();
        lastTerm = entry.term();
        nextSequence = entry.endSequence();
        digest = entryDigest;
    }

    /**
     * Drops the unconfirmed entries from an index on: an entry of a higher term takes its place.
     *
     * @return whether that index is among the unconfirmed ones
     */
    boolean supersedeFrom(long logIndex) {
        UnconfirmedEntry first = unconfirmed.peekFirst();
        if (first == null || logIndex < first.logIndex() || logIndex > lastLogIndex) {
            return false;
        }
        UnconfirmedEntry dropped = first;
        while (lastLogIndex >= logIndex) {
            dropped = unconfirmed.removeLast();
            lastLogIndex = dropped.logIndex() - 1;
        }
        nextSequence = dropped.firstSequence();
        digest = dropped.chain();
        UnconfirmedEntry last = unconfirmed.peekLast();
        lastTerm = last == null ? confirmedTerm : last.term();
        return true;
    }

    /** Confirms the entries up to this index, inclusive, and makes their events visible. */
    void confirmUpTo(long logIndex, Consumer<UnconfirmedEntry> index) {
        long end = watermark.end();
        UnconfirmedEntry entry = unconfirmed.peekFirst();
        while (entry != null && entry.lastLogIndex() <= logIndex) {
            index.accept(entry);
            unconfirmed.removeFirst();
            confirmedTerm = entry.term();
            end = entry.endSequence();
            entry = unconfirmed.peekFirst();
        }
        watermark.advanceTo(end);
    }

    /** Index of the last entry whose events are all below this sequence, 0 if there is none. */
    long lastIndexBelow(long sequence) {
        long index = 0;
        for (UnconfirmedEntry entry : unconfirmed) {
            if (entry.endSequence() > sequence) {
                break;
            }
            index = entry.lastLogIndex();
        }
        return index;
    }
}
