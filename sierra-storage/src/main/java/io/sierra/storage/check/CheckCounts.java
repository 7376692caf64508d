package io.sierra.storage.check;

/**
 * What was checked.
 *
 * @param streams by partition: the same name in two partitions is two streams
 * @param bytes of files that were read
 */
public record CheckCounts(
        long buckets, long segments, long frames, long events, long streams, long bytes) {
    /** Nothing. */
    public static final CheckCounts NONE = new CheckCounts(0, 0, 0, 0, 0, 0);

    /** Both together. */
    public CheckCounts plus(CheckCounts other) {
        return new CheckCounts(
                buckets + other.buckets,
                segments + other.segments,
                frames + other.frames,
                events + other.events,
                streams + other.streams,
                bytes + other.bytes);
    }
}
