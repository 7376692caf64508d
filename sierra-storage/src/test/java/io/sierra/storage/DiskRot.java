package io.sierra.storage;

import io.sierra.storage.SegmentFrames.Frame;
import io.sierra.storage.io.MemoryDevice;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.SegmentHeader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Flips bits in the segments of a store that is not open, and knows whom that concerns.
 *
 * <p>Only what is provably durable is damaged: in a segment that may be open what lies before a
 * durable end that itself cannot be lost any more. Behind that a damaged frame looks like a write
 * that nobody was told about, and no recovery could know better. A segment rots once.
 */
final class DiskRot {
    /** Length of a frame's header. */
    private static final int HEADER_BYTES = 104;

    /** A gap that ends a frame is shorter, and nobody looks at it. */
    private static final int MAX_GAP_BYTES = 8;

    private final RandomGenerator random;
    private final int partitionCount;
    private final int bucketCount;
    private final Set<String> rottenFiles = new HashSet<>();

    /**
     * What was done.
     *
     * @param fileOffset of the frame, or 0 for the segment's header
     * @param concerned partitions that may go out of service
     * @param rotten partitions that have lost an entry
     */
    record Rot(
            SegmentId segment,
            long fileOffset,
            String what,
            Set<Integer> concerned,
            Set<Integer> rotten) {
        /** Without the salt, which is another one in each run. */
        @Override
        public String toString() {
            return "%s of %s at %d, concerns %s, loses entries of %s"
                    .formatted(what, segment.dataFile(), fileOffset, concerned, rotten);
        }
    }

    DiskRot(RandomGenerator random, int partitionCount, int bucketCount) {
        this.random = random;
        this.partitionCount = partitionCount;
        this.bucketCount = bucketCount;
    }

    /** Flips bits somewhere; null if the place that was drawn will not do. */
    @Nullable Rot plant(MemoryDevice disk) throws IOException {
        if (!disk.exists("meta.json")) {
            return null;
        }
        SegmentFrames all = new SegmentFrames(disk);
        int bucketId = random.nextInt(bucketCount);
        List<SegmentId> segments = all.segments(bucketId);
        if (segments.isEmpty()) {
            return null;
        }
        SegmentId segment = segments.get(random.nextInt(segments.size()));
        boolean mayBeOpen = segment.segmentNumber() >= segments.size() - 2;
        List<Frame> frames = all.of(segment);
        long durable = mayBeOpen ? certainlyDurable(frames) : Long.MAX_VALUE;
        List<Frame> candidates = frames.stream().filter(frame -> frame.end() <= durable).toList();
        if (candidates.isEmpty() || !rottenFiles.add(segment.dataFile())) {
            return null;
        }
        return random.nextInt(10) == 0
                ? inSegmentHeader(disk, segment)
                : inFrame(
                        disk,
                        segment,
                        candidates.get(random.nextInt(candidates.size())),
                        frames,
                        mayBeOpen);
    }

    /** A durable end in a frame that lies before another durable end. */
    private static long certainlyDurable(List<Frame> frames) {
        long noted = frames.stream().mapToLong(Frame::durableEnd).max().orElse(0);
        return frames.stream()
                .filter(frame -> frame.end() <= noted)
                .mapToLong(Frame::durableEnd)
                .max()
                .orElse(0);
    }

    private Rot inSegmentHeader(MemoryDevice disk, SegmentId segment) throws IOException {
        flip(disk, segment, 0, SegmentHeader.LENGTH_BYTES);
        return new Rot(segment, 0, "header", partitionsOf(segment), Set.of());
    }

    private Rot inFrame(
            MemoryDevice disk,
            SegmentId segment,
            Frame frame,
            List<Frame> frames,
            boolean mayBeOpen)
            throws IOException {
        boolean inHeader =
                frame.end() - frame.start() <= HEADER_BYTES + MAX_GAP_BYTES || random.nextBoolean();
        if (inHeader) {
            flip(disk, segment, frame.start(), HEADER_BYTES);
        } else {
            long body = frame.start() + HEADER_BYTES;
            flip(disk, segment, body, frame.end() - MAX_GAP_BYTES - body + 1);
        }
        boolean isEntry = frame.kind() == FrameKind.EVENTS;
        Set<Integer> concerned = new HashSet<>();
        if (frame.kind() == FrameKind.CHECKPOINT) {
            concerned.addAll(partitionsOf(segment));
        } else if (mayBeOpen && (inHeader || !isEntry)) {
            concerned.addAll(partitionsOf(segment));
            frames.stream()
                    .filter(later -> later.start() > frame.start() && later.kind().isLogEntry())
                    .forEach(later -> concerned.remove(later.partitionId()));
        }
        String what = (inHeader ? "header" : "body") + " of " + frame;
        Set<Integer> rotten = isEntry ? Set.of(frame.partitionId()) : Set.of();
        return new Rot(segment, frame.start(), what, concerned, rotten);
    }

    private Set<Integer> partitionsOf(SegmentId segment) {
        Set<Integer> partitions = new HashSet<>();
        for (int id = segment.bucketId(); id < partitionCount; id += bucketCount) {
            partitions.add(id);
        }
        return partitions;
    }

    private void flip(MemoryDevice disk, SegmentId segment, long start, long lengthBytes)
            throws IOException {
        List<Long> flipped = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            long bit = random.nextLong(lengthBytes * Byte.SIZE);
            if (!flipped.contains(bit)) {
                flipped.add(bit);
                disk.flipBits(
                        segment.dataFile(), start + bit / Byte.SIZE, 1 << (int) (bit % Byte.SIZE));
            }
        }
    }
}
