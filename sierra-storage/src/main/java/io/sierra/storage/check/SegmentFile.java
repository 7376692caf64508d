package io.sierra.storage.check;

import io.sierra.storage.segment.SegmentId;
import java.util.List;

/**
 * The files of one segment, as they were when they were listed.
 *
 * @param dataEnd exclusive end of the frames as the next segment tells; {@link #UNKNOWN_END} if
 *     there is none that could
 * @param lengthBytes of the data file; 0 if there is none
 * @param indexFiles paths of its index files, those that are there
 */
public record SegmentFile(
        SegmentId id, Kind kind, long dataEnd, long lengthBytes, List<String> indexFiles) {
    /** It has to be found by reading. */
    public static final long UNKNOWN_END = -1;

    /** What a segment is to its bucket. */
    public enum Kind {
        /** It has a successor and never changes. */
        SEALED,
        /** The last one. */
        OPEN,
        /** A last one that a crash or this very moment left without a beginning. */
        NOT_BEGUN,
        /** There is nothing of it, but a later segment or an index proves that it had begun. */
        MISSING
    }

    public SegmentFile {
        indexFiles = List.copyOf(indexFiles);
    }

    /** Whether there are frames to be read. */
    public boolean hasFrames() {
        return kind == Kind.SEALED || kind == Kind.OPEN;
    }

    /** Whether a later segment has begun, so that nothing is appended to this one. */
    public boolean hasSuccessor() {
        return kind == Kind.SEALED || kind == Kind.MISSING;
    }
}
