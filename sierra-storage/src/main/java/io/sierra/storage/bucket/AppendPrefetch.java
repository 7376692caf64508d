package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.ReadHint;
import io.sierra.storage.read.StreamKey;
import java.util.List;

/**
 * What appends that come next will be judged against: heads of streams that are not cached, and
 * events with the ids that clients have chosen. What was found is not looked up again.
 *
 * <p>The indexes know confirmed events only. So what was found is good until the next one is
 * confirmed; whoever asks knows the others himself, and knew them when it was looked up.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class AppendPrefetch {
    /** A further event is judged without. */
    private static final int MAX_LOOKUPS = 64;

    private final BucketReader reader;
    private final Prefetch wanted = new Prefetch(MAX_LOOKUPS);
    private boolean fetched;

    /** The look-up that will probably be asked for next: they come in the order of the appends. */
    private int next;

    AppendPrefetch(BucketReader reader) {
        this.reader = reader;
    }

    /**
     * These events will be appended.
     *
     * @param heads need no look-up
     */
    void add(int partitionId, List<NewEvent> events, StreamHeads heads) {
        if (fetched) {
            forget();
        }
        for (int i = 0; i < events.size() && wanted.count() < MAX_LOOKUPS; i++) {
            NewEvent event = events.get(i);
            EventId id = event.id();
            if (id != null) {
                wanted.addEvent(id.mostSignificantBits(), id.leastSignificantBits());
            }
            StreamKey stream = StreamKey.of(event.streamId(), partitionId);
            if (!heads.isCached(stream)) {
                wanted.addStreamEnd(stream.high(), stream.low());
            }
        }
    }

    /** Fetches what they need. */
    void fetch() {
        fetched = true;
        if (wanted.count() > 1) {
            reader.prefetch(wanted);
        }
    }

    /** Forgets what was found. */
    void forget() {
        wanted.clear();
        fetched = false;
        next = 0;
    }

    /** What is known of the end of a stream. */
    ReadHint hintOfStream(StreamKey stream) {
        return hint(wanted.indexOfStream(stream.high(), stream.low(), next));
    }

    /** What is known of an event with this id. */
    ReadHint hintOfEvent(EventId id) {
        long high = id.mostSignificantBits();
        return hint(wanted.indexOfEvent(high, id.leastSignificantBits(), next));
    }

    private ReadHint hint(int n) {
        if (n < 0) {
            return ReadHint.NONE;
        }
        next = n + 1;
        return ReadHint.of(wanted, n);
    }
}
