package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.ReadHint;
import io.sierra.storage.read.StreamKey;
import java.util.ArrayList;
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
    /**
     * A further event is judged without. More at once would have the first of them leave the
     * processor's caches before they are judged.
     */
    private static final int MAX_EVENTS = 64;

    /** An id and a stream of each event. */
    private static final int MAX_LOOKUPS = 2 * MAX_EVENTS;

    private final BucketReader reader;
    private final Prefetch wanted = new Prefetch(MAX_LOOKUPS);
    private final List<StreamKey> streams = new ArrayList<>();
    private boolean fetched;

    /**
     * The look-ups that will probably be asked for next: those of streams come in the order of the
     * appends, and those of events do, too.
     */
    private int nextStream;

    private int nextEvent;

    AppendPrefetch(BucketReader reader) {
        this.reader = reader;
    }

    /** These events will be appended. */
    void add(int partitionId, List<NewEvent> events) {
        if (fetched) {
            forget();
        }
        for (int i = 0; i < events.size() && streams.size() < MAX_EVENTS; i++) {
            NewEvent event = events.get(i);
            EventId id = event.id();
            if (id != null) {
                wanted.addEvent(id.mostSignificantBits(), id.leastSignificantBits());
            }
            streams.add(StreamKey.of(event.streamId(), partitionId));
        }
    }

    /**
     * Fetches what they need.
     *
     * @param heads that are in here are not looked up
     */
    void fetch(StreamHeads heads) {
        fetched = true;
        if (streams.size() > 1) {
            heads.touch(streams);
            for (int i = 0; i < streams.size(); i++) {
                StreamKey stream = streams.get(i);
                if (!heads.isCached(stream)) {
                    wanted.addStreamEnd(stream.high(), stream.low());
                }
            }
        }
        if (wanted.count() > 1) {
            reader.prefetch(wanted);
        }
    }

    /** Forgets what was found. */
    void forget() {
        wanted.clear();
        streams.clear();
        fetched = false;
        nextStream = 0;
        nextEvent = 0;
    }

    /** What is known of the end of a stream. */
    ReadHint hintOfStream(StreamKey stream) {
        int n = wanted.indexOfStream(stream.high(), stream.low(), nextStream);
        if (n < 0) {
            return ReadHint.NONE;
        }
        nextStream = n + 1;
        return ReadHint.of(wanted, n);
    }

    /** What is known of an event with this id. */
    ReadHint hintOfEvent(EventId id) {
        int n = wanted.indexOfEvent(id.mostSignificantBits(), id.leastSignificantBits(), nextEvent);
        if (n < 0) {
            return ReadHint.NONE;
        }
        nextEvent = n + 1;
        return ReadHint.of(wanted, n);
    }
}
