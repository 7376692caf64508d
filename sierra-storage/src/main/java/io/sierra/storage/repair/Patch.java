package io.sierra.storage.repair;

import io.sierra.storage.check.Finding.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Bytes that take the place of others in a segment, at the same offset.
 *
 * @param start file offset
 * @param end exclusive
 * @param kind why they are written
 * @param source where they are from, for people
 * @param events that are in them, by partition
 */
record Patch(long start, long end, Bytes bytes, Kind kind, String source, List<Loss> events) {
    /** Why bytes are written. */
    enum Kind {
        /** They were there: a backup has them, or the rest of the log tells. */
        RESTORED,
        /** Frames in the place of what is given up; the report tells of them. */
        GIVEN_UP,
        /** What has to be written besides when something is given up. */
        MARK
    }

    /** Where bytes are from. */
    interface Bytes {
        /** Fills {@code target} with the bytes from this offset of the segment on. */
        void read(ByteBuffer target, long fileOffset) throws IOException;
    }

    Patch {
        events = List.copyOf(events);
    }

    /** One that is there because something is given up. */
    static Patch ofLoss(long start, long end, Bytes bytes, Kind kind) {
        return new Patch(start, end, bytes, kind, "nowhere: given up", List.of());
    }

    /** Whether it is there because something is given up. */
    boolean isOfAcceptedLoss() {
        return kind != Kind.RESTORED;
    }

    boolean overlaps(long from, long to) {
        return start < to && from < end;
    }
}
