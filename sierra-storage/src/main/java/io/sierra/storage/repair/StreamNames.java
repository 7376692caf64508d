package io.sierra.storage.repair;

import io.sierra.protocol.id.StreamId;
import io.sierra.storage.check.FrameScan;
import io.sierra.storage.check.FrameScan.Step;
import io.sierra.storage.check.SegmentFile;
import io.sierra.storage.check.StoreFiles;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameKind;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** Names of streams of which only the key in the indexes is known, from events that are there. */
final class StreamNames {
    private final Map<StreamKey, String> names = new HashMap<>();

    /** Looks for the streams with these keys in a bucket. */
    StreamNames(StoreFiles store, int bucketId, Collection<StreamKey> keys, LongConsumer bytesRead)
            throws IOException {
        Set<StreamKey> left = new HashSet<>(keys);
        for (SegmentFile segment : store.segments(bucketId)) {
            if (segment.hasFrames() && !left.isEmpty()) {
                find(store, segment, left, bytesRead);
            }
        }
    }

    private void find(
            StoreFiles store, SegmentFile segment, Set<StreamKey> left, LongConsumer bytesRead)
            throws IOException {
        try (FrameScan scan = store.scan(segment, false, bytesRead)) {
            for (Step step = scan.next(); step != Step.END; step = scan.next()) {
                if (step == Step.FRAME && scan.frame().kind() == FrameKind.EVENTS) {
                    find(scan.frame(), left);
                }
            }
        }
    }

    private void find(FrameReader frame, Set<StreamKey> left) {
        while (!left.isEmpty() && frame.nextEvent()) {
            StreamId stream = StreamId.ofUtf8(frame.streamIdBytes());
            StreamKey key = StreamKey.of(stream, frame.partitionId());
            if (left.remove(key)) {
                names.put(key, "'" + stream + "'");
            }
        }
    }

    /** The stream's name in quotes, or what is known of it. */
    String nameOf(StreamKey key) {
        return names.getOrDefault(
                key, "of unknown name, key %016x%016x,".formatted(key.high(), key.low()));
    }
}
