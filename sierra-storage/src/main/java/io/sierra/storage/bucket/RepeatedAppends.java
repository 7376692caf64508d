package io.sierra.storage.bucket;

import io.sierra.protocol.event.NewEvent;
import io.sierra.protocol.id.EventId;
import io.sierra.protocol.id.StreamId;
import io.sierra.protocol.reply.AppendResult;
import io.sierra.protocol.reply.AppendedEvent;
import io.sierra.protocol.reply.Failure;
import io.sierra.storage.concurrent.OwnedBy;
import io.sierra.storage.read.BucketReader;
import io.sierra.storage.read.FrameCursor;
import io.sierra.storage.read.ReadHint;
import io.sierra.storage.segment.FrameReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a transaction that is stored already by the event ids that its client chose, and gives
 * the first answer again. Stored events are found through the event index, however old they are;
 * the unconfirmed ones, which no index knows, are remembered here.
 *
 * <p>Only ids that a client chose are looked up: no client can repeat an append with an id that the
 * server made up for that append.
 */
@OwnedBy(OwnedBy.Role.BUCKET)
final class RepeatedAppends {
    private final BucketReader reader;
    private final AppendPrefetch prefetch;
    private final Map<Key, Unconfirmed> unconfirmed = new HashMap<>();

    /** An id may occur once in each partition. */
    private record Key(int partitionId, EventId id) {}

    private record Unconfirmed(Transaction transaction, long firstSequence, int eventIndex) {}

    RepeatedAppends(BucketReader reader, AppendPrefetch prefetch) {
        this.prefetch = prefetch;
        this.reader = reader;
    }

    /**
     * The answer to a transaction of which at least one event is stored: the first one, or a
     * conflict. Null if none is stored and all the ids are different.
     */
    @Nullable AppendResult answerTo(Transaction transaction) throws IOException {
        AppendResult answer = null;
        Set<EventId> seen = transaction.size() > 1 ? new HashSet<>() : Set.of();
        for (NewEvent event : transaction.events()) {
            EventId id = event.id();
            if (id == null) {
                continue;
            }
            if (transaction.size() > 1 && !seen.add(id)) {
                return new AppendResult.Refused(
                        new Failure.InvalidArgument(
                                "event id " + id + " occurs twice in one transaction"));
            }
            if (answer == null) {
                answer = answerTo(transaction, id);
            }
        }
        return answer;
    }

    /** Remembers the client's ids of a transaction until it is confirmed. */
    void staged(Transaction transaction, long firstSequence) {
        for (int i = 0; i < transaction.size(); i++) {
            EventId id = transaction.events().get(i).id();
            if (id != null) {
                unconfirmed.put(
                        new Key(transaction.partitionId(), id),
                        new Unconfirmed(transaction, firstSequence, i));
            }
        }
    }

    /** Forgets what is confirmed: the indexes know it now. */
    void forgetConfirmed(StreamHeads.Confirmed confirmed) {
        if (!unconfirmed.isEmpty()) {
            unconfirmed
                    .values()
                    .removeIf(held ->
                            held.firstSequence < confirmed.end(held.transaction.partitionId()));
        }
    }

    private @Nullable AppendResult answerTo(Transaction transaction, EventId id)
            throws IOException {
        Unconfirmed held = unconfirmed.get(new Key(transaction.partitionId(), id));
        if (held != null) {
            return answerFromUnconfirmed(transaction, held);
        }
        ReadHint hint = prefetch.hintOfEvent(id);
        if (hint.saysNothingIsThere()) {
            return null;
        }
        int partitionId = transaction.partitionId();
        BucketReader.Wanted wanted = (partition, _) -> partition == partitionId;
        try (FrameCursor cursor = reader.cursor()) {
            boolean found = reader.find(id, hint, wanted, cursor);
            return found ? answerFromLog(transaction, cursor) : null;
        }
    }

    private static AppendResult answerFromUnconfirmed(Transaction repeated, Unconfirmed held) {
        Transaction first = held.transaction;
        AppendResult.Appended stored = first.appendedAt(held.firstSequence);
        int offset = repeated.size() == 1 ? held.eventIndex : 0;
        boolean equal =
                (repeated.size() == 1 || repeated.size() == first.size())
                        && repeated.partitionKey().equals(first.partitionKey());
        for (int i = 0; equal && i < repeated.size(); i++) {
            equal =
                    isSame(
                            repeated.events().get(i),
                            first.events().get(offset + i),
                            first.ids[offset + i]);
        }
        if (!equal) {
            return conflict(stored.events().get(held.eventIndex));
        }
        return new AppendResult.Appended(
                first.partitionKey(),
                first.partitionId(),
                held.firstSequence + offset,
                stored.events().subList(offset, offset + repeated.size()));
    }

    private static boolean isSame(NewEvent event, NewEvent first, EventId firstId) {
        return (event.id() == null || event.id().equals(firstId))
                && event.streamId().equals(first.streamId())
                && Arrays.equals(event.name(), first.name())
                && Arrays.equals(event.metadata(), first.metadata())
                && Arrays.equals(event.payload(), first.payload());
    }

    /** The cursor stands at the stored event with this id; its frame is the whole transaction. */
    private static AppendResult answerFromLog(Transaction repeated, FrameCursor cursor) {
        FrameReader frame = cursor.frame();
        AppendedEvent stored = storedEvent(frame);
        if (!frame.partitionKey().equals(repeated.partitionKey())) {
            return conflict(stored);
        }
        if (repeated.size() == 1) {
            return isSame(repeated.events().getFirst(), frame)
                    ? appended(repeated, frame.partitionSequence(), List.of(stored))
                    : conflict(stored);
        }
        if (repeated.size() != frame.eventCount()) {
            return conflict(stored);
        }
        List<AppendedEvent> all = new ArrayList<>(repeated.size());
        frame.rewindEvents();
        for (NewEvent event : repeated.events()) {
            if (!frame.nextEvent() || !isSame(event, frame)) {
                return conflict(stored);
            }
            all.add(storedEvent(frame));
        }
        return appended(repeated, frame.firstSequence(), all);
    }

    private static boolean isSame(NewEvent event, FrameReader frame) {
        EventId id = event.id();
        return (id == null
                        || (id.mostSignificantBits() == frame.eventIdMostSignificantBits()
                                && id.leastSignificantBits()
                                        == frame.eventIdLeastSignificantBits()))
                && frame.hasStreamId(event.streamId().utf8())
                && frame.hasContent(event.name(), event.metadata(), event.payload());
    }

    private static AppendedEvent storedEvent(FrameReader frame) {
        return new AppendedEvent(
                new EventId(
                        frame.eventIdMostSignificantBits(), frame.eventIdLeastSignificantBits()),
                StreamId.ofUtf8(frame.streamIdBytes()),
                frame.streamVersion(),
                frame.timestampNanos() / BucketStore.NANOS_PER_MILLI);
    }

    private static AppendResult appended(
            Transaction repeated, long firstSequence, List<AppendedEvent> events) {
        return new AppendResult.Appended(
                repeated.partitionKey(), repeated.partitionId(), firstSequence, events);
    }

    private static AppendResult conflict(AppendedEvent stored) {
        return new AppendResult.Refused(
                new Failure.EventIdConflict(
                        stored.id(), stored.streamId(), stored.streamVersion()));
    }
}
