package io.sierra.storage.segment;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Body of the first frame of a segment: where each partition of the bucket stood that has ever been
 * written to. It is why recovery needs to read no older segment. Little-endian.
 *
 * <pre>
 * offset size field              unit, range, meaning
 *      0    4 count              of the positions that follow
 *      4   44 position           count times:
 *      0    4   partitionId      u32, of 0 to 65535
 *      4    4   digest           of the partition's last log entry
 *      8    8   lastLogIndex     0 if it has no entry
 *     16    8   lastTerm         of its last log entry
 *     24    8   nextSequence     exclusive end of its sequences
 *     32    8   watermark        exclusive end of what was confirmed
 *     40    4   damaged          1 if entries of it are lost, else 0
 * </pre>
 *
 * <p>What follows in the body is zero: a repair may have to make it longer than it was.
 */
public final class Checkpoint {
    private static final int POSITION_LENGTH = 44;

    private Checkpoint() {}

    /**
     * Where a partition's log ended.
     *
     * @param damaged it is out of service, and stays so in later segments
     */
    public record Position(
            int partitionId,
            int digest,
            long lastLogIndex,
            long lastTerm,
            long nextSequence,
            long watermark,
            boolean damaged) {}

    static int lengthBytes(int positions) {
        return Integer.BYTES + positions * POSITION_LENGTH;
    }

    static void encode(ByteBuffer buffer, Collection<Position> positions) {
        buffer.putInt(positions.size());
        for (Position position : positions) {
            buffer.putInt(position.partitionId())
                    .putInt(position.digest())
                    .putLong(position.lastLogIndex())
                    .putLong(position.lastTerm())
                    .putLong(position.nextSequence())
                    .putLong(position.watermark())
                    .putInt(position.damaged() ? 1 : 0);
        }
    }

    static List<Position> decode(MemorySegment data, long bodyOffset) {
        int count = data.get(FrameReader.INT, bodyOffset);
        List<Position> positions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = bodyOffset + Integer.BYTES + (long) i * POSITION_LENGTH;
            positions.add(
                    new Position(
                            data.get(FrameReader.INT, at),
                            data.get(FrameReader.INT, at + 4),
                            data.get(FrameReader.LONG, at + 8),
                            data.get(FrameReader.LONG, at + 16),
                            data.get(FrameReader.LONG, at + 24),
                            data.get(FrameReader.LONG, at + 32),
                            data.get(FrameReader.INT, at + 40) != 0));
        }
        return positions;
    }
}
