package io.sierra.storage.check;

import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameReader;
import org.jspecify.annotations.Nullable;

/** How far a walk over a bucket has followed the log of one partition. */
public final class PartitionState {
    private final int partitionId;
    private long lastLogIndex;
    private long lastTerm;
    private long nextSequence;
    private int digest;
    private long lastLocation = FrameLocation.NONE;

    /** Nothing of the partition has been seen yet. */
    public PartitionState(int partitionId) {
        this.partitionId = partitionId;
    }

    /** {@link FrameLocation} of its last entry, or of the checkpoint that told of it. */
    public long lastLocation() {
        return lastLocation;
    }

    /** Whether no entry of it has been seen or told of. */
    public boolean isEmpty() {
        return lastLogIndex == 0;
    }

    /** Why an entry cannot be the next one, null if it can. */
    public @Nullable String misfitOf(FrameReader entry) {
        if (entry.logIndex() != lastLogIndex + 1) {
            return misfit("log index", lastLogIndex + 1, entry.logIndex());
        }
        if (entry.firstSequence() != nextSequence) {
            return misfit("sequence", nextSequence, entry.firstSequence());
        }
        if (entry.chain() != digest) {
            return misfit("chain", Integer.toHexString(digest), Integer.toHexString(entry.chain()));
        }
        return entry.term() < lastTerm ? misfit("term", lastTerm, entry.term()) : null;
    }

    /** Why a checkpoint does not tell of the last entry, null if it does. */
    public @Nullable String misfitOf(Checkpoint.Position position) {
        if (position.lastLogIndex() != lastLogIndex) {
            return misfit("last log index", lastLogIndex, position.lastLogIndex());
        }
        if (position.nextSequence() != nextSequence) {
            return misfit("next sequence", nextSequence, position.nextSequence());
        }
        return position.digest() == digest
                ? null
                : misfit(
                        "digest",
                        Integer.toHexString(digest),
                        Integer.toHexString(position.digest()));
    }

    private String misfit(String what, Object expected, Object actual) {
        return "%s of partition %d should be %s but is %s"
                .formatted(what, partitionId, expected, actual);
    }

    /** What is lost if the log goes on with this sequence; null if nothing can be told. */
    @Nullable Loss lossBefore(long sequence) {
        return sequence >= nextSequence ? new Loss(partitionId, nextSequence, sequence) : null;
    }

    /** Goes on behind an entry. */
    public void moveBehind(FrameReader entry, long location) {
        lastLogIndex = entry.lastLogIndex();
        lastTerm = entry.term();
        nextSequence = entry.endSequence();
        digest = entry.digest();
        lastLocation = location;
    }

    /** Goes on where a checkpoint says. */
    public void moveTo(Checkpoint.Position position, long location) {
        lastLogIndex = position.lastLogIndex();
        lastTerm = position.lastTerm();
        nextSequence = position.nextSequence();
        digest = position.digest();
        lastLocation = location;
    }

    /** What a checkpoint that begins here says; all before it is confirmed. */
    public Checkpoint.Position position() {
        return new Checkpoint.Position(
                partitionId,
                digest,
                lastLogIndex,
                lastTerm,
                nextSequence,
                /* watermark= */ nextSequence,
                /* damaged= */ false);
    }
}
