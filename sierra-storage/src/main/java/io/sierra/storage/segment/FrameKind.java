package io.sierra.storage.segment;

import org.jspecify.annotations.Nullable;

/** What a frame holds. The codes are on disk and never change. */
public enum FrameKind {
    /** The events of one transaction. */
    EVENTS(1),
    /** The first frame of a new leader's term; it has an index but no events. */
    TERM_START(2),
    /**
     * Where every partition of the bucket stood when the segment began; the first frame of each.
     */
    CHECKPOINT(3),
    /** Says nothing but how far the segment was durable when the bucket went idle. */
    DURABLE_END(4),
    /**
     * Takes the place of entries of a partition that are lost for good, so that its log goes on.
     */
    LOST(5),
    /** Takes the place of other bytes that were damaged. */
    FILLER(6);

    private final int code;

    FrameKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Whether frames of this kind stand in a partition's log, with index and chain. */
    public boolean isLogEntry() {
        return this == EVENTS || this == TERM_START || this == LOST;
    }

    /** The kind with this code, or null if there is none. */
    static @Nullable FrameKind ofCode(int code) {
        return switch (code) {
            case 1 -> EVENTS;
            case 2 -> TERM_START;
            case 3 -> CHECKPOINT;
            case 4 -> DURABLE_END;
            case 5 -> LOST;
            case 6 -> FILLER;
            default -> null;
        };
    }
}
