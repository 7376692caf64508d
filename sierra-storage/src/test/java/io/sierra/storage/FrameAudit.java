package io.sierra.storage;

import static org.assertj.core.api.Assertions.fail;

import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.storage.io.Device;
import io.sierra.storage.segment.FrameReader;
import io.sierra.storage.segment.SegmentId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares the frames that lie in the segments with a {@link StoreModel}: each acknowledged
 * transaction is there exactly once and in order, and no other. What indexes hide cannot hide here.
 * For a store that has just been opened; partitions that rot concerns are left out.
 */
final class FrameAudit {
    private final SegmentFrames frames;
    private final StoreModel model;
    private final Map<Integer, List<StoredEvent>> found = new HashMap<>();

    FrameAudit(Device device, StoreModel model) throws IOException {
        this.frames = new SegmentFrames(device);
        this.model = model;
    }

    void check(int bucketCount, int partitionCount) throws IOException {
        for (int bucketId = 0; bucketId < bucketCount; bucketId++) {
            for (SegmentId segment : frames.segments(bucketId)) {
                frames.visit(segment, this::collect);
            }
        }
        for (int id = 0; id < partitionCount; id++) {
            if (!model.isConcerned(id)) {
                compare(id, found.getOrDefault(id, List.of()), model.eventsIn(id));
            }
        }
    }

    private void collect(FrameReader frame) {
        if (!frame.kind().isLogEntry()) {
            return;
        }
        List<StoredEvent> events =
                found.computeIfAbsent(frame.partitionId(), _ -> new ArrayList<>());
        while (frame.nextEvent()) {
            events.add(eventAt(frame));
        }
    }

    /** The event that a reader stands at, without what it says. */
    static StoredEvent eventAt(FrameReader frame) {
        return new StoredEvent(
                new EventId(
                        frame.eventIdMostSignificantBits(), frame.eventIdLeastSignificantBits()),
                frame.partitionKey(),
                frame.partitionId(),
                frame.partitionSequence(),
                StreamId.ofUtf8(frame.streamIdBytes()).toString(),
                frame.streamVersion(),
                frame.timestampNanos(),
                "",
                "",
                "");
    }

    private static void compare(
            int partitionId, List<StoredEvent> inFrames, List<StoredEvent> expected) {
        for (int i = 0; i < Math.min(inFrames.size(), expected.size()); i++) {
            if (!StoreCheck.matches(inFrames.get(i), expected.get(i).withoutContent())) {
                fail("frames hold %s where %s should be", inFrames.get(i), expected.get(i));
            }
        }
        if (inFrames.size() != expected.size()) {
            fail(
                    "frames of partition %d hold %d events, not %d",
                    partitionId, inFrames.size(), expected.size());
        }
    }
}
