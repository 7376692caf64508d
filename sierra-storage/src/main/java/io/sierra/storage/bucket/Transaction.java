package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.PartitionKey;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.storage.read.StreamKey;
import io.sierra.storage.segment.FrameEncoder;
import java.util.ArrayList;
import java.util.List;

/** A transaction with all that the bucket's thread has decided about it. */
final class Transaction {
    private final PartitionKey partitionKey;
    private final int partitionId;
    private final List<NewEvent> events;
    private final long frameLengthBytes;
    final StreamKey[] streams;
    final long[] streamVersions;
    final EventId[] ids;
    final long[] timestampsNanos;

    Transaction(PartitionKey partitionKey, int partitionId, List<NewEvent> events) {
        this.partitionKey = partitionKey;
        this.partitionId = partitionId;
        this.events = events;
        this.frameLengthBytes = FrameEncoder.lengthOf(events);
        this.streams = new StreamKey[events.size()];
        this.streamVersions = new long[events.size()];
        this.ids = new EventId[events.size()];
        this.timestampsNanos = new long[events.size()];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = StreamKey.of(events.get(i).streamId(), partitionId);
        }
    }

    PartitionKey partitionKey() {
        return partitionKey;
    }

    int partitionId() {
        return partitionId;
    }

    List<NewEvent> events() {
        return events;
    }

    /** Bytes that its frame takes, the gap to the next one included. */
    long frameLengthBytes() {
        return frameLengthBytes;
    }

    int size() {
        return streams.length;
    }

    /** For each event what {@link UnconfirmedEntry#events} keeps. */
    long[] unconfirmedEvents() {
        long[] unconfirmed = UnconfirmedEntry.roomForEvents(size());
        for (int i = 0; i < size(); i++) {
            PartitionKey defaultKey = events.get(i).streamId().defaultPartitionKey();
            UnconfirmedEntry.putEvent(
                    unconfirmed,
                    i,
                    streams[i],
                    streamVersions[i],
                    defaultKey.equals(partitionKey),
                    ids[i].mostSignificantBits(),
                    ids[i].leastSignificantBits());
        }
        return unconfirmed;
    }

    /** The answer once everything is confirmed. */
    AppendResult.Appended appendedAt(long firstSequence) {
        List<AppendedEvent> appended = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            appended.add(
                    new AppendedEvent(
                            ids[i],
                            events.get(i).streamId(),
                            streamVersions[i],
                            timestampsNanos[i] / BucketStore.NANOS_PER_MILLI));
        }
        return new AppendResult.Appended(partitionKey, partitionId, firstSequence, appended);
    }
}
