package io.sierra.storage.check;

import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the logs of a bucket's partitions through all segments: index, sequence, term and chain
 * of each entry, and what the checkpoints say. What is missing is put down to the damage that was
 * met on the way, if there was any.
 */
final class LogCheck {
    private final Map<Integer, PartitionState> states = new HashMap<>();
    private final List<OpenFinding> findings = new ArrayList<>();
    private final Set<Integer> outOfService = new HashSet<>();

    /** A finding whose losses are not known before later entries have been seen. */
    private static final class OpenFinding {
        final String file;
        final long location;
        final String problem;
        final @Nullable LostFrame header;
        final List<Loss> losses = new ArrayList<>();

        OpenFinding(String file, long location, String problem, @Nullable LostFrame header) {
            this.file = file;
            this.location = location;
            this.problem = problem;
            this.header = header;
        }
    }

    LogCheck(List<Integer> partitionIds) {
        partitionIds.forEach(id -> states.put(id, new PartitionState(id)));
    }

    /** Damage in a segment. */
    void onDamage(String file, int segment, Damage damage) {
        long location = locationOf(segment, damage.start());
        findings.add(new OpenFinding(file, location, damage.problem(), damage.header()));
    }

    /** Something is wrong with a segment as a whole, or with its beginning. */
    void onBadSegment(String file, int segment, String problem) {
        findings.add(new OpenFinding(file, locationOf(segment, 0), problem, null));
    }

    /** The beginning of a segment. */
    void onCheckpoint(String file, int segment, FrameReader frame) {
        long location = locationOf(segment, frame.fileOffset());
        Set<Integer> named = new HashSet<>();
        for (Checkpoint.Position position : frame.checkpoint()) {
            named.add(position.partitionId());
            onPosition(file, location, position);
        }
        states.forEach((id, state) -> {
            if (!state.isEmpty() && !named.contains(id) && !outOfService.contains(id)) {
                add(file, location, "partition %d has entries but no position".formatted(id), null);
            }
        });
    }

    private void onPosition(String file, long location, Checkpoint.Position position) {
        PartitionState state = states.get(position.partitionId());
        if (state == null) {
            String problem = "partition %d is not in this bucket".formatted(position.partitionId());
            add(file, location, problem, null);
            return;
        }
        if (position.damaged()) {
            noteOutOfService(file, location, position.partitionId());
            return; // where it stands is where its loss was noticed
        }
        String misfit = state.misfitOf(position);
        if (misfit != null) {
            add(file, location, misfit, state.lossBefore(position.nextSequence()));
        }
        state.moveTo(position, location);
    }

    private void noteOutOfService(String file, long location, int partitionId) {
        if (outOfService.add(partitionId)) {
            String problem =
                    "partition %d is out of service: it has lost entries in an older segment"
                            .formatted(partitionId);
            findings.add(new OpenFinding(file, location, at(file, location, problem), null));
        }
    }

    /** The next log entry in the file. Returns whether it fits. */
    boolean onEntry(String file, int segment, FrameReader entry) {
        long location = locationOf(segment, entry.fileOffset());
        PartitionState state = states.get(entry.partitionId());
        if (state == null) {
            String problem = "partition %d is not in this bucket".formatted(entry.partitionId());
            add(file, location, problem, null);
            return false;
        }
        String misfit = state.misfitOf(entry);
        if (misfit != null) {
            add(
                    file,
                    location,
                    misfit + ": entries are missing",
                    state.lossBefore(entry.firstSequence()));
        }
        state.moveBehind(entry, location);
        return misfit == null;
    }

    /** Puts a loss down to the last damage behind the partition's last entry, or to itself. */
    private void add(String file, long location, String problem, @Nullable Loss loss) {
        OpenFinding cause = loss == null ? null : causeOf(loss, location);
        if (cause == null) {
            cause = new OpenFinding(file, location, at(file, location, problem), null);
            findings.add(cause);
        }
        if (loss != null) {
            cause.losses.add(loss);
        }
    }

    private @Nullable OpenFinding causeOf(Loss loss, long before) {
        PartitionState state = states.get(loss.partitionId());
        long after = state == null ? FrameLocation.NONE : state.lastLocation();
        for (OpenFinding finding : findings.reversed()) {
            if (finding.location > after && finding.location <= before) {
                return finding;
            }
        }
        return null;
    }

    /** All findings, when the last entry has been seen. */
    List<Finding> end() {
        List<Finding> ended = new ArrayList<>();
        for (OpenFinding finding : findings) {
            addLossOfHeader(finding);
            ended.add(
                    new Finding(
                            Kind.DATA,
                            finding.file,
                            FrameLocation.fileOffset(finding.location),
                            finding.problem,
                            finding.losses));
        }
        return ended;
    }

    /** The last entry of a partition is lost, so none behind it tells of it. */
    private static void addLossOfHeader(OpenFinding finding) {
        LostFrame header = finding.header;
        if (header != null
                && finding.losses.stream()
                        .noneMatch(l -> l.partitionId() == header.partitionId())) {
            finding.losses.add(
                    new Loss(header.partitionId(), header.firstSequence(), header.endSequence()));
        }
    }

    private static long locationOf(int segment, long fileOffset) {
        return FrameLocation.pack(segment, fileOffset & -FrameLocation.ALIGNMENT_BYTES);
    }

    private static String at(String file, long location, String problem) {
        return "%s at offset %d: %s".formatted(file, FrameLocation.fileOffset(location), problem);
    }
}
