package io.sierra.storage.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Something in a store that is not as it should be.
 *
 * @param file for people
 * @param fileOffset where it begins
 * @param problem what is wrong: names file, offset, expected and actual where there are such
 * @param losses acknowledged events that cannot be read because of it, as far as can be told
 * @param versions of streams that later events tell to be among these: of the first streams
 * @param moreStreams how many more streams have lost versions by it
 */
public record Finding(
        Kind kind,
        String file,
        long fileOffset,
        String problem,
        List<Loss> losses,
        List<LostVersions> versions,
        long moreStreams) {
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

    /** Versions of a stream; the end is exclusive. */
    public record LostVersions(
            String streamId, int partitionId, long firstVersion, long endVersion) {
        @Override
        public String toString() {
            return endVersion - firstVersion == 1
                    ? "stream '%s' version %d".formatted(streamId, firstVersion)
                    : "stream '%s' versions %d to %d"
                            .formatted(streamId, firstVersion, endVersion - 1);
        }
    }

    public Finding {
        losses = List.copyOf(losses);
        versions = List.copyOf(versions);
    }

    /** A finding by which no stream is known to have lost anything. */
    public Finding(Kind kind, String file, long fileOffset, String problem, List<Loss> losses) {
        this(kind, file, fileOffset, problem, losses, List.of(), 0);
    }

    /** What is lost, a line each for people. */
    public List<String> lostLines() {
        List<String> lines = new ArrayList<>();
        losses.forEach(loss -> lines.add(loss.toString()));
        versions.forEach(lost -> lines.add(lost.toString()));
        if (moreStreams > 0) {
            lines.add(
                    "versions of %,d more stream%s"
                            .formatted(moreStreams, moreStreams == 1 ? "" : "s"));
        }
        return lines;
    }
}
