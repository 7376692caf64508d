package io.sierra.storage.index;

import java.io.IOException;

/** Gives the confirmed events of a sealed segment again, to rebuild its index. */
@FunctionalInterface
public interface SegmentEvents {
    /** The data length is not known without reading the segment. */
    long UNKNOWN_LENGTH = -1;

    /**
     * Reads all confirmed events of a segment, from any thread, several segments at a time.
     *
     * @return length of the segment's data in bytes
     * @throws IOException if the segment cannot be read completely
     */
    long replay(int segmentNumber, EventSink sink) throws IOException;

    /**
     * Makes durable what replays have found to be lost. Called before an index is written: it
     * leaves out what is lost, and once it is there nobody looks into the segment again.
     *
     * @throws IOException if that fails; the index must not be written then
     */
    default void noteDamage() throws IOException {}

    /**
     * Length of a sealed segment's data in bytes if it is cheap to find, else {@link
     * #UNKNOWN_LENGTH}. An index that was made from another length is rebuilt.
     */
    default long dataLengthBytes(int segmentNumber) throws IOException {
        return UNKNOWN_LENGTH;
    }

    /** About how many bytes {@link #replay} reads of a segment; 0 if that is not known. */
    default long replayBytes(int segmentNumber) throws IOException {
        return 0;
    }
}
