package io.sierra.storage.repair;

import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.segment.SegmentHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A segment, and what is damaged of it. */
final class SegmentDamage {
    final SegmentFile file;

    /** Null if it is damaged or missing. */
    final @Nullable SegmentHeader header;

    /** Partitions that had entries before the segment, as far as is known. */
    final Set<Integer> partitionsBegun;

    final List<Hole> holes = new ArrayList<>();

    /** Exclusive end of the frames, as far as they are there. */
    long framesEnd;

    boolean hasTornTail;

    SegmentDamage(SegmentFile file, @Nullable SegmentHeader header, Set<Integer> partitionsBegun) {
        this.file = file;
        this.header = header;
        this.partitionsBegun = Set.copyOf(partitionsBegun);
    }

    boolean contains(long fileOffset) {
        return holes.stream().anyMatch(hole -> hole.contains(fileOffset));
    }
}
