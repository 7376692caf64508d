package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.index.Prefetch;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.StreamKey;
import java.util.List;

/**
 * What appends that come next will be judged against: heads of streams that are not cached, and
 * events with the ids that clients have chosen.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class AppendPrefetch {
    /** A further event is judged without. */
    private static final int MAX_LOOKUPS = 64;

    private final BucketReader reader;
    private final StreamHeads heads;
    private final Prefetch wanted = new Prefetch(MAX_LOOKUPS);

    AppendPrefetch(BucketReader reader, StreamHeads heads) {
        this.reader = reader;
        this.heads = heads;
    }

    /** These events will be appended. */
    void add(int partitionId, List<NewEvent> events) {
        for (int i = 0; i < events.size() && wanted.count() < MAX_LOOKUPS; i++) {
            NewEvent event = events.get(i);
            EventId id = event.id();
            if (id != null) {
                wanted.addEvent(id.mostSignificantBits(), id.leastSignificantBits());
            }
            StreamKey stream = StreamKey.of(event.streamId(), partitionId);
            if (!heads.isCached(stream)) {
                wanted.addStream(stream.high(), stream.low(), Long.MAX_VALUE);
            }
        }
    }

    /** Fetches what they need, and forgets them. */
    void fetch() {
        if (wanted.count() > 1) {
            reader.prefetch(wanted);
        }
        wanted.clear();
    }
}
