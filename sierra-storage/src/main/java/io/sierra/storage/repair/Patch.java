package io.sierra.storage.repair;

import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.segment.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Bytes that take the place of others in a segment, at the same offset.
 *
 * @param start file offset
 * @param end exclusive
 * @param source where they are from
 * @param events that are in them, by partition
 * @param givenUp events that lost frames in them stand for: a loss that was accepted before the
 *     backup
 */
record Patch(
        long start, long end, Bytes bytes, Source source, List<Loss> events, List<Loss> givenUp) {
    sealed interface Source {
        /**
         * A backup or the log itself.
         *
         * @param name for people
         */
        record Copy(String name) implements Source {}

        /** There is no copy: something is given up. */
        enum Nowhere implements Source {
            /** Frames in the place of what is given up; the report tells of them. */
            GIVEN_UP,
            /** What has to be written besides. */
            MARK,
            /** Says that nobody knows how the log went on. */
            UNKNOWN_END
        }
    }

    /** Where bytes are from. */
    interface Bytes {
        /** Fills {@code target} with the bytes from this offset of the segment on. */
        void read(ByteBuffer target, long fileOffset) throws IOException;
    }

    Patch {
        events = List.copyOf(events);
        givenUp = List.copyOf(givenUp);
    }

    /** Bytes that bring no events. */
    Patch(long start, long end, Bytes bytes, Source source) {
        this(start, end, bytes, source, List.of(), List.of());
    }

    /** The header of a segment. */
    static Patch of(SegmentHeader header, Source source) {
        ByteBuffer bytes = header.encode();
        return new Patch(
                0,
                SegmentHeader.LENGTH_BYTES,
                (target, offset) -> target.put(bytes.slice((int) offset, target.remaining())),
                source);
    }

    /** Whether something is given up with it, now or in the backup that it is from. */
    boolean isOfAcceptedLoss() {
        return (source instanceof Source.Nowhere && source != Source.Nowhere.UNKNOWN_END)
                || !givenUp.isEmpty();
    }

    boolean overlaps(long from, long to) {
        return start < to && from < end;
    }
}
