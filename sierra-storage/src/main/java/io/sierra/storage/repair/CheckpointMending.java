package io.sierra.storage.repair;

import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.PartitionState;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.segment.Checkpoint.Position;
import io.sierra.storage.segment.FrameEncoder;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.FrameStamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the logs of a bucket's partitions from the first segment to the last. A partition whose
 * log is whole and that a checkpoint has out of service gets its place in that checkpoint back.
 */
final class CheckpointMending {
    private final StoreFiles view;
    private final LongConsumer bytesRead;
    private final Map<Integer, PartitionState> states = new HashMap<>();

    /** Something of them may have been where damage is; a later entry may prove that not. */
    private final Set<Integer> unproven = new HashSet<>();

    /** Something of them is lost, or what is behind a loss is not known. */
    private final Set<Integer> broken = new HashSet<>();

    /**
     * A walk over a bucket.
     *
     * @param view the store with everything that backups have
     */
    CheckpointMending(StoreFiles view, int bucketId, LongConsumer bytesRead) {
        this.view = view;
        this.bytesRead = bytesRead;
        view.partitionIds(bucketId).forEach(id -> states.put(id, new PartitionState(id)));
    }

    /** Goes through the next segment; returns its checkpoint if it has to be another one. */
    Optional<Patch> mend(SegmentFile segment) throws IOException {
        if (!segment.hasFrames()) {
            unproven.addAll(states.keySet());
            return Optional.empty();
        }
        Optional<Patch> patch = Optional.empty();
        try (FrameScan scan = view.scan(segment, false, bytesRead)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.DAMAGE) {
                    onDamage(scan.damage().header());
                    continue;
                }
                switch (scan.frame().kind()) {
                    case CHECKPOINT -> patch = onCheckpoint(scan.frame());
                    case EVENTS, TERM_START, LOST -> onEntry(scan.frame());
                    case DURABLE_END, FILLER -> {}
                }
            }
        }
        return patch;
    }

    private void onDamage(@Nullable LostFrame header) {
        if (header == null) {
            unproven.addAll(states.keySet());
        } else {
            broken.add(header.partitionId());
        }
    }

    private void onEntry(FrameReader entry) {
        PartitionState state = states.get(entry.partitionId());
        if (state == null) {
            return;
        }
        judge(entry.partitionId(), state.misfitOf(entry) == null);
        state.moveBehind(entry, 0);
    }

    private void judge(int partitionId, boolean fits) {
        if (fits) {
            unproven.remove(partitionId);
        } else {
            broken.add(partitionId);
        }
    }

    private Optional<Patch> onCheckpoint(FrameReader frame) {
        List<Position> positions = new ArrayList<>();
        List<Integer> mended = new ArrayList<>();
        Set<Integer> unnamed = new HashSet<>(states.keySet());
        for (Position position : frame.checkpoint()) {
            int id = position.partitionId();
            unnamed.remove(id);
            PartitionState state = states.get(id);
            if (state == null) {
                positions.add(position);
            } else if (!position.damaged()) {
                judge(id, state.misfitOf(position) == null);
                state.moveTo(position, 0);
                positions.add(position);
            } else if (isWhole(id)) {
                mended.add(id);
                positions.add(state.position());
            } else {
                broken.add(id);
                positions.add(position);
            }
        }
        unnamed.removeIf(id -> Objects.requireNonNull(states.get(id)).isEmpty());
        broken.addAll(unnamed);
        return mended.isEmpty()
                ? Optional.empty()
                : Optional.of(checkpoint(frame, positions, mended));
    }

    private static Patch checkpoint(
            FrameReader frame, List<Position> positions, List<Integer> mended) {
        FrameStamp stamp =
                new FrameStamp(
                        frame.segment(), frame.fileOffset(), frame.durableEnd(), frame.watermark());
        int length = (int) (frame.nextFileOffset() - frame.fileOffset());
        ByteBuffer encoded = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        new FrameEncoder().encodeCheckpoint(encoded, stamp, positions, (int) frame.lengthBytes());
        long start = frame.fileOffset();
        return new Patch(
                start,
                start + length,
                (bytes, offset) ->
                        bytes.put(encoded.slice((int) (offset - start), bytes.remaining())),
                new Patch.Source.Copy(
                        "the log: checkpoint without the damage of partitions " + mended));
    }

    private boolean isWhole(int partitionId) {
        return !broken.contains(partitionId) && !unproven.contains(partitionId);
    }

    /** Partitions of which nothing is lost in the segments so far. */
    Set<Integer> whole() {
        Set<Integer> whole = new TreeSet<>(states.keySet());
        whole.removeIf(id -> !isWhole(id));
        return whole;
    }
}
