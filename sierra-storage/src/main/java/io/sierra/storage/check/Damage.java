package io.sierra.storage.check;

import org.jspecify.annotations.Nullable;

/**
 * Bytes of a segment that are not what was written.
 *
 * @param start file offset at which a frame should begin
 * @param end exclusive: of the next valid frame, or of the segment's data
 * @param problem file, offset, expected and actual, for people
 * @param header what the frame's header tells, if that can be trusted
 */
public record Damage(long start, long end, String problem, @Nullable LostFrame header) {

    /**
     * A frame whose body is damaged, by its header.
     *
     * @param partitionId of the log entry
     * @param lastLogIndex its log index; of entries that are lost already, that of the last one
     * @param firstSequence of its first event
     * @param endSequence exclusive end of its sequences
     */
    public record LostFrame(
            int partitionId, long lastLogIndex, long firstSequence, long endSequence) {}
}
