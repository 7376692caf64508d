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
    /** The source of frames that stand for what is accepted as lost; the report tells of them. */
    static final String ACCEPTED_LOSS = "nowhere: accepted as lost";

    /** Where bytes are from. */
    interface Bytes {
        /** Fills {@code target} with the bytes from this offset of the segment on. */
        void read(ByteBuffer target, long fileOffset) throws IOException;
    }

    Patch {
        events = List.copyOf(events);
    }

    boolean overlaps(long from, long to) {
        return start < to && from < end;
    }
}
