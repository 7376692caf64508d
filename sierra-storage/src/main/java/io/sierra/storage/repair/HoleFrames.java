package io.sierra.storage.repair;

import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameStamp;
import io.sierra.storage.segment.LostEntries;
import io.sierra.storage.segment.SegmentId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Frames that follow each other, to be written where others were. Each says that all before it is
 * durable: a repaired file is, before it gets its name. They are encoded when they are read.
 */
final class HoleFrames {
    private static final int MAX_FILLER_BYTES = 1 << 20;

    private final SegmentId segment;
    private final long start;
    private final NavigableMap<Long, Frame> frames = new TreeMap<>();
    private final FrameEncoder encoder = new FrameEncoder();
    private long end;

    private interface Encoding {
        void put(ByteBuffer buffer, FrameStamp stamp, int lengthBytes);
    }

    private record Frame(int lengthBytes, Encoding encoding) {}

    /** No frames yet, from this offset on. */
    HoleFrames(SegmentId segment, long start) {
        this.segment = segment;
        this.start = start;
        this.end = start;
    }

    /** Exclusive end of the frames. */
    long end() {
        return end;
    }

    /** Adds a checkpoint, and so many zeros in it. */
    void addCheckpoint(Collection<Position> positions, long zeros) {
        add(
                FrameEncoder.lengthOfCheckpoint(positions.size()) + zeros,
                (buffer, stamp, length) ->
                        encoder.encodeCheckpoint(buffer, stamp, positions, length));
    }

    void addLost(LostEntries entries, long lengthBytes) {
        add(
                lengthBytes,
                (buffer, stamp, length) ->
                        encoder.encodeLost(buffer, confirmed(stamp, entries), entries, length));
    }

    private static FrameStamp confirmed(FrameStamp stamp, LostEntries entries) {
        return new FrameStamp(
                stamp.segment(), stamp.fileOffset(), stamp.durableEnd(), entries.endSequence());
    }

    void addDurableEnd() {
        add(
                FrameEncoder.lengthOfEmpty(),
                (buffer, stamp, _) -> encoder.encodeDurableEnd(buffer, stamp));
    }

    /**
     * Adds frames that fill the room up to {@code to}: nothing, or at least a header. Each must
     * have its header, so none leaves less than that.
     */
    void fill(long to) {
        long shortest = FrameEncoder.lengthOfEmpty();
        while (end < to) {
            long left = to - end;
            long length = Math.min(left, MAX_FILLER_BYTES);
            if (left > length && left - length < shortest) {
                length -= shortest;
            }
            add(length, encoder::encodeFiller);
        }
    }

    private void add(long lengthBytes, Encoding encoding) {
        frames.put(end, new Frame((int) lengthBytes, encoding));
        end += lengthBytes;
    }

    /** These frames, and behind them zeros up to {@code zerosEnd}. */
    Patch patch(long zerosEnd, Patch.Source source) {
        return new Patch(start, Math.max(end, zerosEnd), this::read, source);
    }

    private void read(ByteBuffer target, long fileOffset) {
        long at = fileOffset;
        while (target.hasRemaining() && at < end) {
            Map.Entry<Long, Frame> frame = frames.floorEntry(at);
            ByteBuffer encoded = encode(frame.getKey(), frame.getValue());
            encoded.position((int) (at - frame.getKey()));
            encoded.limit(Math.min(encoded.limit(), encoded.position() + target.remaining()));
            at += encoded.remaining();
            target.put(encoded);
        }
        target.put(new byte[target.remaining()]);
    }

    private ByteBuffer encode(long fileOffset, Frame frame) {
        ByteBuffer buffer = ByteBuffer.allocate(frame.lengthBytes()).order(ByteOrder.LITTLE_ENDIAN);
        FrameStamp stamp = new FrameStamp(segment, fileOffset, fileOffset, /* watermark= */ 0);
        frame.encoding().put(buffer, stamp, frame.lengthBytes());
        return buffer.rewind();
    }
}
