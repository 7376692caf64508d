package io.sierra.storage.segment;

/**
 * What a frame says about its own copy and moment, and not about the entry in it.
 *
 * @param fileOffset where the frame begins; a multiple of 8
 * @param durableEnd how far the segment is known to be durable, exclusive file offset
 * @param watermark of the frame's partition
 */
public record FrameStamp(SegmentId segment, long fileOffset, long durableEnd, long watermark) {}
