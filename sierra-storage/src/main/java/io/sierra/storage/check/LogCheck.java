package io.sierra.storage.check;

import io.sierra.storage.check.Damage.LostFrame;
import io.sierra.storage.check.Finding.Kind;
import io.sierra.storage.check.Finding.Loss;
import io.sierra.storage.check.Finding.LostVersions;
import io.sierra.storage.index.FrameLocation;
import io.sierra.storage.segment.Checkpoint;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentHeader;
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
    /** Of each finding; the others are counted. */
    private static final int MAX_NAMED_STREAMS = 20;

    private static final int ANY_PARTITION = -1;

    private final Map<Integer, PartitionState> states = new HashMap<>();

    /** Lost events of each partition that are not known yet to be versions of a stream. */
    private final Map<Integer, Long> unnamedEvents = new HashMap<>();

    private final List<OpenFinding> findings = new ArrayList<>();
    private final Set<Integer> outOfService = new HashSet<>();

    /** A finding whose losses are not known before later entries have been seen. */
    private static final class OpenFinding {
        final String file;
        final long location;
        final String problem;

        /** Whose entries it may have taken, or {@link #ANY_PARTITION}. */
        final int partitionId;

        final @Nullable LostFrame header;
        final List<Loss> losses = new ArrayList<>();
        final List<LostVersions> versions = new ArrayList<>();
        long moreStreams;

        OpenFinding(String file, long location, String problem, int partitionId) {
            this.file = file;
            this.location = location;
            this.problem = problem;
            this.partitionId = partitionId;
            this.header = null;
        }

        /** A frame with a header that can be read is all that was there. */
        OpenFinding(String file, long location, Damage damage) {
            this.file = file;
            this.location = location;
            this.problem = damage.problem();
            this.header = damage.header();
            this.partitionId = header == null ? ANY_PARTITION : header.partitionId();
        }

        boolean mayHold(int id) {
            return partitionId == ANY_PARTITION || partitionId == id;
        }

        boolean isBetween(long after, long before) {
            return location > after && location <= before;
        }

        long eventsLostOf(int partitionId) {
            return losses.stream()
                    .filter(loss -> loss.partitionId() == partitionId)
                    .mapToLong(loss -> loss.endSequence() - loss.firstSequence())
                    .sum();
        }

        void addVersions(LostVersions lost) {
            if (versions.size() < MAX_NAMED_STREAMS) {
                versions.add(lost);
            } else {
                moreStreams++;
            }
        }
    }

    LogCheck(List<Integer> partitionIds) {
        partitionIds.forEach(id -> states.put(id, new PartitionState(id)));
    }

    /** Damage in a segment. */
    void onDamage(String file, int segment, Damage damage) {
        long location = locationOf(segment, damage.start());
        if (goesOnFromHeader(location, damage)) {
            return;
        }
        findings.add(new OpenFinding(file, location, damage));
    }

    /** What begins right behind a bad header is the same damage. */
    private boolean goesOnFromHeader(long location, Damage damage) {
        return damage.start() == SegmentHeader.LENGTH_BYTES
                && damage.header() == null
                && !findings.isEmpty()
                && findings.getLast().location
                        == locationOf(FrameLocation.segmentNumber(location), 0);
    }

    /** Something is wrong with a segment as a whole, or with its beginning. */
    void onBadSegment(String file, int segment, String problem) {
        findings.add(new OpenFinding(file, locationOf(segment, 0), problem, ANY_PARTITION));
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
                String problem = "partition %d has entries but no position".formatted(id);
                add(file, location, problem, id, null);
            }
        });
    }

    private void onPosition(String file, long location, Checkpoint.Position position) {
        PartitionState state = states.get(position.partitionId());
        if (state == null) {
            String problem = "partition %d is not in this bucket".formatted(position.partitionId());
            add(file, location, problem, position.partitionId(), null);
            return;
        }
        if (position.damaged()) {
            noteOutOfService(file, location, position.partitionId());
            return; // where it stands is where its loss was noticed
        }
        String misfit = state.misfitOf(position);
        if (misfit != null) {
            Loss loss = state.lossBefore(position.nextSequence());
            add(file, location, misfit, position.partitionId(), loss);
        }
        state.moveTo(position, location);
    }

    private void noteOutOfService(String file, long location, int partitionId) {
        if (outOfService.add(partitionId) && !isDamaged(partitionId)) {
            String problem =
                    "partition %d is out of service: it has lost entries in an older segment"
                            .formatted(partitionId);
            findings.add(new OpenFinding(file, location, at(file, location, problem), partitionId));
        }
    }

    /** The next log entry in the file. Returns whether it fits. */
    boolean onEntry(String file, int segment, FrameReader entry) {
        long location = locationOf(segment, entry.fileOffset());
        PartitionState state = states.get(entry.partitionId());
        if (state == null) {
            String problem = "partition %d is not in this bucket".formatted(entry.partitionId());
            add(file, location, problem, entry.partitionId(), null);
            return false;
        }
        String misfit = state.misfitOf(entry);
        if (misfit != null) {
            Loss loss = state.lossBefore(entry.firstSequence());
            add(file, location, misfit + ": entries are missing", entry.partitionId(), loss);
        }
        state.moveBehind(entry, location);
        return misfit == null;
    }

    /** Puts a loss down to the last damage behind the partition's last entry, or to itself. */
    private void add(
            String file, long location, String problem, int partitionId, @Nullable Loss loss) {
        OpenFinding cause = loss == null ? null : causeOf(loss, location);
        if (cause == null) {
            cause = new OpenFinding(file, location, at(file, location, problem), partitionId);
            findings.add(cause);
        }
        if (loss != null) {
            cause.losses.add(loss);
            unnamedEvents.merge(
                    loss.partitionId(), loss.endSequence() - loss.firstSequence(), Long::sum);
        }
    }

    private @Nullable OpenFinding causeOf(Loss loss, long before) {
        PartitionState state = states.get(loss.partitionId());
        long after = state == null ? FrameLocation.NONE : state.lastLocation();
        for (OpenFinding finding : findings.reversed()) {
            if (finding.isBetween(after, before) && finding.mayHold(loss.partitionId())) {
                return finding;
            }
        }
        return null;
    }

    /** Whether a damage that has been met has taken entries of a partition, or may have. */
    boolean isDamaged(int partitionId) {
        PartitionState state = states.get(partitionId);
        long after = state == null ? FrameLocation.NONE : state.lastLocation();
        return findings.stream()
                .anyMatch(finding ->
                        finding.losses.stream().anyMatch(loss -> loss.partitionId() == partitionId)
                                || (finding.location > after && finding.mayHold(partitionId)));
    }

    /**
     * Puts missing versions of a stream down to a damage, when the last entry has been seen.
     *
     * @param accepted so many of them may be among events whose loss was accepted
     * @param after {@link FrameLocation} of the version before them, if there is one
     * @param before that of the version behind them
     * @return whether events enough of the partition are lost between the two
     */
    boolean explains(LostVersions missing, long accepted, long after, long before) {
        int partitionId = missing.partitionId();
        long count = missing.endVersion() - missing.firstVersion() - accepted;
        long lost = 0;
        OpenFinding cause = null;
        for (OpenFinding finding : findings) {
            if (finding.isBetween(after, before) && finding.eventsLostOf(partitionId) > 0) {
                lost += finding.eventsLostOf(partitionId);
                cause = finding;
            }
        }
        long unnamed = unnamedEvents.getOrDefault(partitionId, 0L);
        if (cause == null || count > lost || count > unnamed) {
            return false;
        }
        unnamedEvents.put(partitionId, unnamed - count);
        cause.addVersions(missing);
        return true;
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
                            finding.losses,
                            finding.versions,
                            finding.moreStreams));
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
