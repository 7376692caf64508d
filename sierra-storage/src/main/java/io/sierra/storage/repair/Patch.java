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
 * @param source where they are from, for people
 * @param events that are in them, by partition
 */
record Patch(long start, long end, Bytes bytes, String source, List<Loss> events) {
    /** The source of frames in the place of what is given up; the report tells of them. */
    static final String GIVEN_UP = "nowhere: given up";

    /** The source of what has to be written besides when something is given up. */
    static final String MARK = "nowhere: marks of what is given up";

    /** Where bytes are from. */
    interface Bytes {
        /** Fills {@code target} with the bytes from this offset of the segment on. */
        void read(ByteBuffer target, long fileOffset) throws IOException;
    }

    Patch {
        events = List.copyOf(events);
    }

    /** Whether it is there because something is given up. */
    boolean isOfAcceptedLoss() {
        return source.equals(GIVEN_UP) || source.equals(MARK);
    }

    boolean overlaps(long from, long to) {
        return start < to && from < end;
    }
}
