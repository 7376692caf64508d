package io.sierra.storage.check;

import java.util.List;

/**
 * Something in a store that is not as it should be.
 *
 * @param file for people
 * @param fileOffset where it begins
 * @param problem what is wrong: names file, offset, expected and actual where there are such
 * @param losses acknowledged events that cannot be read because of it, as far as can be told
 */
public record Finding(Kind kind, String file, long fileOffset, String problem, List<Loss> losses) {
    /** What it means. */
    public enum Kind {
        /** Frames are damaged or missing: acknowledged events may be lost. */
        DATA,
        /** An index is wrong; it can be made again from the frames. */
        INDEX,
        /** A server has noted that a partition is out of service. */
        NOTE
    }

    /** Events of a partition. */
    public record Loss(int partitionId, long firstSequence, long endSequence) {
        @Override
        public String toString() {
            long count = endSequence - firstSequence;
            return count == 0
                    ? "partition %d, no event".formatted(partitionId)
                    : "partition %d, %s (%d event%s)"
                            .formatted(
                                    partitionId,
                                    count == 1
                                            ? "sequence " + firstSequence
                                            : "sequences %d to %d"
                                                    .formatted(firstSequence, endSequence - 1),
                                    count,
                                    count == 1 ? "" : "s");
        }
    }

    public Finding {
        losses = List.copyOf(losses);
    }
}
