package io.sierra.cluster.subscription;

import io.sierra.protocol.reply.Failure;
import io.sierra.storage.read.EventReader;
import io.sierra.storage.read.EventView;
import io.sierra.storage.read.EventVisitor;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who wait for events of one partition that there are some. For those who wait for
 * streams it reads each new event once and looks its stream up, so what an event costs does not
 * depend on how many wait for other streams.
 *
 * <p>A watcher loses nothing if it looks at the log after it has been added. What is confirmed
 * before the look it sees there; what is confirmed after it is examined here, because {@link
 * #position} is not beyond the watermark of the moment at which it was added.
 */
final class PartitionTail implements EventVisitor {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionTail.class);

    /** Events examined before the bucket's other partitions get their turn. */
    private static final int SLICE_EVENTS = 512;

    private final int partitionId;
    private final EventReader reader;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final Map<StreamName, Set<Watcher>> streamWatchers = new ConcurrentHashMap<>();

    /** Nothing below needs to be examined: nobody waited for a stream then. */
    private volatile long examineFrom;

    /** First sequence that has not been examined. */
    private long position;

    /** Watermark that {@link #watchers} have been told of. */
    private long announced;

    private final StreamName probe = StreamName.probe();
    private int examined;

    PartitionTail(int partitionId, EventReader reader) {
        this.partitionId = partitionId;
        this.reader = reader;
    }

    int partitionId() {
        return partitionId;
    }

    /** Whether anybody waits. */
    boolean isWatched() {
        return !watchers.isEmpty() || !streamWatchers.isEmpty();
    }

    void add(Watcher watcher) {
        watchers.add(watcher);
    }

    void remove(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** Calls for the same tail must not overlap, with {@link #remove(StreamName, Watcher)} too. */
    void add(StreamName stream, Watcher watcher) {
        if (streamWatchers.isEmpty()) {
            examineFrom = reader.watermark(partitionId);
        }
        streamWatchers.computeIfAbsent(stream, _ -> ConcurrentHashMap.newKeySet(1)).add(watcher);
    }

    void remove(StreamName stream, Watcher watcher) {
        streamWatchers.computeIfPresent(
                stream,
                (_, set) -> {
                    set.remove(watcher);
                    return set.isEmpty() ? null : set;
                });
    }

    /** Tells whoever waits for what has been confirmed; whether there is more to examine. */
    boolean announce() {
        long watermark = reader.watermark(partitionId);
        if (watermark > announced) {
            announced = watermark;
            watchers.forEach(Watcher::onArrival);
        }
        if (streamWatchers.isEmpty()) {
            return false;
        }
        position = Math.max(position, examineFrom);
        return position < watermark && examine(watermark);
    }

    private boolean examine(long watermark) {
        examined = 0;
        long first = position;
        try {
            return reader.scanPartition(
                    partitionId, first, watermark - 1, SLICE_EVENTS, watermark, this);
        } catch (IOException | RuntimeException | Error e) {
            // Whoever reads what is damaged finds it himself; the others must not wait in vain.
            LOG.warn("partition {} cannot be followed from {} on", partitionId, first, e);
            position = watermark;
            streamWatchers.values().forEach(set -> set.forEach(Watcher::onArrival));
            return false;
        }
    }

    @Override
    public boolean onEvent(EventView event) {
        Set<Watcher> waiting = streamWatchers.get(probe.set(event));
        if (waiting != null) {
            waiting.forEach(watcher -> watcher.onArrival(event));
        }
        position = event.partitionSequence() + 1;
        return ++examined < SLICE_EVENTS;
    }

    /** The partition is out of service. */
    void fail(Failure failure) {
        watchers.forEach(watcher -> watcher.onFailure(failure));
        streamWatchers.values().forEach(set -> set.forEach(w -> w.onFailure(failure)));
    }
}
